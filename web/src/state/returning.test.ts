import type { Socket } from 'socket.io-client';
import { describe, expect, it, vi } from 'vitest';
import type { Ready, Subscription } from '../model/wire';
import { SocketLink } from '../socket';
import {
  aReady,
  aRoom,
  aSubscription,
  aUser,
  FakeServer,
  newChat,
  refusal,
} from '../testing/fakes';
import { FakeSocket } from '../testing/fakesocket';
import { message } from '../testing/messages';
import { settled } from '../testing/settled';

const ada = aUser(11, 'Ada');
const mona = aUser(12, 'Mona');

/** A room of which my membership has changed with that rev of my stream. */
function aRoomOfMine(id: number, name: string, rev: number, own = 1, change = {}): Subscription {
  const membership = { role: 'member', readSeq: 0, joinedAt: '2026-01-02T03:04:05Z' } as const;
  return aSubscription(id, name, { rev, membership: { ...membership, rev: own, ...change } });
}

const lake = aRoomOfMine(7, 'lake', 3);
const trip = aRoomOfMine(8, 'trip', 4);

/** The client with a connection, as it is after `ready`. */
async function setUp(
  subscriptions = [lake, trip],
  change: Partial<Ready> = { rev: 5 },
  storage?: Storage,
) {
  const server = new FakeServer()
    .on('GET /session', { body: { user: ada } })
    .on('GET /subscriptions', () => new Promise(() => undefined));
  const socket = new FakeSocket();
  const link = new SocketLink(() => Promise.resolve(socket as unknown as Socket));
  const chat = newChat(server, link, storage);
  await chat.session.load();
  await chat.loadLive();
  const ready = (news: Subscription[], more: Partial<Ready> = {}) => {
    socket.arrive('ready', aReady(ada, news, { delta: true, ...more }));
    return settled();
  };
  await ready(subscriptions, { delta: false, ...change });
  const names = () => chat.rooms.list.map(({ name }) => name).sort();
  const told = () => chat.toasts.items.map(({ text }) => text);
  return { server, socket, link, chat, ready, names, told };
}

describe('a room that I leave', () => {
  it('is removed by its event if there is a connection, otherwise by the answer', async () => {
    const { server, socket, chat, ready, names } = await setUp();
    server
      .on('DELETE /subscriptions/7', { status: 204 })
      .on('DELETE /subscriptions/8', { status: 204 });
    await ready([]);
    await chat.rooms.unsubscribe(7);
    expect(names()).toEqual(['lake', 'trip']);
    socket.arrive('room:gone', { room: 7, reason: 'left', rev: 6 });
    expect(names()).toEqual(['trip']);

    socket.connected = false;
    socket.happen('disconnect', 'transport close');
    await chat.rooms.unsubscribe(8);
    expect(names()).toEqual([]);
    await ready([trip]);
    expect(names(), 'if I have joined it again elsewhere').toEqual(['trip']);
  });
});

