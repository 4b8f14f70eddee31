import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../model/failure';
import {
  aReady,
  aRoom,
  aSubscription,
  aUser,
  FakeLink,
  FakeServer,
  newChat,
  refusal,
} from '../testing/fakes';
import { ada, message, page } from '../testing/messages';
import { settled } from '../testing/settled';

const me = aUser(ada.id, ada.username);
const inRoom = (seq: number, readSeq: number, marks: { rev?: number; marked?: number } = {}) =>
  aSubscription(7, 'weekend-trip', {
    seq,
    rev: seq,
    unread: seq - readSeq,
    membership: { role: 'member', readSeq, joinedAt: '2026-01-02T03:04:05Z', ...marks },
  });

async function setUp(subscriptions = [inRoom(10, 10)]) {
  const server = new FakeServer()
    .on('GET /session', { body: { user: me } })
    .on('GET /subscriptions', { body: { subscriptions } })
    .on('GET /rooms/7/messages', { body: page(1, 10) });
  const link = new FakeLink();
  const chat = newChat(server, link);
  await chat.session.load();
  await vi.waitFor(() => {
    expect(chat.rooms.isLoaded).toBe(true);
  });
  await chat.loadLive();
  const commands = (name: string) =>
    (link.command.mock.calls as unknown as [string, unknown][])
      .filter(([called]) => called === name)
      .map(([, argument]) => argument);
  return { chat, server, link, commands };
}

describe('my rooms', () => {
  it('come by REST, before there is any connection', async () => {
    const { chat } = await setUp();
    expect(chat.rooms.list.map(({ name }) => name)).toEqual(['weekend-trip']);
  });

  it('count what arrives unread, over all rooms', async () => {
    const { chat, link } = await setUp();
    link.arrive('message:put', { message: message(11) });
    link.arrive('message:put', { message: message(12) });
    expect(chat.rooms.get(7)?.unread).toBe(2);
  });

  it('never move back for an answer that was composed earlier', async () => {
    const { chat, link } = await setUp();
    link.arrive('message:put', { message: message(11) });
    link.arrive('ready', aReady(me, [inRoom(10, 10)]));
    expect(chat.rooms.get(7)).toMatchObject({ seq: 11, unread: 1 });
  });

  it('lose what the server no longer lists', async () => {
    const { chat, link } = await setUp();
    link.arrive('ready', aReady(me));
    expect(chat.rooms.list).toEqual([]);
  });

  it('are all read when `ready` has no space for them', async () => {
    const { chat, link, server } = await setUp();
    server.on('GET /subscriptions', ({ query }) =>
      query.get('after') === 'two'
        ? { body: { subscriptions: [aSubscription(8, 'lake')], next: 'three' } }
        : { body: { subscriptions: [aSubscription(9, 'pond')] } },
    );
    const ready = [aSubscription(6, 'hills')];
    link.arrive('ready', aReady(me, ready, { next: 'two' }));
    // Nothing is removed before it is known to be gone.
    expect(chat.rooms.list.map(({ name }) => name)).toEqual(['hills', 'weekend-trip']);
    await vi.waitFor(() => {
      expect(chat.rooms.list.map(({ name }) => name)).toEqual(['hills', 'lake', 'pond']);
    });
  });

  it('are not brought back by a page that was read before they went', async () => {
    const { chat, link, server } = await setUp([]);
    let answer: (page: { body: object }) => void = () => undefined;
    server.on('GET /subscriptions', () => new Promise((resolve) => (answer = resolve)));
    link.arrive('ready', aReady(me, [], { next: 'two' }));
    await settled();
    link.arrive('room:gone', { room: 8, reason: 'left', rev: 2 });
    link.arrive('room:put', { subscription: aSubscription(9, 'pond'), rev: 3 });
    answer({ body: { subscriptions: [aSubscription(8, 'lake'), aSubscription(10, 'sea')] } });
    await vi.waitFor(() => {
      expect(chat.rooms.list.map(({ name }) => name)).toEqual(['pond', 'sea']);
    });
  });

  it('are read on a while after the server has refused a page', async () => {
    vi.useFakeTimers();
    const { chat, link, server } = await setUp([]);
    server.on(
      'GET /subscriptions',
      refusal(429, { code: 'rate_limited', message: 'Wait.', retryAfter: 9 }),
    );
    link.arrive('ready', aReady(me, [], { next: 'two' }));
    await vi.advanceTimersByTimeAsync(8_000);
    server.on('GET /subscriptions', { body: { subscriptions: [aSubscription(8, 'lake')] } });
    expect(chat.rooms.list).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(chat.rooms.list.map(({ name }) => name)).toEqual(['lake']);
    vi.useRealTimers();
  });

  it('follow what another tab does', async () => {
    const { chat, link } = await setUp();
    link.arrive('room:put', { subscription: aSubscription(8, 'lake'), rev: 2 });
    link.arrive('room:changed', { room: aRoom(7, 'renamed'), rev: 11 });
    expect(chat.rooms.list.map(({ name }) => name)).toEqual(['renamed', 'lake']);
    link.arrive('room:gone', { room: 8, reason: 'left' });
    expect(chat.rooms.list.map(({ name }) => name)).toEqual(['renamed']);
  });

  it('are forgotten when the session ends', async () => {
    const { chat, link } = await setUp();
    link.arrive('session:ended', { reason: 'log-out' });
    expect(chat.session.status).toBe('signed-out');
    expect(chat.session.endReason).toBe('log-out');
    expect(chat.rooms.list).toEqual([]);
    expect(link.close).toHaveBeenCalled();
  });
});

