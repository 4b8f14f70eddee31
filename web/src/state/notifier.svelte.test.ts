import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { homePath } from '../model/route';
import type { Message } from '../model/wire';
import { aReady, FakeLink, FakeServer, newChat } from '../testing/fakes';
import { ada, adaUser, message, mona, subscription } from '../testing/messages';
import { settled } from '../testing/settled';
import type { Chat } from './chat.svelte';

const room = subscription().id;
const mention = [{ user: ada.id, text: '@ada' }];

let link: FakeLink;
let chat: Chat;

async function start(): Promise<void> {
  link = new FakeLink();
  const server = new FakeServer().on('GET /session', { body: { user: adaUser } });
  chat = newChat(server, link);
  await chat.session.load();
  await chat.loadLive();
  link.arrive('ready', aReady(adaUser, [subscription({ seq: 5, rev: 5 })]));
}

const toasts = () => chat.live?.notifier.toasts.map(({ title, text }) => `${title}: ${text}`);

async function arrive(seq: number, change: Partial<Message> = {}): Promise<void> {
  link.arrive('message:put', { message: message(seq, { author: mona, rev: seq, ...change }) });
  await settled();
}

beforeEach(start);
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a message', () => {
  it('that notifies me is shown while another room is open, and only the last of its room', async () => {
    await arrive(6, { body: 'not for me' });
    expect(toasts()).toEqual([]);
    await arrive(7, { body: 'hi @ada', mentions: mention });
    await arrive(8, { body: 'hi again @ada', mentions: mention });
    expect(toasts()).toEqual([expect.stringMatching(/^Mona in .*: hi again @ada$/)]);
  });

  it('is shown once, however often its events come', async () => {
    await arrive(6, { mentions: mention });
    const news = chat.live?.notifier.toasts[0];
    if (news) chat.live?.notifier.dismiss(news);
    await arrive(6, { rev: 7, mentions: mention, editedAt: '2026-11-20T10:00:00Z' });
    expect(toasts()).toEqual([]);
  });

  it('is shown for some seconds, and longer while it is held', async () => {
    vi.useFakeTimers();
    try {
      link.arrive('message:put', {
        message: message(6, { author: mona, rev: 6, mentions: mention }),
      });
      await vi.advanceTimersByTimeAsync(5_000);
      const { notifier } = chat.live ?? {};
      const [news] = notifier?.toasts ?? [];
      if (!notifier || !news) throw new Error('there is no toast');
      notifier.hold(news);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(notifier.toasts).toEqual([news]);
      notifier.release(news);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(notifier.toasts).toEqual([news]);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(notifier.toasts).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is shown if it is in a thread that I follow', async () => {
    await arrive(6, { body: 'in a thread', thread: 2 });
    expect(toasts()).toEqual([]);
    link.arrive('thread:put', { room, root: 2, rev: 7, follows: true, readSeq: 2 });
    await arrive(7, { body: 'in the thread', thread: 2 });
    expect(toasts()).toEqual([expect.stringMatching(/in the thread$/)]);
  });

  it('is not shown in its own room', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    chat.navigation.go(homePath(room));
    await arrive(6, { mentions: mention });
    expect(toasts()).toEqual([]);
    chat.navigation.go('/home');
  });

  it('goes when it is read elsewhere, or deleted', async () => {
    await arrive(6, { mentions: mention });
    await arrive(6, { rev: 7, deleted: true, body: '' });
    expect(toasts()).toEqual([]);
    await arrive(7, { rev: 8, mentions: mention });
    chat.rooms.markRead(room, 7);
    chat.live?.notifier.settle(chat.rooms.list, undefined);
    expect(toasts()).toEqual([]);
  });

  it('that came while there was no connection is shown with the next one, not with the first', async () => {
    const last = message(9, { author: mona, body: 'while you slept', mentions: mention });
    const { membership } = subscription({ seq: 5 });
    const moved = subscription({ seq: 9, rev: 9, unread: 4, last, membership });
    link.arrive('ready', aReady(adaUser, [moved]));
    await settled();
    expect(toasts()).toEqual([expect.stringMatching(/while you slept$/)]);
    await start();
    expect(toasts()).toEqual([]);
  });

  it('that waited for the next user of the browser is no news, nor one of a room just joined', async () => {
    const last = message(9, { author: mona, mentions: mention });
    const { membership } = subscription({ seq: 5 });
    const unread = subscription({ seq: 9, rev: 9, unread: 4, last, membership });
    chat.live?.notifier.clear();
    link.arrive('ready', aReady(adaUser, [unread]));
    link.arrive('room:put', { subscription: { ...unread, id: 8 } });
    await settled();
    expect(toasts()).toEqual([]);
    const peer = { ...adaUser, id: mona.id, username: 'mona' };
    const talk = subscription({ id: 9, seq: 9, rev: 9, last, membership, peer });
    link.arrive('room:put', { subscription: talk });
    await settled();
    expect(toasts()).toHaveLength(1);
  });

  it('follows the levels and settings of the moment', async () => {
    const { membership } = subscription({ seq: 5 });
    const muted = { ...membership, level: 'muted' as const, rev: 9 };
    link.arrive('room:put', { subscription: subscription({ seq: 5, rev: 5, membership: muted }) });
    await arrive(6, { mentions: mention });
    expect(toasts()).toEqual([]);
    const loud = { ...membership, level: '' as const, rev: 10 };
    link.arrive('room:put', { subscription: subscription({ seq: 6, rev: 6, membership: loud }) });
    link.arrive('settings:put', { settings: { level: 'everything' }, rev: 11 });
    await arrive(7, { rev: 7, body: 'anything' });
    expect(toasts()).toEqual([expect.stringMatching(/anything$/)]);
  });
});
