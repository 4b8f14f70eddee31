import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aSubscription, aUser, FakeLink, FakeServer, newChat } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import PeopleDialog from './PeopleDialog.svelte';

let server: FakeServer;
const everybody = [aUser(1, 'ada'), aUser(2, 'mona'), aUser(3, 'nils')];

async function open() {
  const link = new FakeLink();
  link.command.mockImplementation((() => Promise.resolve({ presence: [] })) as never);
  const chat = newChat(server, link);
  await chat.session.load();
  const live = await chat.loadLive();
  const onopen = vi.fn<(room: number) => void>();
  renderIn(chat, PeopleDialog, { live, onopen, onclose: () => undefined });
  await waitFor(() => expect(server.to('GET /users').length).toBeGreaterThan(0));
  return { onopen, user: userEvent.setup() };
}

const conversations = () =>
  server.calls.map(({ call }) => call).filter((call) => call.startsWith('PUT /conversations/'));

beforeEach(() => {
  server = new FakeServer()
    .on('GET /session', { body: { user: aUser(9, 'pau') } })
    .on('GET /subscriptions', { body: { subscriptions: [] } })
    .on('GET /users', ({ query }) => {
      const text = query.get('text') ?? '';
      const users = text === 'zo' ? [aUser(8, 'zoe')] : everybody;
      return { body: { users: users.filter((u) => u.username.startsWith(text)), presence: [] } };
    });
  for (const id of [1, 2, 3, 8])
    server.on(`PUT /conversations/${id}`, {
      body: { subscription: aSubscription(40 + id, '', { kind: 'direct' }) },
    });
});

describe('the people', () => {
  it('are chosen by a few letters and Enter, however fast those come', async () => {
    const { onopen, user } = await open();
    await user.type(screen.getByRole('combobox', { name: 'Find people' }), 'mo{Enter}');
    await waitFor(() => expect(onopen).toHaveBeenCalledWith(42));
    expect(conversations()).toEqual(['PUT /conversations/2']);
  });

  it('who have not been loaded are chosen as soon as they are', async () => {
    const { onopen, user } = await open();
    await user.type(screen.getByRole('combobox', { name: 'Find people' }), 'zo{Enter}');
    await waitFor(() => expect(onopen).toHaveBeenCalledWith(48));
  });

  it('are not chosen by an Enter that belonged to another text', async () => {
    const { onopen, user } = await open();
    const field = screen.getByRole('combobox', { name: 'Find people' });
    await user.type(field, 'xy{Enter}');
    await user.clear(field);
    expect(await screen.findByText('Online only')).toBeVisible();
    await waitFor(() => expect(server.to('GET /users').at(-1)?.query).toBe('?limit=50'));
    expect(onopen).not.toHaveBeenCalled();
  });
});
