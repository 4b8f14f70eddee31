import { screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aSubscription, aUser, FakeLink, FakeServer, newChat, refusal } from '../../testing/fakes';
import { ada, message, page } from '../../testing/messages';
import { renderIn } from '../../testing/render';
import Room from '../room/Room.svelte';

const mine = message(2, { author: ada, body: 'I have a car' });
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer()
    .on('GET /session', { body: { user: aUser(ada.id, ada.username) } })
    .on('GET /subscriptions', { body: { subscriptions: [aSubscription(7, 'weekend-trip')] } })
    .on('GET /rooms/7/messages', { body: page(1, 2, { messages: [message(1), mine] }) });
});

/** Shows the room and starts editing my last message from the empty composer. */
async function edit() {
  const chat = newChat(server, new FakeLink());
  await chat.session.load();
  await vi.waitFor(() => {
    expect(chat.rooms.isLoaded).toBe(true);
  });
  const open = chat.openRoom(7);
  await open.timeline.load();
  const acts = { seq: undefined, onback: vi.fn(), ondetails: vi.fn(), onthread: vi.fn() };
  renderIn(chat, Room, { roomId: 7, ...acts, detailsOpen: false });
  const user = userEvent.setup();
  await user.type(screen.getByRole('textbox', { name: 'Message' }), '{ArrowUp}');
  const form = await screen.findByRole('form', { name: 'Edit your message' });
  const box = within(form).getByRole('textbox');
  return { open, user, form, box };
}

describe('editing', () => {
  it('begins with the text as it is and saves with Enter', async () => {
    const changed = { ...mine, rev: 3, body: 'I have two cars', editedAt: mine.createdAt };
    server.on('PATCH /rooms/7/messages/2', { body: { message: changed } });
    const { open, user, form, box } = await edit();
    expect(box).toHaveFocus();
    expect(box).toHaveValue('I have a car');
    await user.clear(box);
    await user.type(box, 'I have two cars{Enter}');
    await vi.waitFor(() => {
      expect(form).not.toBeInTheDocument();
    });
    expect(server.to('PATCH /rooms/7/messages/2')).toEqual([
      { body: { body: 'I have two cars' }, query: '' },
    ]);
    expect(open.timeline.messages.at(-1)?.body).toBe('I have two cars');
    expect(screen.getByRole('textbox', { name: 'Message' })).toHaveFocus();
  });

  it('is given up with Escape', async () => {
    const { user, form, box } = await edit();
    await user.type(box, ' no{Escape}');
    expect(form).not.toBeInTheDocument();
    expect(server.to('PATCH /rooms/7/messages/2')).toEqual([]);
  });

  it('asks nothing of the server when nothing has changed', async () => {
    const { user, form, box } = await edit();
    await user.type(box, '{Enter}');
    expect(form).not.toBeInTheDocument();
    expect(server.to('PATCH /rooms/7/messages/2')).toEqual([]);
  });

  it('keeps the text and says why when it is refused', async () => {
    server.on(
      'PATCH /rooms/7/messages/2',
      refusal(503, { code: 'unavailable', message: 'The disk is full.' }),
    );
    const { user, box } = await edit();
    await user.type(box, ' now{Enter}');
    expect(await screen.findByText('The disk is full.')).toBeInTheDocument();
    expect(box).toHaveValue('I have a car now');
    expect(box).toBeInvalid();
  });
});
