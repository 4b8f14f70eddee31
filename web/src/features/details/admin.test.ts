import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ban, Role, RoomKind } from '../../model/wire';
import { aSubscription, aUser, FakeLink, FakeServer, newChat, refusal } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import MemberList from './MemberList.svelte';

let server: FakeServer;
let link: FakeLink;

const me = aUser(1, 'ada');
const joinedAt = '2026-01-02T03:04:05Z';

/** Shows the members of a room in which, and on the server, the reader has these roles. */
async function open(
  inRoom: Role,
  onServer: Role = 'member',
  kind: RoomKind = 'public',
  name = 'lake',
) {
  const membership = { role: inRoom, readSeq: 0, joinedAt };
  const subscription = aSubscription(4, name, { kind, membership });
  server
    .on('GET /session', { body: { user: { ...me, role: onServer } } })
    .on('GET /subscriptions', { body: { subscriptions: [subscription] } });
  const chat = newChat(server, link);
  await chat.session.load();
  await chat.rooms.load();
  await chat.loadLive();
  renderIn(chat, MemberList, { roomId: 4 });
  await screen.findAllByRole('listitem');
  return { chat, user: userEvent.setup() };
}

const actions = (name: string) => screen.findByRole('button', { name: `Actions for ${name}` });
const members = () => screen.getAllByRole('listitem').map((li) => li.querySelector('.name'));
const names = () => members().map((name) => name?.textContent);

async function choose(user: ReturnType<typeof userEvent.setup>, name: string, item: string) {
  await user.click(await actions(name));
  await user.click(screen.getByRole('menuitem', { name: item }));
}

beforeEach(() => {
  link = new FakeLink();
  server = new FakeServer().on('GET /rooms/4/members', {
    body: {
      members: [
        { user: me, role: 'admin' },
        { user: aUser(2, 'jun'), role: 'member' },
        { user: aUser(3, 'lena'), role: 'admin' },
        { user: aUser(4, 'mona'), role: 'member' },
        { user: { ...aUser(5, 'root'), role: 'admin' }, role: 'member' },
      ],
    },
  });
});

describe('what can be done with members', () => {
  it.each([
    ['an admin of the room', 'admin', 'member'],
    ['an admin of the server', 'member', 'admin'],
  ] as const)('is offered to %s, on everyone', async (_, inRoom, onServer) => {
    await open(inRoom, onServer);
    await actions('jun');
    const buttons = screen.getAllByRole('button', { name: /^Actions for/ });
    expect(buttons.map((each) => each.getAttribute('aria-label'))).toEqual(
      ['ada', 'jun', 'lena', 'mona', 'root'].map((name) => `Actions for ${name}`),
    );
  });

  it.each([
    ['to any other member', 'member', 'public'],
    ['in a conversation', 'admin', 'direct'],
  ] as const)('is not offered %s', async (_, role, kind) => {
    await open(role, 'member', kind);
    expect(screen.queryByRole('button', { name: /^Actions for|Banned people/ })).toBeNull();
  });

  it('offers a ban from the server to its admins only', async () => {
    const { user } = await open('admin');
    await user.click(await actions('jun'));
    const items = screen.getAllByRole('menuitem').map((item) => item.textContent.trim());
    expect(items).toEqual(['Make admin', 'Remove from room', 'Ban from room']);
  });

  it('keeps a name from right to left within itself', async () => {
    server
      .on('GET /rooms/4/members', {
        body: { members: [{ user: aUser(6, 'דנה'), role: 'member' }] },
      })
      .on('DELETE /rooms/4/members/6', { status: 204 });
    const { chat, user } = await open('admin');
    await choose(user, '\u2068דנה\u2069', 'Remove from room');
    const dialog = screen.getByRole('dialog', { name: 'Remove \u2068דנה\u2069 from lake?' });
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
    await waitFor(() =>
      expect(chat.toasts.items).toMatchObject([{ text: '\u2068דנה\u2069 was removed from lake.' }]),
    );
  });

  it.each([
    ['Remove from room', 'Remove', 'DELETE /rooms/4/members/4', 'mona was removed from lake.'],
    ['Ban from room', 'Ban', 'PUT /rooms/4/bans/4', 'mona was banned from lake.'],
  ])('“%s” asks, does it, says so, and takes the row away', async (item, action, call, words) => {
    server.on(call, call.startsWith('PUT') ? { body: { ban: {} } } : { status: 204 });
    const { chat, user } = await open('admin');
    await choose(user, 'mona', item);
    const dialog = screen.getByRole('dialog');
    expect(dialog).toHaveTextContent('mona will be removed immediately');
    expect(server.to(call)).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: action }));
    await waitFor(() => expect(names()).toEqual(['ada', 'jun', 'lena', 'root']));
    expect(server.to(call)).toHaveLength(1);
    expect(chat.toasts.items).toMatchObject([{ text: words, tone: 'plain' }]);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(await actions('root')).toHaveFocus();
  });

  it('“Ban from server” leaves the row, which says so', async () => {
    server.on('PUT /bans/4', { status: 201, body: { ban: {} } });
    const { user } = await open('member', 'admin');
    await choose(user, 'mona', 'Ban from server');
    await user.click(screen.getByRole('button', { name: 'Ban' }));
    const row = () => screen.getByText('mona').closest('li');
    await waitFor(() => expect(row()).toHaveTextContent('banned'));
    await waitFor(async () => expect(await actions('mona')).toHaveFocus());
    await user.click(await actions('mona'));
    expect(screen.queryByRole('menuitem', { name: 'Ban from server' })).toBeNull();
  });

  it('stays open with the reason when it fails', async () => {
    server.on('PUT /rooms/4/bans/4', refusal(403, { code: 'forbidden', message: 'Not you.' }));
    const { chat, user } = await open('admin');
    await choose(user, 'mona', 'Ban from room');
    const dialog = screen.getByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Ban' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('Not you.');
    expect(names()).toContain('mona');
    expect(chat.toasts.items).toEqual([]);
  });

  it('stays open while somebody comes or goes', async () => {
    link.command.mockImplementation((() =>
      Promise.resolve({ presence: [{ user: 2, state: 'online' }] })) as never);
    const { user } = await open('admin');
    const online = await screen.findByRole('list', { name: 'Online' });
    await waitFor(() => expect(online).toHaveTextContent('jun'));
    await user.click(await actions('jun'));
    link.arrive('presence', { presence: [{ user: 2, state: 'offline' }] });
    await tick();
    await user.click(screen.getByRole('menuitem', { name: 'Remove from room' }));
    const cancel = within(screen.getByRole('dialog')).getByRole('button', { name: 'Cancel' });
    expect(online).toHaveTextContent('jun');
    await user.click(cancel);
    await waitFor(() => expect(online).not.toHaveTextContent('jun'));
  });

  it('is chosen by the keys of menus', async () => {
    const { user } = await open('admin');
    const button = await actions('jun');
    button.focus();
    await user.keyboard('{Enter}');
    await vi.waitFor(() => expect(document.activeElement).toHaveTextContent('Make admin'));
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toHaveTextContent('Remove from room');
    await user.keyboard('{ArrowUp}');
    expect(document.activeElement).toHaveTextContent('Make admin');
    await user.keyboard('{End}');
    expect(document.activeElement).toHaveTextContent('Ban from room');
  });
});

