import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Changes, Member } from '../model/wire';
import { aReady, aSubscription, aUser, FakeLink, FakeServer, newChat } from '../testing/fakes';
import { page } from '../testing/messages';
import { settled } from '../testing/settled';
import type { RoomMembers } from './members.svelte';

let server: FakeServer;
let link: FakeLink;

const me = aUser(1, 'ada');

const inside = (...names: string[]) => ({
  body: { members: names.map((name, i) => ({ user: aUser(i + 2, name), role: 'member' })) },
});
const names = (members: RoomMembers) => members.list.map(({ user }) => user.username);
const asked = () => server.to('GET /rooms/7/members').length;

/** Opens the list beside the room's timeline, which knows the room up to rev 3. */
async function begin(): Promise<RoomMembers> {
  link = new FakeLink();
  const chat = newChat(server, link);
  await chat.timelines.of(7).load();
  return chat.openMembers(7);
}

async function open(): Promise<RoomMembers> {
  const members = await begin();
  await vi.waitFor(() => {
    expect(members.isLoaded).toBe(true);
  });
  return members;
}

/** Connects anew, to a room that has come to rev 9, and answers what is asked of it. */
function comeBack(changes: Partial<Changes>): void {
  const answer = { messages: [], rev: 9, more: false, startOver: false, ...changes };
  link.command.mockImplementation(() => Promise.resolve(answer as never));
  link.arrive('ready', aReady(me, [aSubscription(7, 'trip', { rev: 9 })]));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  server = new FakeServer()
    .on('GET /rooms/7/members', inside('mona'))
    .on('GET /rooms/7/messages', { body: page(1, 3) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the list of members', () => {
  it('has those who came and went while there was no connection, without being read again', async () => {
    const members = await open();
    const pau: Member = { user: aUser(5, 'pau'), role: 'member' };
    comeBack({
      members: [
        { rev: 8, user: 2, reason: 'removed' },
        { rev: 9, user: 5, member: pau },
      ],
    });
    await vi.waitFor(() => {
      expect(names(members)).toEqual(['pau']);
    });
    expect(link.command).toHaveBeenCalledWith('room:sync', { room: 7, since: 3 });
    expect(asked()).toBe(1);
    members.close();
  });

  it('is read again when too much has changed', async () => {
    const members = await open();
    server
      .on('GET /rooms/7/members', inside('pau'))
      .on('GET /rooms/7/messages', { body: page(1, 3, { rev: 9 }) });
    comeBack({ startOver: true });
    await vi.waitFor(() => {
      expect(names(members)).toEqual(['pau']);
    });
    members.close();
  });

  it('is not read again when nothing has changed, nor once it is closed', async () => {
    const members = await open();
    link.arrive('ready', aReady(me, [aSubscription(7, 'trip', { rev: 3 })]));
    members.close();
    server.on('GET /rooms/7/messages', { body: page(1, 3, { rev: 9 }) });
    comeBack({ startOver: true });
    await settled();
    expect(asked()).toBe(1);
  });

  it('leaves out who goes while a page is on its way that the server read before', async () => {
    let answer: (page: { body: unknown }) => void = () => undefined;
    server.on('GET /rooms/7/members', () => new Promise((resolve) => (answer = resolve)));
    const members = await begin();
    await vi.waitFor(() => {
      expect(asked()).toBe(1);
    });
    link.arrive('member:gone', { room: 7, user: 2, reason: 'left', rev: 4 });
    answer(inside('mona', 'pau'));
    await vi.waitFor(() => {
      expect(members.isLoaded).toBe(true);
    });
    expect(names(members)).toEqual(['pau']);
    members.close();
  });
});
