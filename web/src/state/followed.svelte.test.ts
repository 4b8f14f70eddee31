import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ThreadsApi } from '../api/threads';
import type { FollowedThread } from '../model/wire';
import { FakeLink, newChat, FakeServer } from '../testing/fakes';
import { ada, message } from '../testing/messages';
import { Followed } from './followed.svelte';

const thread: FollowedThread = { room: 7, root: 3, readSeq: 5, unread: 2, message: message(3) };

let link: FakeLink;
let waiting: (() => void)[];
let lists: number;

beforeEach(() => {
  link = new FakeLink();
  waiting = [];
  lists = 0;
});

function open(threads: FollowedThread[] = [thread]) {
  const api: ThreadsApi = {
    list: () => {
      lists += 1;
      return Promise.resolve({ threads, unread: threads.length });
    },
    get: () => Promise.resolve({ follows: true, readSeq: 5, unread: 2 }),
  };
  const { toasts } = newChat(new FakeServer(), new FakeLink());
  return new Followed({
    api,
    link,
    toasts,
    me: () => ada.id,
    timer: (run) => {
      waiting.push(run);
      return () => undefined;
    },
  });
}

const settle = () => vi.waitFor(() => expect(waiting).toHaveLength(1));

describe('the list of followed threads', () => {
  it('is read again after the pause, once for many changes', async () => {
    const followed = open();
    await settle();
    expect(followed.unread).toBe(1);
    for (const seq of [8, 9, 10]) followed.sync([message(seq, { thread: 3 })]);
    expect(lists).toBe(1);
    waiting.pop()?.();
    await settle();
    expect(lists).toBe(2);
    waiting.pop()?.();
    followed.sync([message(11)]); // is in none of the threads
    expect(lists).toBe(2);
  });

  it('records what is read once, and only if something is unread', async () => {
    link.command.mockResolvedValue({ rev: 9 } as never);
    const followed = open([thread, { ...thread, root: 4, unread: 0 }]);
    await settle();
    followed.read(7, 4, 9);
    followed.read(7, 3, 5);
    followed.read(7, 99, 9);
    expect(link.command).not.toHaveBeenCalled();
    followed.read(7, 3, 6);
    expect(link.command).toHaveBeenCalledExactlyOnceWith('thread:read', {
      room: 7,
      root: 3,
      seq: 6,
    });
  });

  it('shows a wish to follow before it is acknowledged', async () => {
    link.command.mockReturnValue(new Promise(() => undefined) as never);
    const followed = open();
    await followed.load(7, 3);
    expect(followed.isFollowing(7, 3)).toBe(true);
    followed.follow(7, 3, false);
    expect(followed.isFollowing(7, 3)).toBe(false);
    expect(followed.isFollowing(7, 4)).toBeUndefined();
  });
});
