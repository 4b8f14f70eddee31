import { beforeEach, describe, expect, it } from 'vitest';
import {
  aReady,
  aSubscription,
  aUser,
  FakeLink,
  FakeServer,
  newChat,
  refusal,
} from '../testing/fakes';
import { page } from '../testing/messages';
import type { EndReason } from '../model/wire';
import type { Chat } from './chat.svelte';

const ada = aUser(11, 'Ada');
const mona = aUser(12, 'Mona');
const nobody = refusal(401, { code: 'unauthenticated', message: 'Log in first.' });

let server: FakeServer;
let link: FakeLink;
let chat: Chat;

beforeEach(async () => {
  window.history.replaceState(null, '', '/home/7');
  server = new FakeServer()
    .on('GET /session', { body: { user: ada } })
    .on('GET /subscriptions', { body: { subscriptions: [aSubscription(7, 'weekend-trip')] } })
    .on('GET /rooms/7/messages', { body: page(1, 3) });
  link = new FakeLink();
  chat = newChat(server, link);
  await chat.session.load();
  await chat.rooms.load();
});

/** Loads the room, leaves a message unsent in it, and lets the session expire. */
async function lapse() {
  const open = chat.openRoom(7);
  await open.timeline.load();
  open.timeline.send({ body: 'unsent' });
  server.on('GET /session', nobody);
  link.arrive('session:ended', { reason: 'expired' });
  return open;
}

describe('a session that was ended while the page was away', () => {
  const ended = (reason: EndReason) =>
    refusal(401, { code: 'unauthenticated', message: '', reason });

  it('leaves nothing on screen once the connection is refused with the reason', () => {
    link.refuse('revoked');
    expect(chat.session.status).toBe('signed-out');
    expect(chat.session.endReason).toBe('revoked');
    expect(chat.rooms.list).toHaveLength(0);
  });

  it('leaves nothing on screen once a call is refused with the reason', async () => {
    server.on('GET /rooms/7/messages', ended('log-out'));
    await chat
      .openRoom(7)
      .timeline.load()
      .catch(() => undefined);
    expect(chat.session.status).toBe('signed-out');
    expect(chat.session.maySeePlace).toBe(false);
  });

  it('leaves nothing on screen if it had seemed to run out', async () => {
    await lapse();
    server.on('GET /session', ended('banned'));
    await chat.session.load();
    expect(chat.session.status).toBe('signed-out');
    expect(chat.session.endReason).toBe('banned');
  });

  it('keeps the screen if nobody knows why', () => {
    link.refuse();
    expect(chat.session.status).toBe('lapsed');
  });
});

describe('a session that runs out', () => {
  it('keeps all that is on screen, and who was here', async () => {
    const { timeline } = await lapse();
    expect(chat.session.status).toBe('lapsed');
    expect(chat.session.user).toEqual(ada);
    expect(chat.rooms.list).toHaveLength(1);
    expect(timeline.messages).toHaveLength(3);
    expect(timeline.pending).toHaveLength(1);
    expect(link.close).toHaveBeenCalledOnce();
  });

  it('goes on where it was when the same person logs in again', async () => {
    const { timeline } = await lapse();
    server.on('POST /session', { body: { user: ada } });
    link.open.mockClear();
    await chat.session.logIn({ username: 'Ada', password: 'password' });
    expect(chat.session.status).toBe('signed-in');
    expect(timeline.pending).toMatchObject([{ body: 'unsent' }]);
    expect(chat.navigation.route).toEqual({ page: 'home', room: 7 });
    expect(link.open).toHaveBeenCalledOnce();
  });

  it('leads somebody else to their own home, with nothing of who was here', async () => {
    await lapse();
    server
      .on('POST /session', { body: { user: mona } })
      .on('GET /subscriptions', { body: { subscriptions: [] } });
    await chat.session.logIn({ username: 'Mona', password: 'password' });
    expect(chat.session.user).toEqual(mona);
    expect(chat.navigation.route).toEqual({ page: 'home', room: undefined });
    expect(chat.rooms.list).toEqual([]);
    expect(chat.openRoom(7).timeline.pending).toEqual([]);
  });

  it('stays so while the server still knows nobody', async () => {
    await lapse();
    await chat.session.load();
    expect(chat.session.status).toBe('lapsed');
  });

  it('ends for good when it is left', async () => {
    await lapse();
    chat.session.leave();
    expect(chat.session.status).toBe('signed-out');
    expect(chat.session.endReason).toBe('expired');
    expect(chat.rooms.list).toEqual([]);
  });

  it.each([
    ['a call', () => chat.rooms.load()],
    ['the connection', () => link.refuse()],
  ])('is noticed by %s as well', async (_name, meet) => {
    server.on('GET /subscriptions', nobody);
    await meet();
    expect(chat.session.status).toBe('lapsed');
  });

  it('ends at once for a guest, who has nothing to log in with', async () => {
    server.on('GET /session', { body: { user: { ...ada, kind: 'guest' } } });
    await chat.session.load();
    link.arrive('session:ended', { reason: 'expired' });
    expect(chat.session.status).toBe('signed-out');
  });
});

it('A connection of somebody else, who has logged in in another tab, leads to their home', () => {
  link.arrive('ready', aReady(mona));
  expect(chat.session.user).toEqual(mona);
  expect(chat.navigation.route).toEqual({ page: 'home', room: undefined });
  expect(chat.rooms.list).toEqual([]);
});

describe('a guest who becomes a member in another tab', () => {
  it('is one here, with all that is on screen', async () => {
    const guest = { ...ada, kind: 'guest' as const };
    server.on('GET /session', { body: { user: guest } });
    await chat.session.load();
    expect(chat.session.user?.kind).toBe('guest');
    link.open.mockClear();
    link.arrive('user:put', { user: ada, rev: 2 });
    expect(chat.session.user).toEqual(ada);
    expect(chat.rooms.list).toHaveLength(1);
    expect(link.open).not.toHaveBeenCalled();
  });
});
