import { screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  aRoom,
  aSubscription,
  aUser,
  FakeLink,
  FakeServer,
  newChat,
  refusal,
} from '../../testing/fakes';
import { message } from '../../testing/messages';
import { renderIn } from '../../testing/render';
import type { User } from '../../model/wire';
import ChatList from './ChatList.svelte';

let server: FakeServer;
let link: FakeLink;

function open(current?: number) {
  window.history.replaceState(null, '', current ? `/home/${current}` : '/home');
  const chat = newChat(server, link);
  const oncreate = vi.fn<() => void>();
  renderIn(chat, ChatList, { current, oncreate, onopen: vi.fn() });
  return { chat, oncreate, user: userEvent.setup() };
}

const links = () => screen.getAllByRole('link').map((a) => a.querySelector('.name')?.textContent);

beforeEach(() => {
  server = new FakeServer();
  link = new FakeLink();
});

describe('the list of chats', () => {
  it('shows rooms and conversations together, the one written in last at the top', async () => {
    const { chat } = open(1);
    server.on('GET /session', { body: { user: aUser(1, 'ada') } });
    await chat.session.load();
    const said = (author: User, body: string, createdAt: string) =>
      message(12, { author, body, createdAt });
    const [ada, mona] = [aUser(1, 'ada'), aUser(2, 'mona')];
    const late = said(mona, 'Look at **this** `light`', new Date().toISOString());
    chat.rooms.put(aSubscription(2, 'photography', { seq: 12, unread: 12, last: late }));
    chat.rooms.put(aSubscription(1, 'main', { topic: 'For all' }));
    const mine = said(ada, 'Both are packed', '2026-03-04T10:00:00Z');
    chat.rooms.put(aSubscription(3, '', { kind: 'direct', peer: mona, seq: 12, last: mine }));
    await tick();
    const rows = screen.getAllByRole('listitem');
    expect(rows.map((row) => row.querySelector('.name')?.textContent)).toEqual([
      'photography',
      'mona',
      'main',
    ]);
    expect(rows.map((row) => row.querySelector('small')?.textContent)).toEqual([
      'mona: Look at this light',
      'You: Both are packed',
      'For all',
    ]);
    expect(screen.getByRole('link', { name: /^main/ })).toHaveAttribute('aria-current', 'page');
    expect(screen.getByRole('link', { name: /^photography 12 unread/ })).toBeVisible();
  });

  it('opens a room within the page', async () => {
    const { chat, user } = open();
    chat.rooms.put(aSubscription(2, 'photography'));
    await tick();
    await user.click(screen.getByRole('link', { name: /^photography/ }));
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
    expect(await screen.findByRole('link', { name: /^main/ })).toBeVisible();
  });
});
