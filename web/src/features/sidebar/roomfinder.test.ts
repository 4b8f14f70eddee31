import { screen, waitFor } from '@testing-library/svelte';
import { type UserEvent, userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aRoom, aSubscription, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import RoomFinder from './RoomFinder.svelte';

const everyRoom = [
  aRoom(1, 'photography', { members: 12, topic: 'Light and lenses' }),
  aRoom(2, 'photo-walks', { members: 1 }),
  aRoom(3, 'main', { members: 40 }),
];

let server: FakeServer;

function open(summons = 0) {
  const chat = newChat(server);
  chat.rooms.put(aSubscription(1, 'photography'));
  const props = {
    summons,
    onopen: vi.fn<(room: number) => void>(),
    oncreate: vi.fn<(name: string) => void>(),
    onreveal: vi.fn<() => void>(),
  };
  renderIn(chat, RoomFinder, props);
  return { chat, ...props, user: userEvent.setup() };
}

const box = () => screen.getByRole('combobox', { name: 'Find rooms, people or messages' });
/** Types without the click of user.type, which would open the list of all rooms. */
async function type(user: UserEvent, text: string): Promise<void> {
  box().focus();
  await user.keyboard(text);
}

const options = () => screen.findAllByRole('option');
const chosen = () => screen.getByRole('option', { selected: true });

beforeEach(() => {
  server = new FakeServer().on('GET /rooms', ({ query }) => {
    const text = query.get('text') ?? '';
    return { body: { rooms: everyRoom.filter((room) => room.name.includes(text)) } };
  });
});

describe('the search bar', () => {
  it('completes as one types, and says which rooms are mine and how large they are', async () => {
    const { user } = open();
    expect(box()).toHaveAttribute('aria-expanded', 'false');
    await type(user, 'photo');
    const [first, second, create] = await options();
    expect(box()).toHaveAttribute('aria-expanded', 'true');
    expect(first).toHaveTextContent(/photography.*Light and lenses.*12 members.*Joined/s);
    expect(second).toHaveTextContent(/photo-walks.*1 member/s);
    expect(second).not.toHaveTextContent('Joined');
    expect(create).toHaveTextContent('Create “photo”');
    expect(screen.getByText('2 rooms found.')).toHaveAttribute('role', 'status');
  });

  it('asks once for what was typed in one go', async () => {
    const { user } = open();
    await type(user, 'photo');
    await options();
    expect(server.to('GET /rooms').map((call) => call.query)).toEqual([
      expect.stringContaining('text=photo'),
    ]);
  });

  it('shows no answer to an older text', async () => {
    const late: (() => void)[] = [];
    server.on('GET /rooms', ({ query }) => {
      const text = query.get('text') ?? '';
      const answer = { body: { rooms: [aRoom(text.length, `${text}-room`)] } };
      if (text !== 'a') return answer;
      return new Promise((resolve) => late.push(() => resolve(answer)));
    });
    const { user } = open();
    await type(user, 'a');
    await waitFor(() => expect(late).toHaveLength(1));
    await type(user, 'b');
    expect(await screen.findByText('ab-room')).toBeVisible();
    late[0]?.();
    await Promise.resolve();
    expect(screen.queryByText('a-room')).toBeNull();
    expect(screen.getByText('ab-room')).toBeVisible();
  });

  it('is worked with arrows, Enter and Escape', async () => {
    const { user, onopen } = open();
    await type(user, 'photo');
    const found = await options();
    expect(chosen()).toBe(found[0]);
    expect(box()).toHaveAttribute('aria-activedescendant', found[0]?.id);
    await user.keyboard('{ArrowDown}');
    expect(chosen()).toBe(found[1]);
    await user.keyboard('{ArrowUp}{ArrowUp}');
    expect(chosen()).toBe(found.at(-1));
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('option')).toBeNull();
    expect(box()).toHaveValue('photo');
    await user.keyboard('{Escape}');
    expect(box()).toHaveValue('');
    await type(user, 'walks');
    await screen.findByText('photo-walks');
    await user.keyboard('{Enter}');
    expect(onopen).toHaveBeenCalledExactlyOnceWith(2);
    expect(box()).toHaveValue('');
    expect(box()).toHaveAttribute('aria-expanded', 'false');
  });

  it('opens the best match also for those who press Enter before the answer', async () => {
    const { user, onopen } = open();
    await type(user, 'walks{Enter}');
    await waitFor(() => expect(onopen).toHaveBeenCalledExactlyOnceWith(2));
    expect(screen.queryByRole('option')).toBeNull();
  });

  it('opens a room that is clicked', async () => {
    const { user, onopen } = open();
    await type(user, 'main');
    await user.click((await options())[0] as HTMLElement);
    expect(onopen).toHaveBeenCalledExactlyOnceWith(3);
  });

  it('shows every room to those who have typed nothing', async () => {
    const { user } = open();
    await user.click(box());
    expect(await options()).toHaveLength(3);
  });

  it('has a sentence and a next step where nothing matches', async () => {
    const { user, oncreate } = open();
    await type(user, ' zebra crossing ');
    expect(await screen.findByText('Nothing matches “zebra crossing”.')).toBeVisible();
    await user.keyboard('{Enter}');
    expect(oncreate).toHaveBeenCalledExactlyOnceWith('zebra crossing');
  });

  it('completes messages, and offers to search all of them, or those of the open room', async () => {
    const snippet = { text: 'a photo of the train', marks: [{ begin: 2, end: 7 }] };
    const author = { id: 4, username: 'jun', kind: 'member' };
    server.on('GET /search', {
      body: { hits: [{ room: 1, seq: 5, author, kind: 'text', createdAt: '2026-03-01', snippet }] },
    });
    const { user, chat } = open();
    await type(user, 'photo');
    await options();
    const message = screen.getByRole('option', { name: /a photo of the train.*jun in # photo/s });
    expect(message.querySelector('mark')).toHaveTextContent('photo');
    await user.click(message);
    expect(window.location.pathname).toBe('/home/1/5');

    chat.navigation.go('/home/1');
    await type(user, 'photo');
    await options();
    await user.click(await screen.findByRole('option', { name: 'Search “photo” in photography' }));
    expect(chat.live?.search).toMatchObject({ isOpen: true, text: 'photo', room: 1 });
    await type(user, 'photo');
    await options();
    await user.click(screen.getByRole('option', { name: 'Search messages for “photo”' }));
    expect(chat.live?.search.room).toBeUndefined();
  });

  it('says why it cannot answer', async () => {
    server.on('GET /rooms', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const { user } = open();
    await type(user, 'photo');
    expect(await screen.findByText('Not now.')).toBeVisible();
    expect(screen.queryByRole('option')).toBeNull();
  });

  it('has the focus if its shortcut was used before it was loaded', async () => {
    open(1);
    await waitFor(() => expect(box()).toHaveFocus());
  });
});
