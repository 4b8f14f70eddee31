import { screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aSubscription, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import CreateRoomDialog from './CreateRoomDialog.svelte';

let server: FakeServer;

function open(suggestion = '') {
  const chat = newChat(server);
  const onclose = vi.fn<() => void>();
  const oncreated = vi.fn<(room: number) => void>();
  renderIn(chat, CreateRoomDialog, { suggestion, oncreated, onclose });
  return { chat, oncreated, onclose, user: userEvent.setup() };
}

const name = () => screen.getByRole('textbox', { name: 'Name' });
const topic = () => screen.getByRole('textbox', { name: 'Topic' });
const create = () => screen.getByRole('button', { name: 'Create' });

beforeEach(() => {
  server = new FakeServer();
});

describe('the dialog that makes a room', () => {
  it('begins at the name, with the suggestion, and public', () => {
    open('weekend-trip');
    expect(screen.getByRole('dialog', { name: 'Create a room' })).toBeVisible();
    expect(name()).toHaveFocus();
    expect(name()).toHaveValue('weekend-trip');
    expect(screen.getByRole('radio', { name: 'Public' })).toBeChecked();
  });

  it('makes the room, puts it into the list and has it opened', async () => {
    const subscription = aSubscription(12, 'weekend-trip', { kind: 'private' });
    server.on('POST /rooms', { status: 201, body: { subscription } });
    const { chat, oncreated, user } = open();
    await user.type(name(), ' weekend-trip ');
    await user.type(topic(), 'Saturday, lake');
    await user.click(screen.getByRole('radio', { name: 'Private' }));
    await user.click(create());
    await vi.waitFor(() => expect(oncreated).toHaveBeenCalledExactlyOnceWith(12));
    expect(server.to('POST /rooms')).toEqual([
      { body: { name: 'weekend-trip', topic: 'Saturday, lake', kind: 'private' }, query: '' },
    ]);
    expect(chat.rooms.get(12)?.name).toBe('weekend-trip');
  });

  it('says at the field what is wrong, and sends nothing', async () => {
    const { user } = open();
    await user.type(topic(), 'x'.repeat(257));
    await user.click(create());
    expect(name()).toHaveAccessibleDescription('Give the room a name.');
    expect(name()).toHaveFocus();
    expect(topic()).toHaveAccessibleDescription(/at most 256/);
    expect(server.calls).toEqual([]);
  });

  it('shows the server’s error at the field that it names', async () => {
    const message = 'There is a room with this name already.';
    server.on('POST /rooms', refusal(409, { code: 'taken', message, field: 'name' }));
    const { oncreated, user } = open('main');
    await user.keyboard('{Enter}');
    expect(await screen.findByText(message)).toBeVisible();
    expect(name()).toHaveAccessibleDescription(message);
    expect(create()).toBeEnabled();
    expect(oncreated).not.toHaveBeenCalled();
  });

  it.each(['Cancel', 'Close'])('is left with %s', async (button) => {
    const { onclose, user } = open();
    await user.click(screen.getByRole('button', { name: button }));
    expect(onclose).toHaveBeenCalledOnce();
    expect(server.calls).toEqual([]);
  });
});
