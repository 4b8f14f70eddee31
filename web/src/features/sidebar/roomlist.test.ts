import { screen, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aRoom, aSubscription, FakeLink, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import RoomList from './RoomList.svelte';

let server: FakeServer;
let link: FakeLink;

function open(current?: number) {
  window.history.replaceState(null, '', current ? `/home/${current}` : '/home');
  const chat = newChat(server, link);
  const oncreate = vi.fn<() => void>();
  renderIn(chat, RoomList, { current, oncreate });
  return { chat, oncreate, user: userEvent.setup() };
}

const links = () =>
  screen.getAllByRole('link').map((a) => a.textContent.replace(/\s+/g, ' ').trim());

/** The server takes a room out of my list, and says so on my stream. */
function leaves(room: number): void {
  server.on(`DELETE /subscriptions/${room}`, () => {
    link.arrive('room:gone', { room, reason: 'left', rev: 2 });
    return { status: 204 };
  });
}

beforeEach(() => {
  server = new FakeServer();
  link = new FakeLink();
});

describe('the list of rooms', () => {
  it('shows my rooms by name, the open one marked, with what is unread', async () => {
    const { chat } = open(1);
    chat.rooms.put(aSubscription(2, 'photography', { seq: 12, unread: 12 }));
    chat.rooms.put(aSubscription(1, 'main'));
    await tick();
    expect(links()).toEqual(['main', 'photography 12 12 unread']);
    expect(screen.getByRole('link', { name: 'main' })).toHaveAttribute('aria-current', 'page');
    expect(screen.getByRole('link', { name: /^photography/ })).toHaveAccessibleName(
      'photography 12 unread',
    );
  });

  it('opens a room within the page', async () => {
    const { chat, user } = open();
    chat.rooms.put(aSubscription(2, 'photography'));
    await tick();
    await user.click(screen.getByRole('link', { name: 'photography' }));
    expect(window.location.pathname).toBe('/home/2');
  });

  it('follows what other tabs do', async () => {
    const { chat } = open();
    chat.rooms.put(aSubscription(1, 'main'));
    link.arrive('room:put', { subscription: aSubscription(3, 'study-group'), rev: 2 });
    link.arrive('room:changed', { room: aRoom(1, 'lobby'), rev: 1 });
    await tick();
    expect(links()).toEqual(['lobby', 'study-group']);
    link.arrive('room:gone', { room: 1, reason: 'left' });
    await tick();
    expect(links()).toEqual(['study-group']);
  });

  it('unsubscribes from a public room at once, and leaves it if it is open', async () => {
    leaves(2);
    const { chat, user } = open(2);
    chat.rooms.put(aSubscription(1, 'main'));
    chat.rooms.put(aSubscription(2, 'photography'));
    await tick();
    await user.click(await screen.findByRole('button', { name: 'Leave photography' }));
    await vi.waitFor(() => expect(links()).toEqual(['main']));
    expect(window.location.pathname).toBe('/home');
  });

  it('asks before a private room is left', async () => {
    leaves(5);
    const { chat, user } = open(1);
    chat.rooms.put(aSubscription(1, 'main'));
    chat.rooms.put(aSubscription(5, 'organisers', { kind: 'private' }));
    await tick();
    const leave = await screen.findByRole('button', { name: 'Leave organisers' });
    await user.click(leave);
    const dialog = () => screen.findByRole('dialog', { name: 'Leave organisers?' });
    await user.click(within(await dialog()).getByRole('button', { name: 'Cancel' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(server.calls).toEqual([]);
    expect(leave).toHaveFocus();
    await user.click(leave);
    await user.click(within(await dialog()).getByRole('button', { name: 'Leave' }));
    await vi.waitFor(() => expect(links()).toEqual(['main']));
  });

  it('keeps the room and says why when unsubscribing fails', async () => {
    const message = 'The server cannot do it now.';
    server.on('DELETE /subscriptions/2', refusal(503, { code: 'unavailable', message }));
    const { chat, user } = open();
    chat.rooms.put(aSubscription(2, 'photography'));
    await tick();
    await user.click(await screen.findByRole('button', { name: /Leave/ }));
    await vi.waitFor(() =>
      expect(chat.toasts.items).toMatchObject([{ text: message, tone: 'error' }]),
    );
    expect(links()).toEqual(['photography']);
  });

  it('has a sentence and a next step while it is empty', async () => {
    server.on('GET /subscriptions', { body: { subscriptions: [] } });
    const { chat, oncreate, user } = open();
    await chat.rooms.load();
    expect(await screen.findByText(/You haven’t joined any rooms yet/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Create a room' }));
    expect(oncreate).toHaveBeenCalledOnce();
  });

  it('offers another try when it cannot be loaded', async () => {
    server.on('GET /subscriptions', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const { chat, user } = open();
    await chat.rooms.load();
    expect(await screen.findByText('Not now.')).toBeVisible();
    server.on('GET /subscriptions', { body: { subscriptions: [aSubscription(1, 'main')] } });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'main' })).toBeVisible();
  });
});