describe('a client that comes back names', () => {
  it('its user, the rev of its stream, and the rev of each room', async () => {
    const { link } = await setUp();
    expect(link.known()).toEqual({ user: 11, rev: 5, rooms: { 7: 3, 8: 4 } });
  });

  it('the epoch that its revs belong to, and starts over in another one', async () => {
    const { localStorage: storage } = window;
    storage.clear();
    const { link, ready } = await setUp([], { rev: 5, epoch: 'first' }, storage);
    expect(link.known()?.epoch).toBe('first');
    const reload = vi.fn<() => void>();
    vi.stubGlobal('location', { ...location, reload });
    await ready([], { epoch: 'first' });
    expect(reload).not.toHaveBeenCalled();
    await ready([], { epoch: 'second', delta: false });
    expect(reload).toHaveBeenCalledOnce();
    const later = await setUp([], { rev: 5, epoch: 'third' }, storage);
    expect(reload, 'as a page that is loaded later does').toHaveBeenCalledTimes(2);
    await later.ready([], { epoch: 'third' });
    expect(reload).toHaveBeenCalledTimes(2);
    vi.unstubAllGlobals();
  });

  it('the revs to which events have brought it', async () => {
    const { link, socket } = await setUp();
    const member = { user: mona, role: 'member' };
    socket.arrive('member:put', { room: 7, member, rev: 4 });
    socket.arrive('member:gone', { room: 7, user: 12, reason: 'left', rev: 5 });
    socket.arrive('room:changed', { room: aRoom(7, 'pond'), rev: 6 });
    socket.arrive('message:put', { message: message(1, { room: 8, rev: 5 }) });
    socket.arrive('room:put', { subscription: aRoomOfMine(9, 'hills', 0, 6), rev: 6 });
    socket.arrive('room:gone', { room: 9, reason: 'left', rev: 7 });
    expect(link.known()).toEqual({ user: 11, rev: 7, rooms: { 7: 6, 8: 5 } });
  });

  it('no room of which it has missed something', async () => {
    const { link, socket, ready } = await setUp();
    socket.arrive('message:put', { message: message(2, { room: 7, rev: 5 }) });
    expect(link.known()?.rooms).toEqual({ 8: 4 });
    await ready([{ ...aRoomOfMine(7, 'lake', 5), seq: 2, unread: 2 }], { rev: 5 });
    expect(link.known()?.rooms, 'until it has been told').toEqual({ 7: 5, 8: 4 });
  });

  it('no room whose read position the server has not acknowledged', async () => {
    const { link, socket, chat } = await setUp([{ ...lake, seq: 3 }, trip]);
    socket.answer = () => Promise.reject(new Error('the connection is lost'));
    chat.rooms.markRead(7, 2);
    await settled();
    expect(link.known()?.rooms).toEqual({ 8: 4 });
  });

  it('nothing before its list is whole', async () => {
    const { link, server, ready } = await setUp();
    server.on('GET /subscriptions', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    await ready([lake], { delta: false, next: 'lake', rev: 6 });
    expect(link.known()).toBeUndefined();
  });

  it('nothing that the server would refuse: the rooms that changed last, as far as there is space', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) =>
      aRoomOfMine(9_007_199_254_000_000 + i, `room ${i}`, 1_000_000 + i),
    );
    const { limits } = aReady(ada);
    const rev = 9_007_199_254_740_991;
    const { link, socket } = await setUp(many, { rev, limits: { ...limits, auth: 5_000 } });
    const first = many[0]?.id as number;
    socket.arrive('room:changed', { room: aRoom(first, 'lobby'), rev: 1_000_001 });
    const known = link.known();
    const bytes = JSON.stringify({ protocol: 2, known }).length;
    expect(bytes).toBeLessThanOrEqual(5_000);
    expect(bytes).toBeGreaterThan(4_900);
    expect(known?.rooms[first]).toBe(1_000_001);
    expect(known?.rooms[first + 1]).toBeUndefined();
    expect(known?.rooms[first + 1_999]).toBe(1_001_999);
  });

  it('the streams of the user who logged in with this browser meanwhile, and no others', async () => {
    const { link, socket, chat, names } = await setUp();
    socket.arrive('ready', aReady(mona, [aRoomOfMine(9, 'hills', 2)], { rev: 30 }));
    expect(chat.session.user?.username).toBe('Mona');
    expect(names()).toEqual(['hills']);
    expect(link.known()).toEqual({ user: 12, rev: 30, rooms: { 9: 2 } });
  });

  it('nothing after the session has ended', async () => {
    const { link, socket } = await setUp();
    socket.arrive('session:ended', { reason: 'revoked', rev: 6 });
    expect(link.known()).toBeUndefined();
  });

  it('nothing of the next user’s stream before the server has described it', async () => {
    const { link, socket, chat, server, names } = await setUp();
    socket.arrive('session:ended', { reason: 'log-out', rev: 6 });
    server
      .on('POST /session', { body: { user: mona } })
      .on('GET /subscriptions', { body: { subscriptions: [trip] } });
    await chat.session.logIn({ username: 'Mona', password: 'password of Mona' });
    await vi.waitFor(() => {
      expect(names()).toEqual(['trip']);
    });
    expect(link.known()).toBeUndefined();
  });

  it('what it knew, after its session had run out and its user has logged in again', async () => {
    const { link, chat, server } = await setUp();
    chat.session.end('expired');
    server.on('POST /session', { body: { user: ada } });
    await chat.session.logIn({ username: 'Ada', password: 'password of Ada' });
    expect(link.known()).toEqual({ user: 11, rev: 5, rooms: { 7: 3, 8: 4 } });
    expect(server.to('GET /subscriptions'), 'and reads no list').toHaveLength(1);
  });
});