describe('the read position', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is sent at once, then at most once a second', async () => {
    const { chat, commands } = await setUp([inRoom(20, 10)]);
    chat.rooms.markRead(7, 11);
    await settled();
    for (const seq of [12, 13]) chat.rooms.markRead(7, seq);
    expect(chat.rooms.get(7)?.unread).toBe(7);
    await settled();
    expect(commands('room:read')).toEqual([{ room: 7, seq: 11, marked: 0 }]);
    vi.advanceTimersByTime(1_000);
    expect(commands('room:read').at(-1)).toEqual({ room: 7, seq: 13, marked: 0 });
    vi.advanceTimersByTime(5_000);
    expect(commands('room:read')).toHaveLength(2);
  });

  it('is sent at once when the page goes away', async () => {
    const { chat, link, commands } = await setUp([inRoom(20, 10)]);
    chat.rooms.markRead(7, 11);
    await settled();
    chat.rooms.markRead(7, 13);
    chat.suspend();
    expect(commands('room:read').at(-1)).toEqual({ room: 7, seq: 13, marked: 0 });
    expect(link.close).toHaveBeenCalled();
  });

  it('is sent with the first connection when it moved before there was one', async () => {
    const { chat, link, commands } = await setUp([inRoom(20, 10)]);
    link.command.mockImplementation(() =>
      Promise.reject(new Failure({ code: 'unavailable', message: 'No connection.' })),
    );
    chat.rooms.markRead(7, 20);
    await settled();
    link.arrive('ready', aReady(me, [inRoom(20, 10)]));
    await settled();
    expect(commands('room:read')).toHaveLength(2);
  });

  it('moves back when messages are marked as unread, and says that it knows of that', async () => {
    const { chat, link, commands } = await setUp([inRoom(20, 10)]);
    chat.rooms.markRead(7, 20);
    await settled();
    const marked = inRoom(20, 4, { rev: 9, marked: 9 });
    link.arrive('room:put', { subscription: marked, rev: 9 });
    expect(chat.rooms.get(7)).toMatchObject({ unread: 16, membership: { readSeq: 4 } });
    const late = inRoom(20, 20, { rev: 8 });
    link.arrive('room:put', { subscription: late, rev: 8 });
    expect(chat.rooms.get(7)?.membership.readSeq, 'a read from before the mark').toBe(4);
    chat.rooms.markRead(7, 6);
    vi.advanceTimersByTime(1_000);
    expect(commands('room:read').at(-1)).toEqual({ room: 7, seq: 6, marked: 9 });
  });

  it('is sent again when the server turns out not to know it', async () => {
    const { chat, link, commands } = await setUp([inRoom(20, 10)]);
    chat.rooms.markRead(7, 15);
    await settled();
    vi.advanceTimersByTime(2_000);
    link.arrive('ready', aReady(me, [inRoom(20, 10)]));
    await settled();
    expect(commands('room:read')).toEqual([
      { room: 7, seq: 15, marked: 0 },
      { room: 7, seq: 15, marked: 0 },
    ]);
    expect(chat.rooms.get(7)?.unread).toBe(5);
  });
});

