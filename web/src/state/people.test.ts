import { expect, it, vi } from 'vitest';
import { createApi } from '../api';
import { createPeopleApi } from '../api/people';
import { aUser, FakeLink, FakeServer } from '../testing/fakes';
import { PeopleList } from './people.svelte';
import { Presences } from './presence.svelte';

it('shows a guest as a member who has become one, and puts who is new by name', async () => {
  const link = new FakeLink();
  link.command.mockImplementation((() => Promise.resolve({ presence: [] })) as never);
  const pau = aUser(5, 'pau');
  const server = new FakeServer().on('GET /users', {
    body: { users: [aUser(2, 'mona'), { ...pau, kind: 'guest' }], presence: [] },
  });
  const people = new PeopleList(
    createPeopleApi(createApi(server.fetch).request),
    link,
    new Presences(link),
  );
  await vi.waitFor(() => expect(people.isLoaded).toBe(true));
  const arrives = (user: typeof pau) => {
    link.arrive('member:put', { room: 1, member: { user, role: 'member' } });
  };
  arrives(pau);
  arrives(aUser(9, 'nils'));
  expect(people.list.map(({ username, kind }) => `${username} ${kind}`)).toEqual([
    'mona member',
    'nils member',
    'pau member',
  ]);
  people.close();
});
