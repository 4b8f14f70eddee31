import { describe, expect, it, vi } from 'vitest';
import { aReady, aUser, FakeLink } from '../testing/fakes';
import { settled } from '../testing/settled';
import { ManualTimer } from '../testing/timer';
import { Presences } from './presence.svelte';

function open(answer: unknown = { presence: [] }) {
  const link = new FakeLink();
  const time = new ManualTimer();
  link.command = vi.fn(() => Promise.resolve(answer as never));
  return { link, time, presences: new Presences(link, time.timer) };
}

const list = {};
const pane = {};

describe('who is there', () => {
  it('is what the first event says, and what has changed since', () => {
    const { link, presences } = open();
    const presence = [
      { user: 2, state: 'online' as const },
      { user: 3, state: 'away' as const },
    ];
    link.arrive('ready', aReady(aUser(1, 'ada'), [], { presence }));
    expect([2, 3, 4].map((user) => presences.of(user))).toEqual(['online', 'away', undefined]);
    link.arrive('presence', {
      presence: [
        { user: 2, state: 'offline' },
        { user: 4, state: 'online' },
      ],
    });
    expect([2, 3, 4].map((user) => presences.of(user))).toEqual([undefined, 'away', 'online']);
  });

  it('is asked for once for all views together, each person once', async () => {
    const { link, time, presences } = open({ presence: [{ user: 5, state: 'online' }] });
    presences.watch(list, [4, 5]);
    presences.watch(pane, [5, 6]);
    time.fire();
    await settled();
    expect(link.command.mock.calls).toEqual([
      ['presence:watch', { users: [4, 5, 6], profiles: true }],
    ]);
    expect(presences.of(5)).toBe('online');
    presences.watch(pane, []);
    time.fire();
    expect(link.command).toHaveBeenLastCalledWith('presence:watch', {
      users: [4, 5],
      profiles: true,
    });
  });

  it('is asked for again by a new connection, and what went in between is forgotten', async () => {
    const { link, time, presences } = open({ presence: [] });
    presences.watch(list, [4]);
    time.fire();
    link.arrive('presence', { presence: [{ user: 4, state: 'online' }] });
    link.arrive('ready', aReady(aUser(1, 'ada')));
    time.fire();
    await settled();
    expect(link.command).toHaveBeenCalledTimes(2);
    expect(presences.of(4)).toBeUndefined();
  });
});
