import { describe, expect, it, vi } from 'vitest';
import { message, messages, page } from '../testing/messages';
import { settled } from '../testing/settled';
import { ManualTimer } from '../testing/timer';
import { Failure, unreachable } from './failure';
import { type FeedSource, RoomFeed } from './roomfeed';
import type { Changes } from './wire';

function changes(first: number, last: number, change: Partial<Changes> = {}): Changes {
  return { messages: messages(first, last), rev: last, more: false, startOver: false, ...change };
}

function setUp(source: Partial<FeedSource> = {}) {
  const time = new ManualTimer();
  const asked = {
    page: vi.fn(source.page ?? (() => Promise.resolve(page(1, 3)))),
    pageAfter: vi.fn(source.pageAfter ?? (() => Promise.resolve(page(4, 3)))),
    changes: vi.fn(source.changes ?? (() => Promise.resolve(changes(4, 3)))),
  };
  const feed = new RoomFeed({ source: asked, onChange: () => undefined, timer: time.timer });
  const seqs = () => feed.timeline.messages.map(({ seq }) => seq);
  return { feed, asked, time, seqs };
}

describe('a room feed', () => {
  it('requests the newest page once, however often load is called', async () => {
    const { feed, asked } = setUp();
    await Promise.all([feed.load(), feed.load()]);
    await feed.load();
    expect(asked.page).toHaveBeenCalledTimes(1);
  });

  it('does not retry what does not exist', async () => {
    const gone = new Failure({ code: 'not_found', message: 'There is no such room.' });
    const { feed, asked } = setUp({ page: () => Promise.reject(gone) });
    await feed.load();
    feed.resume();
    await settled();
    expect(asked.page).toHaveBeenCalledTimes(1);
  });

  it('requests missing changes when a hole stays open', async () => {
    const { feed, asked, time, seqs } = setUp({
      changes: () => Promise.resolve(changes(4, 6)),
    });
    await feed.load();
    feed.put(message(6));
    expect(asked.changes).not.toHaveBeenCalled();
    time.fire();
    await settled();
    expect(asked.changes).toHaveBeenCalledExactlyOnceWith(3);
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('follows an answer that is not whole, and asks again when the server has refused for now', async () => {
    const busy = new Failure({ code: 'rate_limited', message: 'Wait.', retryAfter: 2 });
    const answers = [
      () => Promise.resolve(changes(4, 4, { more: true })),
      () => Promise.reject(busy),
      () => Promise.resolve(changes(5, 6)),
    ];
    const { feed, asked, time, seqs } = setUp({
      changes: () => (answers.shift() as () => Promise<Changes>)(),
    });
    await feed.load();
    feed.noteHead(6);
    await settled();
    expect(seqs()).toEqual([1, 2, 3, 4]);
    time.fire();
    await settled();
    expect(asked.changes.mock.calls).toEqual([[3], [4], [4]]);
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('requests nothing when a hole closes by itself', async () => {
    const { feed, asked, time, seqs } = setUp();
    await feed.load();
    feed.put(message(5));
    feed.put(message(4));
    time.fire();
    await settled();
    expect(asked.changes).not.toHaveBeenCalled();
    expect(seqs()).toEqual([1, 2, 3, 4, 5]);
  });

  it('requests more while there is more', async () => {
    const { feed, asked, seqs } = setUp({
      changes: (since) => Promise.resolve(changes(since + 1, since + 2, { more: since + 2 < 9 })),
    });
    await feed.load();
    feed.noteHead(9);
    await settled();
    expect(asked.changes.mock.calls).toEqual([[3], [5], [7]]);
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('loads the newest page when it has to start over', async () => {
    let head = 3;
    const { feed, asked, seqs } = setUp({
      page: () => Promise.resolve(page(head - 2, head)),
      changes: () => Promise.resolve(changes(1, 0, { startOver: true })),
    });
    await feed.load();
    head = 900;
    feed.noteHead(900);
    await settled();
    expect(asked.page).toHaveBeenCalledTimes(2);
    expect(seqs()).toEqual([898, 899, 900]);
  });

  it('catches up when the head moved while the page was in flight', async () => {
    const { feed, asked, seqs } = setUp({ changes: () => Promise.resolve(changes(4, 5)) });
    const loading = feed.load();
    feed.noteHead(5);
    await loading;
    await settled();
    expect(asked.changes).toHaveBeenCalledExactlyOnceWith(3);
    expect(seqs()).toEqual([1, 2, 3, 4, 5]);
  });

  it('retries failed catching up when the connection is back', async () => {
    let isAway = true;
    const { feed, seqs } = setUp({
      changes: () => (isAway ? Promise.reject(unreachable()) : Promise.resolve(changes(4, 5))),
    });
    await feed.load();
    feed.noteHead(5);
    await settled();
    expect(seqs()).toEqual([1, 2, 3]);
    isAway = false;
    feed.resume();
    await settled();
    expect(seqs()).toEqual([1, 2, 3, 4, 5]);
  });

  it('says why the newest page is missing, and loads it when the connection is back', async () => {
    let isAway = true;
    const { feed, seqs } = setUp({
      page: () => (isAway ? Promise.reject(unreachable()) : Promise.resolve(page(1, 3))),
    });
    await feed.load();
    expect(feed.failure?.code).toBe('unavailable');
    isAway = false;
    feed.resume();
    await settled();
    expect(feed.failure).toBeUndefined();
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('pages backwards, one page at a time, to the first message', async () => {
    const { feed, asked, seqs } = setUp({
      page: (before = 121) => Promise.resolve(page(Math.max(1, before - 50), before - 1)),
    });
    await feed.load();
    await Promise.all([feed.loadOlder(), feed.loadOlder()]);
    await feed.loadOlder();
    await feed.loadOlder();
    expect(asked.page.mock.calls).toEqual([[], [71], [21]]);
    expect(seqs()).toEqual(messages(1, 120).map(({ seq }) => seq));
  });

  it('discards an older page of a dropped range', async () => {
    let answer = (): void => undefined;
    const { feed, seqs } = setUp({
      page: (before) =>
        before === undefined
          ? Promise.resolve(page(51, 60))
          : new Promise((resolve) => {
              answer = () => {
                resolve(page(1, 50));
              };
            }),
    });
    await feed.load();
    const loading = feed.loadOlder();
    feed.timeline.forget();
    answer();
    await loading;
    expect(seqs()).toEqual([]);
  });

  it('begins around an unread message that the newest page does not reach', async () => {
    const { feed, asked, seqs } = setUp({
      page: (before) =>
        Promise.resolve(
          before === undefined ? page(951, 1_000) : page(91, 100, { seq: 1_000, rev: 1_000 }),
        ),
      pageAfter: (after) =>
        Promise.resolve(page(after + 1, after + 50, { seq: 1_000, rev: 1_000, more: true })),
    });
    const loading = feed.load();
    await feed.open(100);
    await loading;
    expect(asked.page.mock.calls).toEqual([[], [101]]);
    expect(asked.pageAfter.mock.calls).toEqual([[100]]);
    expect([seqs()[0], seqs().at(-1)]).toEqual([91, 150]);
    await feed.loadNewer();
    expect(seqs().at(-1)).toBe(200);
    await feed.open();
    expect([seqs()[0], seqs().at(-1), feed.timeline.moreAfter]).toEqual([951, 1_000, false]);
  });

  it('asks for nothing when the unread message is there', async () => {
    const { feed, asked } = setUp({ page: () => Promise.resolve(page(51, 100)) });
    await feed.load();
    await feed.open(60);
    await feed.open();
    expect(asked.page).toHaveBeenCalledTimes(1);
    expect(asked.pageAfter).not.toHaveBeenCalled();
  });

  it('keeps the range when another one cannot be loaded', async () => {
    const { feed, seqs } = setUp({
      page: (before) =>
        before === undefined ? Promise.resolve(page(51, 53)) : Promise.reject(unreachable()),
    });
    await feed.load();
    await feed.open(10);
    expect(seqs()).toEqual([51, 52, 53]);
    expect(feed.failure).toBeUndefined();
  });

  it('reports messages sent meanwhile even when it starts over', async () => {
    const told: number[] = [];
    let head = 3;
    const feed = new RoomFeed({
      source: {
        page: () => Promise.resolve(page(head - 2, head)),
        pageAfter: () => Promise.resolve(page(4, 3)),
        changes: () => Promise.resolve(changes(1, 0, { startOver: true })),
      },
      onChange: () => undefined,
      onArrive: (arrived) => told.push(...arrived.map(({ seq }) => seq)),
    });
    await feed.load();
    head = 900;
    feed.noteHead(900);
    await settled();
    expect(told).toEqual([898, 899, 900]);
  });

  it('reports each new message once, and no loaded older ones', async () => {
    const told: number[] = [];
    const feed = new RoomFeed({
      source: {
        page: (before = 101) =>
          Promise.resolve(page(before - 10, before - 1, { seq: 100, rev: 100 })),
        pageAfter: () => Promise.resolve(page(101, 100)),
        changes: () =>
          Promise.resolve(
            changes(103, 106, {
              messages: [104, 106, 103, 105].map((seq) => message(seq, { deleted: seq === 105 })),
            }),
          ),
      },
      onChange: () => undefined,
      onArrive: (arrived) => told.push(...arrived.map(({ seq }) => seq)),
    });
    await feed.load();
    await feed.loadOlder();
    feed.put(message(101));
    feed.put(message(101, { rev: 102, body: 'changed' }));
    feed.noteHead(106);
    await settled();
    expect(told, 'nor of what was deleted').toEqual([101, 103, 104, 106]);
  });
});
