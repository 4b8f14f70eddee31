import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionView, User } from '../../model/wire';
import { aSubscription, aUser, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import Account from '../sidebar/Account.svelte';

let server: FakeServer;
let sessions: SessionView[];

async function open(change: Partial<User> = {}) {
  server.on('GET /session', { body: { user: { ...aUser(9, 'pau'), ...change } } });
  const chat = newChat(server);
  await chat.session.load();
  renderIn(chat, Account, {});
  return { chat, user: userEvent.setup() };
}

async function openDialog(change: Partial<User> = {}) {
  const { chat, user } = await open(change);
  await user.click(screen.getByRole('button', { name: /^My account: pau/ }));
  return { chat, user, dialog: await screen.findByRole('dialog', { name: 'My account' }) };
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

beforeEach(() => {
  sessions = [
    {
      id: 'phone',
      device: 'Safari on iPhone',
      createdAt: minutesAgo(500),
      seenAt: minutesAgo(121),
    },
    {
      id: 'here',
      device: 'Firefox on Linux',
      createdAt: minutesAgo(600),
      seenAt: minutesAgo(0),
      current: true,
    },
    { id: 'odd', device: '', createdAt: minutesAgo(9000), seenAt: minutesAgo(3000) },
  ];
  server = new FakeServer()
    .on('GET /subscriptions', { body: { subscriptions: [aSubscription(1, 'main')] } })
    .on('GET /sessions', () => ({ body: { sessions } }))
    .on('GET /invitations', { body: { invitations: [] } })
    .on('GET /server', { body: { signUp: 'open' } });
});

describe('where I am logged in', () => {
  it('is said in plain words, this one first', async () => {
    const { dialog } = await openDialog();
    const rows = await within(dialog).findAllByRole('listitem');
    expect(rows.map((row) => row.textContent.replace(/\s+/g, ' ').trim())).toEqual([
      'Firefox on Linux this device',
      'Safari on iPhone active 2 hours ago Log out',
      'Unknown device active 2 days ago Log out',
    ]);
  });

  it('ends one of them, and says so', async () => {
    server.on('DELETE /sessions/phone', () => {
      sessions = sessions.filter(({ id }) => id !== 'phone');
      return { status: 204 };
    });
    const { user, dialog } = await openDialog();
    await user.click(
      await within(dialog).findByRole('button', {
        name: 'Log out Safari on iPhone, active 2 hours ago',
      }),
    );
    await waitFor(() => expect(within(dialog).getAllByRole('listitem')).toHaveLength(2));
    expect(within(dialog).getByRole('status')).toHaveTextContent(
      'Safari on iPhone was logged out.',
    );
    expect(within(dialog).getByRole('heading', { name: 'Where you are logged in' })).toHaveFocus();
  });

  it('ends all others', async () => {
    server.on('DELETE /sessions', () => {
      sessions = sessions.filter(({ current }) => current);
      return { status: 204 };
    });
    const { user, dialog } = await openDialog();
    await user.click(
      await within(dialog).findByRole('button', { name: 'Log out on all other devices' }),
    );
    await waitFor(() => expect(within(dialog).getAllByRole('listitem')).toHaveLength(1));
  });

  it('says why it cannot be told, and tries again', async () => {
    server.on('GET /sessions', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const { user, dialog } = await openDialog();
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('Not now.');
    server.on('GET /sessions', { body: { sessions } });
    await user.click(within(dialog).getByRole('button', { name: 'Try again' }));
    expect(await within(dialog).findAllByRole('listitem')).toHaveLength(3);
  });
});

describe('my password', () => {
  it('is changed by whoever knows it, and all other sessions end', async () => {
    server.on('PATCH /users/me', { body: { user: aUser(9, 'pau') } });
    const { chat, user, dialog } = await openDialog();
    await user.type(within(dialog).getByLabelText('Current password'), 'correct horse');
    await user.type(within(dialog).getByLabelText('New password'), 'battery staple{Enter}');
    await waitFor(() => expect(server.to('PATCH /users/me')).toHaveLength(1));
    expect(server.to('PATCH /users/me')[0]?.body).toEqual({
      current: 'correct horse',
      password: 'battery staple',
    });
    await waitFor(() => expect(server.to('GET /sessions')).toHaveLength(2));
    expect(chat.toasts.items).toMatchObject([{ text: /is changed/ }]);
    expect(within(dialog).getByLabelText('Current password')).toHaveValue('');
  });

  it('stays, and the field says why', async () => {
    server.on(
      'PATCH /users/me',
      refusal(422, {
        code: 'invalid',
        field: 'current',
        message: 'This is not your current password.',
      }),
    );
    const { chat, user, dialog } = await openDialog();
    const change = within(dialog).getByRole('button', { name: 'Change password' });
    await user.click(change);
    const current = within(dialog).getByLabelText('Current password');
    expect(current).toHaveAccessibleDescription('Enter your current password.');
    expect(current).toHaveFocus();
    expect(within(dialog).getByLabelText('New password')).toHaveAccessibleDescription(
      'Choose a password.',
    );
    await user.type(current, 'incorrect horse');
    await user.type(within(dialog).getByLabelText('New password'), 'battery staple');
    await user.click(change);
    await waitFor(() =>
      expect(current).toHaveAccessibleDescription('This is not your current password.'),
    );
    expect(chat.session.status).toBe('signed-in');
  });

  it('is not asked for where there is none', async () => {
    const { dialog } = await openDialog({ kind: 'guest' });
    expect(dialog).toHaveTextContent('a guest');
    expect(within(dialog).queryByLabelText('Current password')).toBeNull();
  });
});

describe('the admin of a server', () => {
  const welcome = () => screen.findByRole('dialog', { name: 'You are this server’s admin' });

  it('is told how to invite people, and makes a link into the room that everybody is in', async () => {
    const { user, dialog } = await openDialog({ role: 'admin' });
    await user.click(within(dialog).getByRole('button', { name: 'What admins can do' }));
    await waitFor(async () =>
      expect(await welcome()).toHaveTextContent('Anyone who opens this address can sign up'),
    );
    expect(await welcome()).toHaveTextContent(location.origin);
    // "Later" appears only on the first visit.
    expect(within(await welcome()).queryByRole('button', { name: 'Later' })).toBeNull();
    expect(within(await welcome()).getByText('Close', { selector: 'button' })).toBeVisible();
    const link = { name: 'Create an invitation link' };
    await user.click(within(await welcome()).getByRole('button', link));
    expect(await screen.findByRole('dialog', { name: 'Invite to main' })).toBeVisible();
  });

  it.each([
    ['invitation', 'Only people with an invitation link can sign up'],
    ['closed', 'Sign-up is closed.'],
  ])('is told what people need where sign-up is “%s”', async (signUp, words) => {
    server.on('GET /server', { body: { signUp } });
    const { user, dialog } = await openDialog({ role: 'admin' });
    expect(dialog).toHaveTextContent('an admin of this server');
    await user.click(within(dialog).getByRole('button', { name: 'What admins can do' }));
    await waitFor(async () => expect(await welcome()).toHaveTextContent(words));
  });
});