describe('what has changed meanwhile', () => {
  it('leaves all other rooms as they are', async () => {
    const { names, ready, chat } = await setUp();
    await ready([aRoomOfMine(9, 'hills', 1, 6)], { rev: 6 });
    expect(names()).toEqual(['hills', 'lake', 'trip']);
    await ready([], { rev: 6 });
    expect(chat.rooms.get(7)).toEqual(lake);
  });

  it.each([
    ['removed', ['You were removed from lake.']],
    ['banned', ['You were banned from lake.']],
    ['left', []],
  ] as const)('removes a room that I lost (%s), and says why', async (reason, words) => {
    const { names, told, ready, link } = await setUp();
    await ready([], { rev: 9, gone: [{ room: 7, reason, rev: 8 }] });
    expect(names()).toEqual(['trip']);
    expect(told()).toEqual(words);
    expect(link.known()).toEqual({ user: 11, rev: 9, rooms: { 8: 4 } });
  });

  it('says nothing of a room that was not in the list, such as one joined and lost meanwhile', async () => {
    const { names, told, ready } = await setUp();
    await ready([], { rev: 9, gone: [{ room: 99, reason: 'banned', rev: 9 }] });
    expect(names()).toEqual(['lake', 'trip']);
    expect(told()).toEqual([]);
  });

  it('is a new name, of a room in the list', async () => {
    const { names, ready } = await setUp();
    await ready([aRoomOfMine(7, 'water', 5)], { rev: 5 });
    expect(names()).toEqual(['trip', 'water']);
  });

  it('is my role, which no older state of the room takes back', async () => {
    const { chat, ready, socket } = await setUp();
    await ready([aRoomOfMine(7, 'lake', 4, 6, { role: 'admin' })], { rev: 6 });
    expect(chat.rooms.get(7)?.membership.role).toBe('admin');
    chat.rooms.put(aRoomOfMine(7, 'lake', 4, 5));
    expect(chat.rooms.get(7)?.membership.role).toBe('admin');
    socket.arrive('room:put', { subscription: aRoomOfMine(7, 'lake', 5, 7), rev: 7 });
    expect(chat.rooms.get(7)?.membership.role).toBe('member');
  });

  it('comes as the whole list if the server starts over: what is not in it has gone', async () => {
    const { names, told, ready, link } = await setUp();
    await ready([trip], { delta: false, rev: 2 });
    expect(names()).toEqual(['trip']);
    expect(told()).toEqual([]);
    expect(link.known()).toEqual({ user: 11, rev: 2, rooms: { 8: 4 } });
  });

  it('has the invitations that came and went, after it', async () => {
    const { chat, ready, socket } = await setUp();
    const by = { id: 12, username: 'Mona', kind: 'member' } as const;
    socket.arrive('invitation', { id: 1, by, rev: 6 });
    await settled();
    await ready([], { rev: 9 });
    expect(
      chat.live?.invitations.map(({ id }) => id),
      'a delta keeps it',
    ).toEqual([1]);
    socket.arrive('invitation', { id: 2, by, room: aRoom(7, 'lake'), rev: 7 });
    socket.arrive('invitation:gone', { id: 1, rev: 8 });
    await settled();
    expect(chat.live?.invitations.map(({ id }) => id)).toEqual([2]);
    await ready([], { rev: 9, delta: false });
    expect(chat.live?.invitations, 'the whole list brings all that are open').toEqual([]);
  });
});

