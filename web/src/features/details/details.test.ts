import { screen, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Role, Subscription } from '../../model/wire';
import { aSubscription, aUser, FakeLink, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import DetailsPane from './DetailsPane.svelte';

let server: FakeServer;

/** Renders the details of a room in which the reader has the given role. */
async function open(change: Partial<Subscription> = {}, role: Role = 'member') {
  window.history.replaceState(null, '', '/home/4');
  const joinedAt = '2026-01-02T03:04:05Z';
  const membership = { role, readSeq: 0, joinedAt };
  const room = aSubscription(4, 'lake', { topic: 'Bring food', membership, ...change });
  server
    .on('GET /session', { body: { user: aUser(1, 'ada') } })
    .on('GET /subscriptions', { body: { subscriptions: [room] } });
  const chat = newChat(server, new FakeLink());
  await chat.session.load();
  await chat.rooms.load();
  await chat.loadLive();
  renderIn(chat, DetailsPane, { roomId: 4, onclose: () => undefined });
  await screen.findAllByRole('listitem');
  return { chat, user: userEvent.setup() };
}

const dialog = (name: string) => screen.findByRole('dialog', { name });
const changes = () => server.calls.filter(({ call }) => !call.startsWith('GET '));

beforeEach(() => {
  server = new FakeServer().on('GET /rooms/4/members', {
    body: { members: [{ user: aUser(1, 'ada'), role: 'member' }] },
  });
});

describe('the details of a room', () => {
  it('say what it is called and about', async () => {
    await open();
    expect(screen.getByRole('heading', { name: 'Room details' })).toBeVisible();
    expect(screen.getByText('lake')).toBeVisible();
    expect(screen.getByText('Bring food')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull();
  });

  it('let its members invite', async () => {
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Invite people' }));
    expect(await dialog('Invite to lake')).toBeVisible();
  });

  it('let its admins change what is wrong, and nothing else', async () => {
    server.on('PATCH /rooms/4', { body: { room: aSubscription(4, 'lake') } });
    const { user } = await open({}, 'admin');
    await user.click(screen.getByRole('button', { name: 'Edit' }));
    const form = within(await dialog('Edit lake'));
    await user.clear(form.getByLabelText('Topic'));
    await user.type(form.getByLabelText('Topic'), 'Bring tents');
    await user.click(form.getByRole('button', { name: 'Save' }));
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(changes()).toMatchObject([{ call: 'PATCH /rooms/4', body: { topic: 'Bring tents' } }]);
  });

  it('say at the field why a name is refused', async () => {
    const message = 'This name is taken.';
    server.on('PATCH /rooms/4', refusal(409, { code: 'taken', field: 'name', message }));
    const { user } = await open({}, 'admin');
    await user.click(screen.getByRole('button', { name: 'Edit' }));
    const form = within(await dialog('Edit lake'));
    const name = form.getByLabelText('Name');
    await user.clear(name);
    await user.click(form.getByRole('button', { name: 'Save' }));
    expect(name).toHaveAccessibleDescription('Give the room a name.');
    expect(changes()).toEqual([]);
    await user.type(name, 'main');
    await user.click(form.getByRole('button', { name: 'Save' }));
    await vi.waitFor(() => expect(name).toHaveAccessibleDescription(message));
    expect(name).toHaveFocus();
  });

  it('let everybody leave a public room at once', async () => {
    server.on('DELETE /subscriptions/4', { status: 204 });
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Leave room' }));
    await vi.waitFor(() => expect(changes()).toMatchObject([{ call: 'DELETE /subscriptions/4' }]));
    await vi.waitFor(() => expect(window.location.pathname).toBe('/home'));
  });

  it('ask before a private room is left', async () => {
    server.on('DELETE /subscriptions/4', { status: 204 });
    const { user } = await open({ kind: 'private' });
    const leave = screen.getByRole('button', { name: 'Leave room' });
    await user.click(leave);
    await user.click(within(await dialog('Leave lake?')).getByRole('button', { name: 'Cancel' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(changes()).toEqual([]);
    expect(leave).toHaveFocus();
    await user.click(leave);
    await user.click(within(await dialog('Leave lake?')).getByRole('button', { name: 'Leave' }));
    await vi.waitFor(() => expect(changes()).toMatchObject([{ call: 'DELETE /subscriptions/4' }]));
  });

  it('keep the room and say why when leaving fails', async () => {
    const message = 'The server cannot do it now.';
    server.on('DELETE /subscriptions/4', refusal(503, { code: 'unavailable', message }));
    const { chat, user } = await open();
    await user.click(screen.getByRole('button', { name: 'Leave room' }));
    await vi.waitFor(() =>
      expect(chat.toasts.items).toMatchObject([{ text: message, tone: 'error' }]),
    );
    expect(chat.rooms.list).toHaveLength(1);
  });

  it('are those of a conversation for two', async () => {
    const { user } = await open({ kind: 'direct', peer: aUser(2, 'mona') });
    server.on('DELETE /subscriptions/4', { status: 204 });
    expect(screen.getByRole('heading', { name: 'Details' })).toBeVisible();
    expect(screen.queryByText('Bring food')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Close conversation' }));
    await vi.waitFor(() => expect(changes()).toMatchObject([{ call: 'DELETE /subscriptions/4' }]));
  });
});
