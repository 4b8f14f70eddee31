import { screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import {
  aRoom,
  aSubscription,
  aUser,
  FakeLink,
  FakeServer,
  newChat,
  refusal,
} from '../../testing/fakes';
import { ada, page } from '../../testing/messages';
import { renderIn } from '../../testing/render';
import Room from './Room.svelte';

const acts = { seq: undefined, onback: vi.fn(), ondetails: vi.fn(), onthread: vi.fn() };

async function show(server: FakeServer, subscriptions = [aSubscription(7, 'weekend-trip')]) {
  server
    .on('GET /session', { body: { user: aUser(ada.id, ada.username) } })
    .on('GET /subscriptions', { body: { subscriptions } });
  const link = new FakeLink();
  const chat = newChat(server, link);
  await chat.session.load();
  await vi.waitFor(() => {
    expect(chat.rooms.isLoaded).toBe(true);
  });
  renderIn(chat, Room, { roomId: 7, ...acts, detailsOpen: false });
  return { chat, link, user: userEvent.setup() };
}

const empty = { body: page(1, 0) };
const unavailable = refusal(503, { code: 'unavailable', message: 'The server is busy.' });

describe('a room of mine', () => {
  it('has its name, and says when nobody has written yet', async () => {
    await show(new FakeServer().on('GET /rooms/7/messages', empty));
    expect(screen.getByRole('heading', { name: 'weekend-trip' })).toBeInTheDocument();
    expect(await screen.findByText('Write the first message.')).toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: 'Message' })).toBeInTheDocument();
  });

  it.each([
    ['a room', aSubscription(7, 'אגם'), '# \u2068אגם\u2069'],
    [
      'a person',
      aSubscription(7, '', { kind: 'direct', peer: aUser(8, 'דנה') }),
      '\u2068דנה\u2069',
    ],
  ])('keeps the name of %s within itself where one writes', async (_, subscription, name) => {
    await show(new FakeServer().on('GET /rooms/7/messages', empty), [subscription]);
    expect(await screen.findByPlaceholderText(`Message ${name}`)).toBeInTheDocument();
  });

  it('welcomes who has joined it before anybody has written', async () => {
    const membership = { role: 'member', readSeq: 0, joinedAt: '2026-01-05T08:00:00Z' } as const;
    const server = new FakeServer().on('GET /rooms/7/messages', empty);
    await show(server, [aSubscription(7, 'main', { membership })]);
    const welcome = 'Welcome, Ada! You have joined this room.';
    expect(await screen.findByRole('heading', { name: welcome })).toBeInTheDocument();
    expect(screen.getByText('Write the first message.')).toBeInTheDocument();
  });

  it('offers to try again when its messages could not be loaded', async () => {
    const server = new FakeServer().on('GET /rooms/7/messages', unavailable);
    const { user } = await show(server);
    expect(await screen.findByText('The server is busy.')).toBeInTheDocument();
    server.on('GET /rooms/7/messages', empty);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Write the first message.')).toBeInTheDocument();
  });
});

describe('a room that I only look into', () => {
  it('offers to join instead of a composer', async () => {
    const server = new FakeServer()
      .on('GET /rooms/7', { body: { room: aRoom(7, 'weekend-trip') } })
      .on('GET /rooms/7/messages', empty)
      .on('PUT /subscriptions/7', { body: { subscription: aSubscription(7, 'weekend-trip') } });
    const { user } = await show(server, []);
    const join = await screen.findByRole('button', { name: 'Join' });
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Leave' })).not.toBeInTheDocument();
    await user.click(join);
    expect(await screen.findByRole('textbox', { name: 'Message' })).toBeInTheDocument();
  });

  it('says when it is closed to the reader, in the server’s words, and leads back', async () => {
    const message = 'You are banned from this room. Its admins can let you back in.';
    const closed = refusal(403, { code: 'forbidden', message });
    const server = new FakeServer().on('GET /rooms/7', closed).on('GET /rooms/7/messages', closed);
    const { user } = await show(server, []);
    expect(await screen.findByText(message)).toBeInTheDocument();
    expect(
      screen.getByRole('heading', { name: 'You don’t have access to this room' }),
    ).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Back to my rooms' }));
    expect(acts.onback).toHaveBeenCalled();
  });

  it('says when there is no such room, and leads back', async () => {
    const { user } = await show(new FakeServer(), []);
    expect(await screen.findByText('Room not found')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Back to my rooms' }));
    expect(acts.onback).toHaveBeenCalled();
  });
});
