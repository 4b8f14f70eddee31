import { describe, expect, it, vi } from 'vitest';
import { aSubscription, aUser, FakeLink, FakeServer, newChat } from '../testing/fakes';
import { ada, message, page } from '../testing/messages';
import { settled } from '../testing/settled';
import type { Subscription } from '../model/wire';
import { Reading } from './reading.svelte';

/** Ada opens a room with this many messages, which she has read up to readSeq. */
async function open(
  head: number,
  readSeq: number,
  notices: readonly number[] = [],
  own: readonly number[] = [],
) {
  const server = new FakeServer()
    .on('GET /session', { body: { user: aUser(ada.id, ada.username) } })
    .on('GET /subscriptions', {
      body: {
        subscriptions: [
          aSubscription(7, 'trip', {
            seq: head,
            rev: head,
            unread: head - readSeq - notices.length,
            membership: { role: 'member', readSeq, joinedAt: '2026-01-01T00:00:00Z' },
          }),
        ],
      },
    })
    .on('GET /rooms/7/messages', ({ query }) => {
      const after = Number(query.get('after') ?? NaN);
      const before = Number(query.get('before') ?? head + 1);
      const [first, last] = Number.isNaN(after)
        ? [Math.max(1, before - 50), before - 1]
        : [after + 1, Math.min(head, after + 50)];
      const more = Number.isNaN(after) ? first > 1 : last < head;
      const body = page(first, last, { seq: head, rev: head, more });
      body.messages = body.messages.map((it) =>
        notices.includes(it.seq)
          ? message(it.seq, { kind: 'notice' })
          : own.includes(it.seq)
            ? message(it.seq, { author: ada })
            : it,
      );
      return { body };
    });
  const link = new FakeLink();
  const chat = newChat(server, link);
  await chat.session.load();
  await vi.waitFor(() => {
    expect(chat.rooms.isLoaded).toBe(true);
  });
  const room = chat.openRoom(7);
  let reading!: Reading;
  const stop = $effect.root(() => {
    reading = new Reading(room, chat.rooms, ada.id);
  });
  await vi.waitFor(() => {
    expect(reading.isDecided).toBe(true);
  });
  reading.look(true);
  await settled();
  const state = () => [chat.rooms.get(7)?.membership.readSeq, chat.rooms.get(7)?.unread];
  return { reading, room, chat, link, state, stop };
}

describe('reading', () => {
  it('begins at the first unread message, however far back, and reads only what is on the screen', async () => {
    const { reading, room, state, stop } = await open(200, 20);
    expect([room.timeline.messages[0]?.seq, room.timeline.messages.at(-1)?.seq]).toEqual([1, 70]);
    expect([reading.newAfter, reading.news]).toEqual([20, 180]);
    reading.see(18, 30);
    expect(state()).toEqual([30, 170]);
    expect(reading.news, 'those are still new to the reader').toBe(180);
    stop();
  });

  it('leaves unread what comes after messages that were not on the screen', async () => {
    const { reading, room, state, stop } = await open(200, 20);
    reading.see(32, 40);
    expect(state()).toEqual([20, 180]);
    await room.timeline.open();
    reading.see(190, 200);
    expect(state(), 'over a gap').toEqual([20, 180]);
    reading.readAll();
    expect(state()).toEqual([200, 0]);
    expect([reading.newAfter, reading.news]).toEqual([undefined, 0]);
    stop();
  });

  it('counts exactly, over notices that count as nothing', async () => {
    const { reading, state, stop } = await open(40, 10, [12, 13, 14]);
    expect(state()).toEqual([10, 27]);
    reading.see(11, 15);
    expect(state()).toEqual([15, 25]);
    stop();
  });

  it('does not need to have seen what does not count', async () => {
    const { reading, state, stop } = await open(20, 10, [11, 12]);
    reading.see(13, 20);
    expect(state()).toEqual([20, 0]);
    stop();
  });

  it('keeps what is marked as unread, on the screen too, until the reader says otherwise', async () => {
    const { reading, chat, link, state, stop } = await open(20, 10);
    reading.see(8, 20);
    expect(state()).toEqual([20, 0]);
    const known = chat.rooms.get(7) as Subscription;
    const membership = { ...known.membership, readSeq: 14, rev: 5, marked: 5 };
    link.arrive('room:put', { subscription: { ...known, unread: 6, membership }, rev: 5 });
    await settled();
    expect([reading.newAfter, reading.news]).toEqual([14, 6]);
    reading.see(8, 20);
    expect(state()).toEqual([14, 6]);
    reading.readAll();
    expect(state()).toEqual([20, 0]);
    link.arrive('message:put', { message: message(21) });
    await settled();
    reading.see(10, 21);
    expect(state()).toEqual([21, 0]);
    stop();
  });

  it('counts the reader’s own messages behind a mark', async () => {
    const { reading, chat, link, state, stop } = await open(20, 20, [], [16]);
    const known = chat.rooms.get(7) as Subscription;
    const membership = { ...known.membership, readSeq: 14, rev: 5, marked: 5 };
    link.arrive('room:put', { subscription: { ...known, unread: 6, membership }, rev: 5 });
    await settled();
    reading.clearLine();
    reading.see(15, 18);
    expect(state()).toEqual([18, 2]);
    stop();
  });

  it('reads nothing while the page is hidden', async () => {
    const { reading, state, stop } = await open(20, 10);
    reading.look(false);
    reading.see(8, 20);
    expect(state()).toEqual([10, 10]);
    stop();
  });
});
