import { describe, expect, it, vi } from 'vitest';
import { FakeLink } from '../testing/fakes';
import { message, mona } from '../testing/messages';
import { ManualTimer } from '../testing/timer';
import { MyTyping, Typists } from './typing.svelte';

const jun = { id: 13, username: 'Jun', kind: 'member' as const };

describe('those who are typing', () => {
  function open() {
    const link = new FakeLink();
    const time = new ManualTimer();
    const typists = new Typists(link, time.timer);
    link.arrive('room:typing', { room: 7, user: mona, forMs: 6_000 });
    link.arrive('room:typing', { room: 7, user: jun, forMs: 6_000 });
    return { link, time, typists };
  }

  it('are known by room', () => {
    const { typists } = open();
    expect(typists.in(7)).toEqual(['Mona', 'Jun']);
    expect(typists.in(8)).toEqual([]);
  });

  it('stop when they say so', () => {
    const { link, typists } = open();
    link.arrive('room:typing', { room: 7, user: mona, forMs: 0 });
    expect(typists.in(7)).toEqual(['Jun']);
  });

  it('are forgotten after their time, whatever gets lost', () => {
    const { time, typists } = open();
    expect(time.waits).toEqual([6_000, 6_000]);
    time.fire();
    expect(typists.in(7)).toEqual([]);
  });

  it('have stopped when their message is there', () => {
    const { link, typists } = open();
    link.arrive('message:put', { message: message(1, { author: mona }) });
    expect(typists.in(7)).toEqual(['Jun']);
  });
});

describe('my own typing', () => {
  function open() {
    const link = new FakeLink();
    const time = new ManualTimer();
    link.command = vi.fn(() => Promise.reject<never>(new Error('away')));
    return { link, time, typing: new MyTyping(7, link, time.timer) };
  }

  it('is told once in a while, not with every key', () => {
    const { link, typing } = open();
    typing.key();
    typing.key();
    typing.key();
    expect(link.command.mock.calls).toEqual([['typing:start', { room: 7 }]]);
  });

  it('stops two seconds after the last key', () => {
    const { link, time, typing } = open();
    typing.key();
    typing.key();
    expect(time.waits.sort()).toEqual([2_000, 3_000]);
    time.fire();
    expect(link.command).toHaveBeenLastCalledWith('typing:stop', { room: 7 });
  });

  it('stops once, and starts anew', () => {
    const { link, typing } = open();
    typing.key();
    typing.stop();
    typing.stop();
    typing.key();
    expect((link.command.mock.calls as unknown as string[][]).map(([name]) => name)).toEqual([
      'typing:start',
      'typing:stop',
      'typing:start',
    ]);
  });
});