describe('the open room', () => {
  it('shows its newest page and what arrives', async () => {
    const { chat, link } = await setUp();
    const open = chat.openRoom(7);
    await open.timeline.load();
    link.arrive('message:put', { message: message(11) });
    expect(open.timeline.messages.at(-1)?.seq).toBe(11);
    open.close();
  });

  it('shows my message once, whichever of event and acknowledgement is first', async () => {
    const { chat, link } = await setUp();
    const open = chat.openRoom(7);
    await open.timeline.load();
    const acks: ((answer: { message: unknown }) => void)[] = [];
    link.command.mockImplementation(
      () => new Promise<never>((resolve) => acks.push(resolve as never)),
    );
    link.arrive('ready', aReady(me, [inRoom(10, 10)]));
    open.timeline.send({ body: 'hello' });
    const { clientId } = open.timeline.pending[0] ?? {};
    const stored = message(11, { author: ada, clientId: clientId ?? '', body: 'hello' });
    link.arrive('message:put', { message: stored });
    expect(open.timeline.pending).toEqual([]);
    acks.at(-1)?.({ message: stored });
    await vi.waitFor(() => {
      expect(open.timeline.messages.filter(({ body }) => body === 'hello')).toHaveLength(1);
    });
    open.close();
  });

  it('is watched while I have not joined it, until I leave its screen', async () => {
    const { chat, server, link, commands } = await setUp([]);
    server.on('GET /rooms/7', { body: { room: aRoom(7, 'weekend-trip', { seq: 10, rev: 10 }) } });
    link.command.mockImplementation(() =>
      Promise.resolve({ room: aRoom(7, 'weekend-trip') } as never),
    );
    const open = chat.openRoom(7);
    await vi.waitFor(() => {
      expect(commands('room:watch')).toEqual([{ room: 7 }]);
    });
    expect(open.room?.name).toBe('weekend-trip');
    expect(open.subscription).toBeUndefined();
    open.close();
    await vi.waitFor(() => {
      expect(commands('room:unwatch')).toEqual([{ room: 7 }]);
    });
  });

  it('says that there is no such room', async () => {
    const { chat } = await setUp();
    const open = chat.openRoom(404);
    await vi.waitFor(() => {
      expect(open.failure?.code).toBe('not_found');
    });
    open.close();
  });

  it('shows a message that was refused, with the reason', async () => {
    const { chat, link } = await setUp();
    const open = chat.openRoom(7);
    await open.timeline.load();
    link.command.mockImplementation(() =>
      Promise.reject(new Failure({ code: 'forbidden', message: 'You may not.' })),
    );
    link.arrive('ready', aReady(me, [inRoom(10, 10)]));
    open.timeline.send({ body: 'hello' });
    await vi.waitFor(() => {
      expect(open.timeline.pending[0]).toMatchObject({ state: 'failed', reason: 'You may not.' });
    });
    open.timeline.discard(open.timeline.pending[0]?.clientId ?? '');
    expect(open.timeline.pending).toEqual([]);
    open.close();
  });
});
