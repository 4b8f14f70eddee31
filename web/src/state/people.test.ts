import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createApi } from '../api';
import { createPeopleApi } from '../api/people';
import type { Presence, User } from '../model/wire';
import { aUser, FakeLink, FakeServer, refusal } from '../testing/fakes';
import { PeopleList } from './people.svelte';
import { Presences } from './presence.svelte';

let server: FakeServer;
let link: FakeLink;
let presences: Presences;

async function open(): Promise<PeopleList> {
  link = new FakeLink();
  link.command.mockImplementation((() => Promise.resolve({ presence: [] })) as never);
  presences = new Presences(link);
  const people = new PeopleList(createPeopleApi(createApi(server.fetch).request), link, presences);
  await vi.waitFor(() => expect(people.isLoaded || people.failure).toBeTruthy());
  return people;
}

const users = (list: User[], presence: Presence[] = [], next?: string) => ({
  body: { users: list, presence, ...(next === undefined ? {} : { next }) },
});
const names = (people: PeopleList) => people.list.map(({ username }) => username);
const asked = () => server.to('GET /users').map(({ query }) => query);
const arrives = (user: User, room = 1) => {
  link.arrive('member:put', { room, member: { user, role: 'member' }, rev: 2 });
};

beforeEach(() => {
  server = new FakeServer().on('GET /users', users([aUser(2, 'mona'), aUser(5, 'pau')]));
});

describe('the list of people', () => {
  it('comes with who is there', async () => {
    server.on(
      'GET /users',
      users([aUser(2, 'mona'), aUser(5, 'pau')], [{ user: 5, state: 'away' }]),
    );
    const people = await open();
    expect(names(people)).toEqual(['mona', 'pau']);
    expect(presences.of(5)).toBe('away');
    expect(presences.of(2)).toBeUndefined();
    people.close();
  });

  it('puts who is new where the name belongs, and a guest in a member’s place', async () => {
    const pau = aUser(5, 'pau');
    server.on('GET /users', users([aUser(2, 'mona'), { ...pau, kind: 'guest' }]));
    const people = await open();
    arrives(pau);
    arrives(aUser(9, 'Nils'));
    arrives(aUser(8, 'otto'), 7);
    expect(people.list.map(({ username, kind }) => `${username} ${kind}`)).toEqual([
      'mona member',
      'Nils member',
      'pau member',
    ]);
    people.close();
    arrives(aUser(10, 'quim'));
    expect(names(people), 'closed, it hears no more').toHaveLength(3);
  });

  it('is searched once the typing rests, and forgets what has been overtaken', async () => {
    const people = await open();
    people.ask('m', false);
    people.ask('mo', false);
    people.ask('mo', false);
    await vi.waitFor(() => expect(asked()).toHaveLength(2));
    expect(asked()[1]).toBe('?text=mo&limit=50');
    arrives(aUser(9, 'nils'));
    expect(names(people), 'who does not match is not added').not.toContain('nils');
    people.ask('mo', true);
    await vi.waitFor(() => expect(asked()[2]).toBe('?text=mo&online=true&limit=50'));
    arrives(aUser(11, 'mo'));
    expect(names(people), 'nor is who may not be there').not.toContain('mo');
    people.close();
  });

  it('drops a late answer to an earlier question', async () => {
    const people = await open();
    let answerFirst: () => void = () => undefined;
    server.on('GET /users', ({ query }) =>
      query.get('text') === 'slow'
        ? new Promise((resolve) => (answerFirst = () => resolve(users([aUser(3, 'slow')]))))
        : users([aUser(4, 'quick')]),
    );
    people.ask('slow', false);
    await vi.waitFor(() => expect(asked()).toHaveLength(2));
    people.ask('quick', false);
    await vi.waitFor(() => expect(names(people)).toEqual(['quick']));
    answerFirst();
    await vi.waitFor(() => expect(asked()).toHaveLength(3));
    expect(names(people)).toEqual(['quick']);
    people.close();
  });

  it('goes on page by page, one at a time', async () => {
    server.on('GET /users', ({ query }) =>
      query.get('after') === 'mona'
        ? users([aUser(5, 'pau')])
        : users([aUser(2, 'mona')], [], 'mona'),
    );
    const people = await open();
    expect(people.hasMore).toBe(true);
    arrives(aUser(9, 'zoe'));
    expect(names(people), 'who belongs on a later page comes with it').toEqual(['mona']);
    people.loadMore();
    people.loadMore();
    await vi.waitFor(() => expect(names(people)).toEqual(['mona', 'pau']));
    expect(asked()).toEqual(['?limit=50', '?after=mona&limit=50']);
    expect(people.hasMore).toBe(false);
    people.loadMore();
    expect(asked()).toHaveLength(2);
    people.close();
  });

  it('tells why it is not there, and can be tried again', async () => {
    server.on('GET /users', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const people = await open();
    expect(people.failure?.message).toBe('Not now.');
    server.on('GET /users', users([aUser(2, 'mona')]));
    people.load();
    await vi.waitFor(() => expect(names(people)).toEqual(['mona']));
    expect(people.failure).toBeUndefined();
    people.close();
  });

  it('asks for news of those who can be seen, and of nobody when it is closed', async () => {
    const people = await open();
    people.show(people.list.slice(0, 1));
    await vi.waitFor(() =>
      expect(link.command).toHaveBeenLastCalledWith('presence:watch', {
        users: [2],
        profiles: true,
      }),
    );
    people.close();
    await vi.waitFor(() =>
      expect(link.command).toHaveBeenLastCalledWith('presence:watch', {
        users: [],
        profiles: true,
      }),
    );
  });
});