describe('who is banned', () => {
  const ban = (id: number, username: string): Ban => ({
    user: aUser(id, username),
    by: { id: 1, username: 'ada', kind: 'member' },
    at: new Date().toISOString(),
  });

  const show = async (user: ReturnType<typeof userEvent.setup>) => {
    await user.click(await screen.findByRole('button', { name: 'Banned people' }));
    return screen.getByRole('dialog', { name: 'Banned people' });
  };

  it('is listed with who has done it and when, page by page', async () => {
    server.on('GET /rooms/4/bans', ({ query }) =>
      query.get('after')
        ? { body: { bans: [ban(12, 'zoe')] } }
        : { body: { bans: [ban(11, 'nils')], next: 'nils' } },
    );
    const { user } = await open('admin');
    const dialog = await show(user);
    const item = await within(dialog).findByRole('listitem');
    expect(item).toHaveTextContent(/nils.*by ada · Today/s);
    await user.click(within(dialog).getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(within(dialog).getAllByRole('listitem')).toHaveLength(2));
    expect(within(dialog).queryByRole('button', { name: 'Show more' })).toBeNull();
    expect(within(dialog).queryByRole('heading', { name: 'Banned from the server' })).toBeNull();
  });

  it('is let back in, the focus going on to the next', async () => {
    server
      .on('GET /rooms/4/bans', { body: { bans: [ban(11, 'nils'), ban(12, 'zoe')] } })
      .on('DELETE /rooms/4/bans/11', { status: 204 })
      .on('DELETE /rooms/4/bans/12', { status: 204 });
    const { user } = await open('admin');
    const dialog = await show(user);
    const back = (name: string) => within(dialog).findByRole('button', { name: `Unban ${name}` });
    await user.click(await back('nils'));
    expect(await within(dialog).findByText('nils can come back now.')).toBeVisible();
    expect(await back('zoe')).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(await within(dialog).findByText('Nobody is banned from lake.')).toBeVisible();
  });

  it('has a name that is kept within itself, as has the room', async () => {
    server.on('GET /rooms/4/bans', { body: { bans: [ban(11, 'דנה')] } });
    const { user } = await open('admin', 'member', 'public', 'אגם');
    const dialog = await show(user);
    const button = { name: 'Unban \u2068דנה\u2069' };
    expect(await within(dialog).findByRole('button', button)).toBeVisible();
    expect(within(dialog).getByText('Banned from \u2068אגם\u2069')).toBeInTheDocument();
  });

  it('is told apart by room and server for admins of the server', async () => {
    server
      .on('GET /rooms/4/bans', { body: { bans: [] } })
      .on('GET /bans', { body: { bans: [ban(11, 'nils')] } });
    const { user } = await open('member', 'admin');
    const dialog = await show(user);
    const part = (name: string) => within(dialog).findByRole('region', { name });
    expect(await part('Banned from lake')).toHaveTextContent('Nobody is banned from lake.');
    await waitFor(async () =>
      expect(await part('Banned from the server')).toHaveTextContent('nils'),
    );
  });

  it('stays in the list, with the reason, when that fails', async () => {
    server
      .on('GET /rooms/4/bans', { body: { bans: [ban(11, 'nils')] } })
      .on('DELETE /rooms/4/bans/11', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const { user } = await open('admin');
    const dialog = await show(user);
    await user.click(await within(dialog).findByRole('button', { name: 'Unban nils' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('Not now.');
    expect(within(dialog).getByRole('listitem')).toHaveTextContent('nils');
  });

  it('is asked for again when it could not be loaded', async () => {
    server.on('GET /rooms/4/bans', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const { user } = await open('admin');
    const dialog = await show(user);
    expect(await within(dialog).findByText('Not now.')).toBeVisible();
    server.on('GET /rooms/4/bans', { body: { bans: [ban(11, 'nils')] } });
    await user.click(within(dialog).getByRole('button', { name: 'Try again' }));
    expect(await within(dialog).findByRole('listitem')).toHaveTextContent('nils');
  });
});
