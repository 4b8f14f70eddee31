import { render, screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { ThemeChoice } from './state/theme.svelte';
import { aSubscription, aUser, FakeLink, FakeServer, newChat, refusal } from './testing/fakes';
import { message } from './testing/messages';

let server: FakeServer;
let link: FakeLink;

/** Sets the page's width in pixels, for queries with `width >=`. */
function widthIs(pixels: number): void {
  vi.stubGlobal('matchMedia', (query: string) => {
    const min = Number(/width >= ([\d.]+)em/.exec(query)?.[1] ?? 0);
    return Object.assign(new EventTarget(), { matches: pixels >= 16 * min, media: query });
  });
}

function open(path: string) {
  window.history.replaceState(null, '', path);
  const chat = newChat(server, link);
  render(App, { chat, theme: new ThemeChoice(document.documentElement) });
  return { chat, user: userEvent.setup() };
}

const last = (createdAt: string) => message(3, { createdAt });
const path = () => window.location.pathname;

beforeEach(() => {
  link = new FakeLink();
  const page = { body: { messages: [], seq: 0, rev: 0, more: false } };
  server = new FakeServer()
    .on('GET /session', { body: { user: aUser(7, 'mona') } })
    .on('GET /subscriptions', {
      body: {
        subscriptions: [
          aSubscription(1, 'main', { last: last('2026-01-01T00:00:00Z') }),
          aSubscription(2, 'photography', {
            seq: 3,
            unread: 3,
            last: last('2026-02-01T00:00:00Z'),
          }),
        ],
      },
    })
    .on('GET /rooms/1/messages', page)
    .on('GET /rooms/2/messages', page)
    .on('GET /rooms/1/members', { body: { members: [] } })
    .on('GET /rooms/2/members', { body: { members: [] } });
});

describe('home', () => {
  it('opens no room by itself, and marks nothing as read', async () => {
    widthIs(1440);
    open('/home');
    expect(
      await screen.findByRole('heading', { name: 'No conversation open' }),
    ).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'photography 3 unread' })).toBeInTheDocument();
    expect(path()).toBe('/home');
    expect(server.calls.filter(({ call }) => call.includes('/messages'))).toEqual([]);
    expect(link.command).not.toHaveBeenCalledWith('room:read', expect.anything());
  });

  it('shows the empty state, and no other room, after a room was left or its reader removed', async () => {
    widthIs(1440);
    server.on('DELETE /subscriptions/1', { status: 204 });
    const { user } = open('/home/1');
    await user.click(await screen.findByRole('button', { name: 'Leave room' }));
    expect(
      await screen.findByRole('heading', { name: 'No conversation open' }),
    ).toBeInTheDocument();
    expect(path()).toBe('/home');
    await user.click(screen.getByRole('link', { name: /^photography/ }));
    await waitFor(() => expect(path()).toBe('/home/2'));
    link.arrive('room:put', {
      subscription: aSubscription(1, 'main', { seq: 4, unread: 4 }),
      rev: 2,
    });
    link.arrive('room:gone', { room: 2, reason: 'removed' });
    expect(
      await screen.findByRole('heading', { name: 'No conversation open' }),
    ).toBeInTheDocument();
    expect(path()).toBe('/home');
    expect(screen.getByRole('link', { name: 'main 4 unread' })).toBeInTheDocument();
  });

  it('stays with the list on a phone, and Back leads there again', async () => {
    widthIs(360);
    const { user } = open('/home');
    await user.click(await screen.findByRole('link', { name: 'main' }));
    expect(path()).toBe('/home/1');
    await user.click(await screen.findByRole('button', { name: 'Back to the list' }));
    expect(path()).toBe('/home');
  });

  it('says in the title what is unread and which room is open', async () => {
    widthIs(1440);
    open('/home/1');
    await waitFor(() => expect(document.title).toBe('• main · PartyChat'));
  });

  it('closes the details and shows them again', async () => {
    widthIs(1440);
    const { user } = open('/home/1');
    await user.click(await screen.findByRole('button', { name: 'Close details' }));
    expect(screen.queryByRole('complementary')).toBeNull();
    await user.click(screen.getByTitle('Room details'));
    expect(screen.getByRole('complementary', { name: 'Room details' })).toBeInTheDocument();
  });

  it('shows the details over the messages where it is narrow, until Escape, which returns the focus', async () => {
    widthIs(768);
    const { user } = open('/home/1');
    const toggle = await screen.findByTitle('Room details');
    expect(screen.queryByRole('complementary')).toBeNull();
    await user.click(toggle);
    expect(await screen.findByRole('button', { name: 'Close details' })).toHaveFocus();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('complementary')).toBeNull();
    expect(toggle).toHaveFocus();
  });

  it('has a sentence and a next step for those who are in no room', async () => {
    widthIs(1440);
    server.on('GET /subscriptions', { body: { subscriptions: [] } });
    const { user } = open('/home');
    expect(await screen.findByRole('heading', { name: 'No rooms yet' })).toBeInTheDocument();
    await user.click(await screen.findByRole('button', { name: 'New chat' }));
    await user.click(screen.getByRole('menuitem', { name: 'Create room' }));
    expect(await screen.findByRole('dialog', { name: 'Create a room' })).toBeInTheDocument();
  });

  it('puts the caret into a room that was clicked, where there is no touch keyboard', async () => {
    widthIs(1440);
    const { user } = open('/home');
    await user.click(await screen.findByRole('link', { name: 'main' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: /^Message/ })).toHaveFocus());
    const wide = window.matchMedia;
    vi.stubGlobal('matchMedia', (query: string) =>
      query === '(pointer: fine)'
        ? Object.assign(new EventTarget(), { matches: false, media: query })
        : wide(query),
    );
    await user.click(screen.getByRole('link', { name: /^photography/ }));
    expect(await screen.findByRole('heading', { name: 'photography' })).toBeInTheDocument();
    expect(await screen.findByRole('textbox', { name: /^Message/ })).not.toHaveFocus();
  });

  it('puts the caret into the room that was just made', async () => {
    widthIs(1440);
    server
      .on('POST /rooms', { status: 201, body: { subscription: aSubscription(3, 'study-group') } })
      .on('GET /rooms/3/messages', { body: { messages: [], seq: 0, rev: 0, more: false } })
      .on('GET /rooms/3/members', { body: { members: [] } });
    const { user } = open('/home/1');
    await user.click(await screen.findByRole('button', { name: 'New chat' }));
    await user.click(screen.getByRole('menuitem', { name: 'Create room' }));
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'study-group{Enter}');
    await waitFor(() => expect(path()).toBe('/home/3'));
    expect(screen.queryByRole('dialog')).toBeNull();
    await waitFor(() => expect(screen.getByRole('textbox', { name: /^Message/ })).toHaveFocus());
  });

  it('leads back to the landing page after logging out', async () => {
    widthIs(1440);
    server.on('DELETE /session', { status: 204 });
    const { user } = open('/home/1');
    await user.click(await screen.findByRole('button', { name: 'Log out' }));
    await waitFor(() => expect(path()).toBe('/'));
    expect(await screen.findByRole('button', { name: 'Sign up' })).toBeInTheDocument();
    expect(link.close).toHaveBeenCalled();
  });

  it('keeps the choice of a theme', async () => {
    widthIs(1440);
    const { user } = open('/home/1');
    await user.click(await screen.findByRole('button', { name: 'Settings' }));
    await user.click(await screen.findByRole('radio', { name: 'Dark' }));
    expect(document.documentElement.dataset.theme).toBe('dark');
    await user.click(screen.getByRole('radio', { name: 'Automatic' }));
    expect(document.documentElement.dataset.theme).toBeUndefined();
  });
});

