import { screen, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { UserKind } from '../../model/wire';
import { aUser, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import Account from './Account.svelte';

let server: FakeServer;

async function open(kind: UserKind, name = 'pau') {
  server.on('GET /session', { body: { user: { ...aUser(9, name), kind } } });
  const chat = newChat(server);
  await chat.session.load();
  renderIn(chat, Account, {});
  return { chat, user: userEvent.setup() };
}

const logOut = () => screen.getByRole('button', { name: 'Log out' });

beforeEach(() => {
  server = new FakeServer()
    .on('GET /subscriptions', { body: { subscriptions: [] } })
    .on('DELETE /session', { status: 204 });
});

describe('my account', () => {
  it('says who I am and how others see me', async () => {
    await open('member');
    expect(screen.getByRole('region', { name: 'My account' })).toHaveTextContent(/pau.*online/s);
  });

  it('logs a member out at once', async () => {
    const { chat, user } = await open('member');
    await user.click(logOut());
    await vi.waitFor(() => expect(chat.session.status).toBe('signed-out'));
  });

  it('asks a guest first, because nobody comes back without a password', async () => {
    const { chat, user } = await open('guest');
    const question = () => screen.findByRole('dialog', { name: 'Log out for good?' });
    await user.click(logOut());
    expect(await question()).toHaveTextContent('can’t come back as pau');
    await user.click(within(await question()).getByRole('button', { name: 'Cancel' }));
    expect(chat.session.status).toBe('signed-in');
    await user.click(logOut());
    await user.click(within(await question()).getByRole('button', { name: 'Log out' }));
    await vi.waitFor(() => expect(chat.session.status).toBe('signed-out'));
  });

  it('keeps a name from right to left within itself', async () => {
    const { user } = await open('guest', 'דנה');
    await user.click(logOut());
    const question = await screen.findByRole('dialog', { name: 'Log out for good?' });
    expect(question).toHaveTextContent('can’t come back as \u2068דנה\u2069.');
  });

  it('says why logging out has failed', async () => {
    server.on('DELETE /session', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const { chat, user } = await open('member');
    await user.click(logOut());
    await vi.waitFor(() =>
      expect(chat.toasts.items).toMatchObject([{ text: 'Not now.', tone: 'error' }]),
    );
    expect(chat.session.status).toBe('signed-in');
  });
});
