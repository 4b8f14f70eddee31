import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Invitation, Room } from '../../model/wire';
import { aRoom, aUser, FakeLink, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import InviteDialog from './InviteDialog.svelte';

let server: FakeServer;

const trip = aRoom(4, 'trip');

async function open(room: Room | undefined) {
  const link = new FakeLink();
  link.command.mockImplementation((() => Promise.resolve({ presence: [] })) as never);
  const chat = newChat(server, link);
  const live = await chat.loadLive();
  const onclose = vi.fn<() => void>();
  renderIn(chat, InviteDialog, { room, live, onclose });
  return { chat, onclose, user: userEvent.setup() };
}

const invitation = (id: number, change: Partial<Invitation> = {}): Invitation => ({
  id,
  room: 4,
  by: { id: 11, username: 'ada', kind: 'member' },
  guests: true,
  uses: 0,
  createdAt: '2026-11-20T09:00:00Z',
  ...change,
});
const links = async () =>
  within(await screen.findByRole('list', { name: 'Active links' })).getAllByRole('listitem');
const sent = () => server.to('POST /invitations').map(({ body }) => body);
const make = () => screen.getByRole('button', { name: /^Create (a|another) link$/ });
const shown = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Link' }).value;

beforeEach(() => {
  let made = 0;
  server = new FakeServer()
    .on('GET /invitations', { body: { invitations: [] } })
    .on('GET /users', { body: { users: [aUser(2, 'mona'), aUser(3, 'nils')], presence: [] } })
    .on('POST /invitations', () => ({
      status: 201,
      body: { invitation: invitation((made += 1)), token: 't', path: '/join/t' },
    }));
});

describe('the dialog that invites', () => {
  it('makes a link for a week and for everyone, guests too, unless told otherwise', async () => {
    const { user } = await open(trip);
    await user.click(make());
    await waitFor(() => expect(shown()).toBe(`${location.origin}/join/t`));
    expect(sent()).toEqual([{ room: 4, guests: true, expiresIn: 604_800 }]);
    expect(await links()).toHaveLength(1);

    await user.click(screen.getByRole('checkbox', { name: /Let guests join/ }));
    await user.click(make());
    await waitFor(() => expect(sent()[1]).toMatchObject({ room: 4, guests: false }));
  });

  it('lists the links that work, how much of them is used and until when', async () => {
    server.on('GET /invitations', {
      body: {
        invitations: [
          invitation(1, { uses: 2, maxUses: 5, expiresAt: '2026-12-24T18:00:00Z' }),
          invitation(2, { uses: 1 }),
          invitation(3, { forUser: 2, maxUses: 1 }),
          invitation(4, { uses: 3 }),
        ],
      },
    });
    await open(trip);
    const [first, second, third, fourth] = await links();
    expect(first).toHaveTextContent(/Created by ada, 2 of 5 used Expires .*2026/);
    expect(second).toHaveTextContent('Created by ada, used once Never expires');
    expect(third).toHaveTextContent('Created by ada, for one person');
    expect(fourth).toHaveTextContent('Created by ada, used 3 times');
    expect(server.to('GET /invitations')[0]?.query).toBe('?room=4');
  });

  it('revokes a link, and shows it no more', async () => {
    server
      .on('GET /invitations', { body: { invitations: [invitation(1), invitation(2)] } })
      .on('DELETE /invitations/2', { status: 204 });
    const { user } = await open(trip);
    const [, second] = await links();
    await user.click(within(second as HTMLElement).getByRole('button', { name: 'Turn off link' }));
    await waitFor(async () => expect(await links()).toHaveLength(1));
  });

  it('copies the link, and says so when the browser does not let it', async () => {
    const { chat, user } = await open(trip);
    await user.click(make());
    await screen.findByRole('textbox', { name: 'Link' });
    const copy = screen.getByRole('button', { name: 'Copy' });
    await user.click(copy);
    expect(await navigator.clipboard.readText()).toBe(`${location.origin}/join/t`);
    expect(chat.toasts.items.at(-1)).toMatchObject({ text: 'Link copied.', tone: 'plain' });
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('denied'));
    await user.click(copy);
    await waitFor(() => expect(chat.toasts.items.at(-1)?.tone).toBe('error'));
  });

  it('says why no link was made', async () => {
    server.on('POST /invitations', refusal(413, { code: 'too_large', message: 'Revoke some.' }));
    const { user } = await open(trip);
    await user.click(make());
    expect(await screen.findByText('Revoke some.')).toBeVisible();
    expect(screen.queryByRole('textbox', { name: 'Link' })).toBeNull();
  });

  it('into a conversation names no room, and offers nobody by name', async () => {
    const { user } = await open(undefined);
    expect(
      screen.getByRole('heading', { name: 'Invite to a conversation with you' }),
    ).toBeVisible();
    expect(screen.queryByRole('combobox', { name: 'Invite by name' })).toBeNull();
    await user.click(make());
    await waitFor(() => expect(sent()).toEqual([{ guests: true, expiresIn: 604_800 }]));
    expect(server.to('GET /invitations')[0]?.query).toBe('');
  });
});

describe('inviting somebody by name', () => {
  const told = (isTold: boolean) =>
    server.on('POST /invitations', {
      status: 201,
      body: {
        invitation: invitation(1, { forUser: 2 }),
        token: 'm',
        path: '/join/m',
        ...(isTold ? { told: true } : {}),
      },
    });

  async function inviteMona() {
    const { user } = await open(trip);
    await user.type(screen.getByRole('combobox', { name: 'Invite by name' }), 'mo');
    await screen.findByRole('option', { name: /mona/ });
    await user.keyboard('{Enter}');
  }

  it('offers those whose name matches, and tells them at once', async () => {
    told(true);
    await inviteMona();
    expect(await screen.findByText('mona was invited and notified.')).toBeVisible();
    expect(sent()).toEqual([{ room: 4, user: 2 }]);
    expect(screen.queryByRole('textbox', { name: 'Link' })).toBeNull();
    expect(await links()).toHaveLength(1);
  });

  it('gives a link to send where somebody is not there', async () => {
    told(false);
    await inviteMona();
    expect(await screen.findByText(/mona was invited but is offline/)).toBeVisible();
    expect(shown()).toBe(`${location.origin}/join/m`);
  });

  it('says that nobody is called so', async () => {
    const { user } = await open(trip);
    await user.type(screen.getByRole('combobox', { name: 'Invite by name' }), 'xyz');
    expect(await screen.findByText('Nobody matches “xyz”.')).toBeVisible();
    expect(screen.queryByRole('option', { name: /mona/ })).toBeNull();
  });
});
