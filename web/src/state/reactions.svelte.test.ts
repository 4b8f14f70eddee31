import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../model/failure';
import type { Wish } from '../model/reactions';
import { aSubscription, aUser, FakeLink, FakeServer, newChat } from '../testing/fakes';
import { ada, mona, page } from '../testing/messages';
import { Reactions } from './reactions.svelte';

const wish: Wish = { user: ada.id, room: 7, seq: 9, emoji: '👍', on: true };
const away = new Failure({ code: 'unavailable', message: 'No connection.' });

let link: FakeLink;
let stored: string | null;
let run: (() => void) | undefined;

const tabStorage = {
  getItem: () => stored,
  setItem: (_: string, value: string) => (stored = value),
} as unknown as Storage;

beforeEach(() => {
  link = new FakeLink();
  stored = null;
  run = undefined;
});

/** The reactions in a chat whose room 7 has ten messages, at rev 10. */
async function open() {
  const server = new FakeServer()
    .on('GET /session', { body: { user: aUser(ada.id, ada.username) } })
    .on('GET /subscriptions', { body: { subscriptions: [aSubscription(7, 'trip')] } })
    .on('GET /rooms/7/messages', { body: page(1, 10) });
  const chat = newChat(server, link);
  await chat.session.load();
  const { timeline } = chat.openRoom(7);
  await timeline.load();
  const reactions = new Reactions({
    link,
    rooms: chat.rooms,
    timelines: chat.timelines,
    toasts: chat.toasts,
    me: () => ada.id,
    tabStorage,
    timer: (retry) => {
      run = retry;
      return () => (run = undefined);
    },
  });
  const reactionsTo = (seq: number) =>
    timeline.messages.find((message) => message.seq === seq)?.reactions;
  return { chat, timeline, reactions, reactionsTo };
}

const by = (user: typeof mona, seq: number, count: number) => ({
  seq,
  user,
  emoji: '👍',
  on: true,
  count,
});

describe('my reactions', () => {
  it('are repeated until they are acknowledged, also after a reload', async () => {
    link.command.mockRejectedValue(away as never);
    const { reactions } = await open();
    reactions.react(wish);
    expect(reactions.wishesFor(ada.id, 7, 9)).toEqual([wish]);
    await vi.waitFor(() => {
      expect(run).toBeDefined();
    });
    run = undefined;
    const { reactions: reloaded } = await open();
    expect(reloaded.wishesFor(ada.id, 7, 9)).toEqual([wish]);
    await vi.waitFor(() => {
      expect(run).toBeDefined();
    });
    link.command.mockResolvedValue({ rev: 11, count: 1 } as never);
    (run as (() => void) | undefined)?.();
    await vi.waitFor(() => {
      expect(reloaded.wishesFor(ada.id, 7, 9)).toEqual([]);
    });
    expect(JSON.parse(stored ?? '')).toEqual([]);
  });

  it('say why they are refused, and are given up', async () => {
    const message = 'A message can have at most 20 different emoji.';
    link.command.mockRejectedValue(new Failure({ code: 'too_large', message }) as never);
    const { chat, reactions } = await open();
    reactions.react(wish);
    await vi.waitFor(() => {
      expect(chat.toasts.items.map(({ text }) => text)).toEqual([message]);
    });
    expect(reactions.wishesFor(ada.id, 7, 9)).toEqual([]);
  });

  it('end as the last click wants them', async () => {
    const answers: (() => void)[] = [];
    link.command.mockImplementation(
      (...[name]: unknown[]) =>
        new Promise<never>((resolve) => {
          if (name !== 'message:react') return;
          answers.push(() => {
            resolve({ rev: 10, count: 1 } as never);
          });
        }),
    );
    const { reactions } = await open();
    reactions.react(wish);
    reactions.react({ ...wish, on: false });
    expect(answers).toHaveLength(1);
    answers[0]?.();
    await vi.waitFor(() => {
      expect(answers).toHaveLength(2);
    });
    expect(link.command).toHaveBeenCalledWith('message:react', {
      room: 7,
      seq: 9,
      emoji: '👍',
      on: false,
    });
  });
});

describe('reactions that arrive', () => {
  it('are applied in the order of their revs', async () => {
    const { timeline, reactions, reactionsTo } = await open();
    reactions.take({ room: 7, rev: 12, changes: [by(mona, 9, 1), by(ada, 9, 2)] });
    expect(timeline.rev).toBe(12);
    expect(reactionsTo(9)?.[0]).toMatchObject({ count: 2, mine: true });
    reactions.take({ room: 7, rev: 13, changes: [by(mona, 99, 1)] });
    expect(timeline.rev).toBe(13);
    expect(link.command).not.toHaveBeenCalledWith('room:sync', expect.anything());
  });

  it.each([
    ['behind a hole', { room: 7, rev: 13, changes: [by(mona, 9, 1)] }],
    ['of which only the server knows which are mine', { room: 7, rev: 11 }],
  ])('%s are read anew', async (_, put) => {
    const { reactions, reactionsTo } = await open();
    reactions.take(put);
    expect(reactionsTo(9)).toBeUndefined();
    await vi.waitFor(() => {
      expect(link.command).toHaveBeenCalledWith('room:sync', { room: 7, since: 10 });
    });
  });

  it('are passed on if the timeline does not have their message', async () => {
    const { reactions } = await open();
    const taken = vi.fn();
    const stop = reactions.onOther(taken);
    reactions.take({ room: 7, rev: 11, changes: [by(mona, 99, 1)] });
    reactions.take({ room: 7, rev: 12, changes: [by(mona, 9, 1)] });
    expect(taken).toHaveBeenCalledExactlyOnceWith(7, by(mona, 99, 1), 11);
    stop();
    reactions.take({ room: 7, rev: 13, changes: [by(ada, 99, 2)] });
    expect(taken).toHaveBeenCalledOnce();
  });
});
