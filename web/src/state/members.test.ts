import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApi } from '../api';
import type { Room, ServerEvents } from '../model/wire';
import { aUser, FakeLink, FakeServer } from '../testing/fakes';
import { RoomMembers } from './members.svelte';

let server: FakeServer;
let link: FakeLink;

const inside = (...names: string[]) => ({
  body: { members: names.map((name, i) => ({ user: aUser(i + 2, name), role: 'member' })) },
});
const names = (members: RoomMembers) => members.list.map(({ user }) => user.username);
const asked = () => server.to('GET /rooms/7/members').length;
const changes = (id: number) => {
  link.arrive('room:changed', { room: { id } as Room });
};

async function open(): Promise<RoomMembers> {
  link = new FakeLink();
  const members = new RoomMembers(7, createApi(server.fetch), link);
  await vi.waitFor(() => {
    expect(members.isLoaded).toBe(true);
  });
  return members;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  server = new FakeServer().on('GET /rooms/7/members', inside('mona'));
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the list of members', () => {
  it('is read again, once, when the server may have missed who came', async () => {
    const members = await open();
    server.on('GET /rooms/7/members', inside('mona', 'pau'));
    changes(7);
    changes(7);
    changes(8);
    await vi.runAllTimersAsync();
    await vi.waitFor(() => {
      expect(names(members)).toEqual(['mona', 'pau']);
    });
    expect(asked()).toBe(2);
    members.close();
  });

  it('is read again after each reconnect', async () => {
    const members = await open();
    server.on('GET /rooms/7/members', inside('pau'));
    link.arrive('ready', {} as ServerEvents['ready']);
    await vi.waitFor(() => {
      expect(names(members)).toEqual(['pau']);
    });
    members.close();
  });

  it('is not read again once it is closed', async () => {
    const members = await open();
    changes(7);
    members.close();
    await vi.runAllTimersAsync();
    expect(asked()).toBe(1);
  });

  it('leaves out who goes while a page is on its way that the server read before', async () => {
    let answer: (page: { body: unknown }) => void = () => undefined;
    server.on('GET /rooms/7/members', () => new Promise((resolve) => (answer = resolve)));
    link = new FakeLink();
    const members = new RoomMembers(7, createApi(server.fetch), link);
    await vi.waitFor(() => {
      expect(asked()).toBe(1);
    });
    link.arrive('member:gone', { room: 7, user: 2 });
    answer(inside('mona', 'pau'));
    await vi.waitFor(() => {
      expect(members.isLoaded).toBe(true);
    });
    expect(names(members)).toEqual(['pau']);
    members.close();
  });
});
