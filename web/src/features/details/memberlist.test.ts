import { screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, aUser, FakeLink, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import MemberList from './MemberList.svelte';

let server: FakeServer;
let link: FakeLink;

function open() {
  renderIn(newChat(server, link), MemberList, { roomId: 4 });
  return { user: userEvent.setup() };
}

const member = (id: number, username: string) => ({
  user: aUser(id, username),
  role: 'member' as const,
});
const names = async () =>
  (await screen.findAllByRole('listitem')).map((li) => li.querySelector('.name')?.textContent);

beforeEach(() => {
  link = new FakeLink();
  server = new FakeServer().on('GET /rooms/4/members', {
    body: { members: [{ ...member(1, 'ada'), role: 'admin' }, member(2, 'mona')] },
  });
});

describe('the members', () => {
  it('are listed by name, with their count and who is admin', async () => {
    open();
    expect(await names()).toEqual(['ada', 'mona']);
    expect(screen.getByRole('heading')).toHaveTextContent('Members — 2');
    expect(screen.getAllByRole('listitem')[0]).toHaveTextContent('admin');
    expect(screen.getAllByRole('listitem')[1]).not.toHaveTextContent('admin');
  });

  it('are told apart by who is there, live', async () => {
    const chat = newChat(server, link);
    server.on('GET /session', { body: { user: aUser(1, 'ada') } });
    link.command.mockImplementation((() =>
      Promise.resolve({ presence: [{ user: 2, state: 'away' }] })) as never);
    await chat.session.load();
    await vi.waitFor(() => expect(chat.live).toBeDefined());
    renderIn(chat, MemberList, { roomId: 4 });
    expect(await screen.findByText('Online — 2')).toBeVisible();
    expect(screen.getByRole('list', { name: 'Online' })).toHaveTextContent(/ada.*mona/s);
    expect(link.command).toHaveBeenCalledWith('presence:watch', { users: [1, 2], profiles: true });
    link.arrive('presence', { presence: [{ user: 2, state: 'offline' }] });
    expect(await screen.findByRole('list', { name: 'Offline' })).toHaveTextContent('mona');
    expect(screen.getByText('Online — 1')).toBeVisible();
  });

  it.each([
    ['hear of it of themselves', 'user:put', { user: aUser(5, 'pau'), rev: 2 }],
    ['come into the main room', 'member:put', { room: 1, member: member(5, 'pau'), rev: 2 }],
  ] as const)('are guests until they %s', async (_, event, content) => {
    const pau = { ...member(5, 'pau'), user: { ...aUser(5, 'pau'), kind: 'guest' as const } };
    server.on('GET /rooms/4/members', { body: { members: [pau] } });
    open();
    expect(await screen.findByRole('listitem')).toHaveTextContent('guest');
    link.arrive(event, content);
    await tick();
    expect(screen.getByRole('listitem')).not.toHaveTextContent('guest');
  });

  it('come and go while one looks', async () => {
    open();
    await names();
    link.arrive('member:put', { room: 4, member: member(3, 'jun'), rev: 2 });
    link.arrive('member:put', { room: 5, member: member(9, 'somebody else'), rev: 2 });
    link.arrive('member:gone', { room: 4, user: 2, reason: 'left', rev: 3 });
    await tick();
    expect(await names()).toEqual(['ada', 'jun']);
  });

  it('are loaded further on demand', async () => {
    server.on('GET /rooms/4/members', ({ query }) =>
      query.get('after')
        ? { body: { members: [member(2, 'mona')] } }
        : { body: { members: [member(1, 'ada')], next: 'ada' } },
    );
    const { user } = open();
    expect(await names()).toEqual(['ada']);
    expect(screen.getByRole('heading')).toHaveTextContent('Members — 1+');
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await vi.waitFor(async () => expect(await names()).toEqual(['ada', 'mona']));
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  it('that cannot be loaded are tried again', async () => {
    server.on('GET /rooms/4/members', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const { user } = open();
    expect(await screen.findByText('Not now.')).toBeVisible();
    server.on('GET /rooms/4/members', { body: { members: [member(1, 'ada')] } });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await names()).toEqual(['ada']);
  });

  it('stay when no more can be loaded, which can be tried again', async () => {
    const unavailable = refusal(503, { code: 'unavailable', message: 'Not now.' });
    let more: Answer = unavailable;
    server.on('GET /rooms/4/members', ({ query }) =>
      query.get('after') ? more : { body: { members: [member(1, 'ada')], next: 'ada' } },
    );
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Show more' }));
    expect(await screen.findByText('Not now.')).toBeVisible();
    expect(await names()).toEqual(['ada']);
    more = { body: { members: [member(2, 'mona')] } };
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await vi.waitFor(async () => expect(await names()).toEqual(['ada', 'mona']));
    expect(screen.queryByText('Not now.')).toBeNull();
  });
});