describe('the events of my stream', () => {
  it('may leave out revs', async () => {
    const { link, socket, names } = await setUp();
    socket.arrive('room:put', { subscription: aRoomOfMine(9, 'hills', 0, 8), rev: 8 });
    expect(names()).toEqual(['hills', 'lake', 'trip']);
    expect(link.rev).toBe(8);
  });

  it('are ignored when they come again after a later one', async () => {
    const { link, socket, names, told } = await setUp();
    const put = { subscription: aRoomOfMine(9, 'hills', 0, 6), rev: 6 };
    socket.arrive('room:put', put);
    const gone = { room: 9, reason: 'removed', rev: 7 };
    socket.arrive('room:gone', gone);
    socket.arrive('room:put', put);
    expect(names()).toEqual(['lake', 'trip']);
    socket.arrive('room:put', { subscription: aRoomOfMine(9, 'hills', 0, 8), rev: 8 });
    socket.arrive('room:gone', gone);
    await settled();
    expect(names()).toEqual(['hills', 'lake', 'trip']);
    expect(told()).toEqual(['You were removed from hills.']);
    expect(link.rev).toBe(8);
  });

  it('outweigh the answer to a call that is older', async () => {
    const { chat, socket, names } = await setUp();
    socket.arrive('room:gone', { room: 7, reason: 'removed', rev: 7 });
    chat.rooms.put(aRoomOfMine(7, 'lake', 3, 6));
    chat.rooms.put(lake);
    expect(names()).toEqual(['trip']);
    chat.rooms.put(aRoomOfMine(7, 'lake', 3, 8));
    expect(names()).toEqual(['lake', 'trip']);
  });

  it('of a room into which I only look have no rev, and count', async () => {
    const { server, socket, chat } = await setUp();
    server
      .on('GET /rooms/99', { body: { room: aRoom(99, 'hills') } })
      .on('GET /rooms/99/messages', { body: { messages: [], seq: 0, rev: 0, more: false } });
    const open = chat.openRoom(99);
    await settled();
    expect(open.room?.name).toBe('hills');
    server.on('GET /rooms/99', refusal(403, { code: 'forbidden', message: 'You are banned.' }));
    socket.arrive('room:gone', { room: 99, reason: 'banned' });
    await settled();
    expect(open.failure?.code).toBe('forbidden');
    open.close();
  });
});

describe('what a room’s stream had left out', () => {
  it('is asked for, and has the name too', async () => {
    const { server, socket, chat } = await setUp();
    server.on('GET /rooms/7/messages', { body: { messages: [], seq: 0, rev: 3, more: false } });
    const open = chat.openRoom(7);
    await open.timeline.load();
    const asked: unknown[] = [];
    socket.answer = (command, argument) => {
      asked.push([command, argument]);
      const room = aRoom(7, 'water', { rev: 5, topic: 'To swim' });
      const changes = { messages: [], room, members: [], rev: 5, more: false, startOver: false };
      return Promise.resolve({ ok: true, ...changes });
    };
    open.timeline.noteHead(5);
    await settled();
    expect(asked).toEqual([['room:sync', { room: 7, since: 3 }]]);
    expect(open.room).toMatchObject({ name: 'water', topic: 'To swim', rev: 3 });
    open.close();
  });

  it('has no older name than the one that is known', async () => {
    const { chat, socket } = await setUp();
    socket.arrive('room:changed', { room: aRoom(7, 'water'), rev: 4 });
    chat.rooms.noteName(aRoom(7, 'lake', { rev: 3 }));
    expect(chat.rooms.get(7)?.name).toBe('water');
  });
});
