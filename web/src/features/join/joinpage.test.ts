import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Author } from '../../model/wire';
import { aSubscription, aUser, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import JoinPage from './JoinPage.svelte';

let server: FakeServer;

function open(token?: string) {
  window.history.replaceState(null, '', token === undefined ? '/join' : `/join/${token}`);
  const chat = newChat(server);
  renderIn(chat, JoinPage, { token });
  return { chat, user: userEvent.setup() };
}

const heading = (name: string) => screen.findByRole('heading', { level: 1, name });
const path = () => window.location.pathname;
const ada: Author = { id: 11, username: 'ada', kind: 'member' };
const trip = { id: 4, kind: 'private', name: 'trip', topic: 'Saturday', members: 7 };
const gone = refusal(404, { code: 'not_found', message: 'This invitation is not valid any more.' });
const signedIn = (id: number, username: string) =>
  server.on('GET /session', { body: { user: aUser(id, username) } });

beforeEach(() => {
  server = new FakeServer()
    .on('GET /session', refusal(401, { code: 'unauthenticated', message: 'Please log in.' }))
    .on('GET /subscriptions', { body: { subscriptions: [] } })
    .on('GET /invitations/t', {
      body: { room: trip, by: ada, members: ['ada', 'jun', 'lena'], guests: true },
    })
    .on('POST /invitations/t', { body: { subscription: aSubscription(4, 'trip') } });
});

describe('a link, to who is signed out,', () => {
  it('says where it leads, who invites and who is inside', async () => {
    open('t');
    expect(await heading('Join trip')).toBeVisible();
    expect(screen.getByText('Saturday')).toBeVisible();
    expect(screen.getByText('ada invites you')).toBeVisible();
    expect(screen.getByText('Members: ada, jun, lena and 4 others')).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Your name' })).toBeVisible();
  });

  it('keeps names from right to left within themselves', async () => {
    server.on('GET /invitations/t', {
      body: { room: { ...trip, name: 'אגם' }, by: { ...ada, username: 'דנה' }, members: ['דנה'] },
    });
    open('t');
    expect(await heading('Join \u2068אגם\u2069')).toBeVisible();
    expect(screen.getByText('\u2068דנה\u2069 invites you')).toBeVisible();
    expect(document.title).toBe('Join \u2068אגם\u2069 · PartyChat');
  });

  it.each([
    [[], 1, '1 person'],
    [[], 3, '3 people'],
    [['ada'], 1, 'ada'],
    [['ada', 'jun'], 2, 'ada and jun'],
    [['ada', 'jun'], 3, 'ada, jun and 1 other'],
  ])('names %j of %i as “%s”', async (members, count, words) => {
    server.on('GET /invitations/t', {
      body: { room: { ...trip, members: count }, by: ada, members, guests: true },
    });
    open('t');
    expect(await screen.findByText(`Members: ${words}`)).toBeVisible();
  });

  it('lets in by a name and nothing else', async () => {
    server.on('POST /guests', {
      status: 201,
      body: { user: aUser(9, 'pau'), subscription: aSubscription(4, 'trip') },
    });
    const { user } = open('t');
    await user.type(await screen.findByRole('textbox', { name: 'Your name' }), ' pau ');
    signedIn(9, 'pau');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(path()).toBe('/home/4'));
    expect(server.to('POST /guests')[0]?.body).toEqual({ username: 'pau', invitation: 't' });
    expect(server.to('POST /invitations/t'), 'coming in took the use').toEqual([]);
  });

  it('lets the guest that this device was in again, by one click', async () => {
    server.on('GET /server', { body: { guest: 'pau' } }).on('POST /guests', {
      status: 201,
      body: { user: aUser(9, 'pau'), subscription: aSubscription(4, 'trip') },
    });
    const { user } = open('t');
    const again = await screen.findByRole('button', { name: 'Join as pau again' });
    signedIn(9, 'pau');
    await user.click(again);
    await waitFor(() => expect(path()).toBe('/home/4'));
    expect(server.to('POST /guests')[0]?.body).toEqual({ username: 'pau', invitation: 't' });
  });

  it('lets one sign up by the link, where that takes one', async () => {
    server
      .on('GET /server', { body: { signUp: 'invitation' } })
      .on('POST /users', () => ({ status: 201, body: { user: aUser(9, 'pau') } }));
    const { user } = open('t');
    await user.click(await screen.findByRole('button', { name: 'Sign up' }));
    await user.type(screen.getByRole('textbox', { name: 'Username' }), 'pau');
    await user.type(screen.getByLabelText('Password', { exact: true }), 'correct horse{Enter}');
    await waitFor(() => expect(path()).toBe('/home/4'));
    expect(server.to('POST /users')[0]?.body).toMatchObject({ username: 'pau', invitation: 't' });
  });

  it('offers no sign-up where that is closed', async () => {
    server.on('GET /server', { body: { signUp: 'closed' } });
    open('t');
    expect(await screen.findByRole('button', { name: 'Log in' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Sign up' })).toBeNull();
  });

  it('says at the name what is wrong with it', async () => {
    server.on(
      'POST /guests',
      refusal(409, { code: 'taken', message: 'This name is taken.', field: 'username' }),
    );
    const { user } = open('t');
    const name = await screen.findByRole('textbox', { name: 'Your name' });
    await user.type(name, 'a b c');
    await user.keyboard('{Enter}');
    expect(name).toHaveAttribute('aria-invalid', 'true');
    expect(server.to('POST /guests')).toEqual([]);
    await user.clear(name);
    await user.type(name, 'ada');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(name).toHaveAccessibleDescription('This name is taken.'));
  });

  it('asks for an account where a name is not enough', async () => {
    server.on('GET /invitations/t', { body: { room: trip, by: ada, guests: false } });
    const { user } = open('t');
    await heading('Join trip');
    expect(screen.queryByRole('textbox', { name: 'Your name' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Log in' }));
    server.on('POST /session', { body: { user: aUser(3, 'mona') } });
    await user.type(await screen.findByRole('textbox', { name: 'Username' }), 'mona');
    await user.type(screen.getByLabelText('Password', { exact: true }), 'correct horse');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(path()).toBe('/home/4'));
    expect(server.to('POST /invitations/t')).toHaveLength(1);
  });

  it('into a conversation says with whom', async () => {
    server.on('GET /invitations/t', { body: { by: ada, guests: true } });
    open('t');
    expect(await heading('Chat with ada')).toBeVisible();
  });

  it('that has ended says so, with the next step', async () => {
    server.on('GET /invitations/t', gone);
    const { user } = open('t');
    expect(await heading('This link does not work')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Go to PartyChat' }));
    expect(path()).toBe('/');
  });
});

describe('a link, to who is signed in,', () => {
  it('joins without a further click', async () => {
    signedIn(3, 'mona');
    open('t');
    await waitFor(() => expect(path()).toBe('/home/4'));
    expect(server.to('POST /invitations/t')).toHaveLength(1);
    expect(server.to('GET /invitations/t'), 'there is nothing to ask before').toEqual([]);
  });

  it('leads into the conversation that it has opened, also when it is used up', async () => {
    signedIn(3, 'mona');
    server.on('GET /invitations/t', gone).on('POST /invitations/t', {
      body: { subscription: aSubscription(6, '', { kind: 'direct', peer: aUser(11, 'ada') }) },
    });
    open('t');
    await waitFor(() => expect(path()).toBe('/home/6'));
  });

  it('of one’s own, into a conversation, is said to be one’s own', async () => {
    signedIn(11, 'ada');
    server.on('GET /invitations/t', { body: { by: ada, guests: true } });
    server.on('POST /invitations/t', gone);
    open('t');
    expect(await heading('This is your own link')).toBeVisible();
  });

  it('into a room that one is banned from says so, in the server’s words', async () => {
    signedIn(3, 'mona');
    const message = 'You are banned from this room. Its admins can let you back in.';
    const closed = refusal(403, { code: 'forbidden', message });
    server.on('GET /invitations/t', closed).on('POST /invitations/t', closed);
    const { user } = open('t');
    expect(await heading('You can’t join')).toBeVisible();
    expect(screen.getByText(message)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Go to PartyChat' }));
    expect(path()).toBe('/');
  });

  it('that cannot be taken just now is tried again', async () => {
    signedIn(3, 'mona');
    const busy = refusal(503, { code: 'unavailable', message: 'Not now.' });
    server.on('POST /invitations/t', busy);
    const { user } = open('t');
    expect(await screen.findByText('Not now.')).toBeVisible();
    server.on('POST /invitations/t', { body: { subscription: aSubscription(4, 'trip') } });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(path()).toBe('/home/4'));
  });
});

describe('the join page', () => {
  const rooms = (...names: string[]) =>
    names.map((name, index) => ({ ...trip, id: index + 1, name }));

  it('offers the public rooms, more of them, and those that match', async () => {
    server.on('GET /join', ({ query }) => {
      if (query.get('text'))
        return { body: { rooms: rooms('lake').map((r) => ({ ...r, id: 8 })) } };
      if (query.get('after')) return { body: { rooms: [{ ...trip, id: 3, name: 'study' }] } };
      return { body: { rooms: rooms('main', 'photos'), next: 'photos' } };
    });
    server.on('POST /guests', {
      status: 201,
      body: { user: aUser(9, 'pau'), subscription: aSubscription(8, 'lake') },
    });
    const { user } = open();
    expect(await heading('Join PartyChat')).toBeVisible();
    const offered = () => screen.getAllByRole('option').map(({ textContent }) => textContent);
    await waitFor(() => expect(offered()).toEqual(['main', 'photos']));
    await user.click(screen.getByRole('button', { name: 'More rooms' }));
    await waitFor(() => expect(offered()).toEqual(['main', 'photos', 'study']));
    await user.type(screen.getByRole('searchbox', { name: 'Find a room' }), 'la');
    await waitFor(() => expect(offered()).toEqual(['lake']));
    await user.type(screen.getByRole('textbox', { name: 'Your name' }), 'pau');
    signedIn(9, 'pau');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(path()).toBe('/home/8'));
    expect(server.to('POST /guests')[0]?.body).toEqual({ username: 'pau', room: 8 });
  });

  it('says so where there is none', async () => {
    server.on('GET /join', refusal(404, { code: 'not_found', message: 'No join page.' }));
    open();
    expect(await heading('This server has no join page')).toBeVisible();
  });

  it('sends home who is signed in', async () => {
    signedIn(3, 'mona');
    open();
    await waitFor(() => expect(path()).toBe('/home'));
  });
});