describe('an address that leads nowhere', () => {
  it('says so, and links to the start page', async () => {
    open('/nowhere');
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Go to the start page' })).toHaveAttribute('href', '/');
  });
});

/** The events with which the browser suspends and restores the page. */
function putAside() {
  window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }));
}
function bringOut() {
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
}

const isHidden = () => document.documentElement.classList.contains('suspended');
const signedOut = refusal(401, { code: 'unauthenticated', message: 'Log in first.' });

describe('a page that the browser puts aside', () => {
  it('is hidden and disconnected, and connects again when it is the same person’s', async () => {
    const { chat } = open('/home/2');
    await screen.findByRole('textbox', { name: 'Message' });
    link.open.mockClear();
    putAside();
    expect(link.close).toHaveBeenCalled();
    expect(isHidden()).toBe(true);
    const asked = server.to('GET /session').length;
    bringOut();
    await waitFor(() => expect(isHidden()).toBe(false));
    expect(server.to('GET /session')).toHaveLength(asked + 1);
    expect(link.open).toHaveBeenCalled();
    expect(chat.session.status).toBe('signed-in');
    expect(path()).toBe('/home/2');
  });

  it('asks nothing while it is aside', async () => {
    open('/home/2');
    await screen.findByRole('textbox', { name: 'Message' });
    const asked = server.calls.length;
    putAside();
    await Promise.resolve();
    expect(server.calls).toHaveLength(asked);
  });

  it('shows nothing of a session that has ended, and forgets it', async () => {
    const { chat } = open('/home/2');
    await screen.findByRole('textbox', { name: 'Message' });
    putAside();
    server.on('GET /session', signedOut);
    bringOut();
    expect(isHidden()).toBe(true);
    await waitFor(() => expect(path()).toBe('/'));
    expect(chat.rooms.list).toHaveLength(0);
    expect(screen.queryByRole('textbox', { name: 'Message' })).toBeNull();
    await waitFor(() => expect(isHidden()).toBe(false));
    expect(chat.navigation.wanted).toBe('/home/2');
  });

  it('shows nothing while the server cannot say who is signed in', async () => {
    const { user } = open('/home/2');
    await screen.findByRole('textbox', { name: 'Message' });
    putAside();
    server.on('GET /session', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    bringOut();
    const retry = await screen.findByRole('button', { name: 'Try again' });
    expect(isHidden()).toBe(false);
    expect(screen.queryByRole('textbox', { name: 'Message' })).toBeNull();
    server.on('GET /session', { body: { user: aUser(7, 'mona') } });
    await user.click(retry);
    expect(await screen.findByRole('textbox', { name: 'Message' })).toBeInTheDocument();
    await waitFor(() => expect(isHidden()).toBe(false));
  });
});

describe('a link to a room', () => {
  it('leads to logging in and back while signed out', async () => {
    server.on('GET /session', signedOut).on('POST /session', { body: { user: aUser(7, 'mona') } });
    const { user } = open('/home/2');
    await user.click(await screen.findByRole('button', { name: 'Log in' }));
    expect(screen.getByText(/Log in to open this room/)).toBeInTheDocument();
    await user.type(screen.getByLabelText('Username'), 'mona');
    await user.type(screen.getByLabelText('Password'), 'correct horse');
    await user.click(screen.getByRole('button', { name: 'Log in' }));
    await waitFor(() => expect(path()).toBe('/home/2'));
  });

  it('is not remembered by a log-out', async () => {
    const { chat } = open('/home/2');
    await screen.findByRole('textbox', { name: 'Message' });
    server.on('DELETE /session', { status: 204 });
    await chat.session.logOut();
    await waitFor(() => expect(path()).toBe('/'));
    expect(window.location.search).toBe('');
  });
});
