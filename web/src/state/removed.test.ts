import { beforeEach, expect, it, vi } from 'vitest';
import {
  aRoom,
  aSubscription,
  aUser,
  FakeLink,
  FakeServer,
  newChat,
  refusal,
} from '../testing/fakes';
import { page } from '../testing/messages';
import { settled } from '../testing/settled';
import type { Chat } from './chat.svelte';

const closed = refusal(403, { code: 'forbidden', message: 'You are banned from this room.' });

let server: FakeServer;
let link: FakeLink;
let chat: Chat;

const texts = () => chat.toasts.items.map(({ text }) => text);

beforeEach(async () => {
  window.history.replaceState(null, '', '/home/7');
  server = new FakeServer()
    .on('GET /session', { body: { user: aUser(11, 'Ada') } })
    .on('GET /subscriptions', {
      body: { subscriptions: [aSubscription(1, 'main'), aSubscription(7, 'weekend-trip')] },
    })
    .on('GET /rooms/7/messages', { body: page(1, 3) })
    .on('GET /rooms/8/messages', { body: page(1, 3) });
  link = new FakeLink();
  chat = newChat(server, link);
  await chat.session.load();
  await chat.rooms.load();
  await chat.loadLive();
});

it.each([
  ['removed', 'You were removed from weekend-trip.'],
  ['banned', 'You were banned from weekend-trip.'],
] as const)(
  'somebody who is %s leaves the room on screen and learns why',
  async (reason, words) => {
    link.arrive('room:gone', { room: 7, reason });
    await settled();
    expect(texts()).toEqual([words]);
    expect(chat.rooms.list.map(({ name }) => name)).toEqual(['main']);
    expect(chat.navigation.route).toEqual({ page: 'home', room: undefined });
  },
);

it('somebody removed before the code is loaded learns it afterwards', async () => {
  link = new FakeLink();
  chat = newChat(server, link);
  const loadLive = chat.loadLive.bind(chat);
  let arrive: () => void = () => undefined;
  const code = new Promise<void>((resolve) => (arrive = resolve));
  vi.spyOn(chat, 'loadLive').mockImplementation(() => code.then(loadLive));
  await chat.session.load();
  await chat.rooms.load();
  link.arrive('room:gone', { room: 7, reason: 'removed' });
  await settled();
  expect(texts()).toEqual([]);
  arrive();
  await vi.waitFor(() => expect(texts()).toEqual(['You were removed from weekend-trip.']));
  expect(chat.navigation.route).toEqual({ page: 'home', room: undefined });
});

it('somebody who views another room stays there, and learns it too', async () => {
  chat.navigation.go('/home/1');
  link.arrive('room:gone', { room: 7, reason: 'removed' });
  await settled();
  expect(texts()).toHaveLength(1);
  expect(chat.navigation.route).toEqual({ page: 'home', room: 1 });
});

it('somebody who left in another tab sees no notice', async () => {
  link.arrive('room:gone', { room: 7, reason: 'left' });
  await settled();
  expect(texts()).toEqual([]);
  expect(chat.navigation.route).toEqual({ page: 'home', room: 7 });
});

it('somebody who rejoins sees what was sent meanwhile', async () => {
  await chat.openRoom(7).timeline.load();
  chat.navigation.go('/home/1');
  link.arrive('room:gone', { room: 7, reason: 'removed' });
  link.command.mockClear();
  const subscription = aSubscription(7, 'weekend-trip', { seq: 5, rev: 5 });
  link.arrive('room:put', { subscription, rev: 2 });
  chat.openRoom(7);
  expect(link.command).toHaveBeenCalledWith('room:sync', { room: 7, since: 3 });
});

it('somebody who watches a room no longer sees it once banned', async () => {
  server.on('GET /rooms/8', { body: { room: aRoom(8, 'photography') } });
  const open = chat.openRoom(8);
  await vi.waitFor(() => expect(open.room?.name).toBe('photography'));
  server.on('GET /rooms/8', closed);
  link.arrive('room:gone', { room: 8, reason: 'banned' });
  await vi.waitFor(() => expect(open.failure?.code).toBe('forbidden'));
  await settled();
  expect(open.room).toBeUndefined();
  expect(texts()).toEqual([]); // the page itself shows it
});

it('somebody who watches a room keeps it while the server cannot answer', async () => {
  server.on('GET /rooms/8', { body: { room: aRoom(8, 'photography') } });
  const open = chat.openRoom(8);
  await vi.waitFor(() => expect(open.room).toBeDefined());
  server.on('GET /rooms/8', refusal(503, { code: 'unavailable', message: 'Not now.' }));
  open.retry();
  await vi.waitFor(() => expect(server.to('GET /rooms/8')).toHaveLength(2));
  expect(open.room?.name).toBe('photography');
});

it('somebody banned from the server is signed out, with the reason', () => {
  link.arrive('session:ended', { reason: 'banned' });
  expect(chat.session.status).toBe('signed-out');
  expect(chat.session.endReason).toBe('banned');
  expect(chat.rooms.list).toEqual([]);
});
