import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutboxEntry } from '../model/outbox';
import type { OutboxNews } from '../model/outboxhome';
import { ManualTimer } from '../testing/timer';
import { openDatabase } from './database';
import { EntryStore } from './entrystore';
import { openOutboxHome } from './outbox';
import { byLocks } from './locks';
import { byLeases } from './turns';

let factory: IDBFactory;
beforeEach(() => {
  factory = new IDBFactory();
});

function entry(clientId: string, change: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    owner: 11,
    clientId,
    room: 7,
    body: clientId,
    createdAt: '2026-11-20T09:00:00Z',
    state: 'sending',
    ...change,
  };
}

async function bodies(store: EntryStore, owner = 11): Promise<string[]> {
  return (await store.load(owner)).map(({ body, state }) => `${body}: ${state}`);
}

describe('the store of entries', () => {
  it('gives the entries of each owner in the order first put, over openings', async () => {
    const store = new EntryStore(await openDatabase(factory));
    await store.put(entry('z'));
    await store.put(entry('a'));
    await store.put(entry('of Mona', { owner: 12 }));
    await store.put(entry('m'));
    await store.put(entry('z', { state: 'failed', reason: 'You may not.' }));
    const opened = new EntryStore(await openDatabase(factory));
    expect(await bodies(opened)).toEqual(['z: failed', 'a: sending', 'm: sending']);
    expect(await bodies(opened, 12)).toEqual(['of Mona: sending']);
  });

  it('forgets what is deleted, and does not mind what was never there', async () => {
    const store = new EntryStore(await openDatabase(factory));
    await store.put(entry('a'));
    await store.put(entry('b'));
    await store.delete('a');
    await store.delete('never');
    expect(await bodies(store)).toEqual(['b: sending']);
  });

  it('keeps in memory what a closed database does not take', async () => {
    const database = await openDatabase(factory);
    const store = new EntryStore(database);
    database.close();
    await store.put(entry('a'));
    await store.put(entry('b'));
    await store.delete('b');
    expect(await bodies(store)).toEqual(['a: sending']);
  });

  it('lets a later version of the page change the database', async () => {
    await openDatabase(factory);
    await new Promise<void>((resolve, reject) => {
      const later = factory.open('partychat', 2);
      later.onsuccess = () => {
        resolve();
      };
      later.onblocked = () => {
        reject(new Error('blocked'));
      };
    });
  });
});

/** A task that runs until the test ends it, and reports its start. */
function longTask() {
  let end: () => void = () => undefined;
  let begin: (isStillMine: () => Promise<boolean>) => void = () => undefined;
  const begun = new Promise<() => Promise<boolean>>((resolve) => (begin = resolve));
  const task = (isStillMine: () => Promise<boolean>) => {
    begin(isStillMine);
    return new Promise<void>((resolve) => (end = resolve));
  };
  return { task, begun, end: () => end() };
}

describe('turns by lease', () => {
  /** Two tabs with one clock, which the test sets. */
  async function tabs() {
    const clock = { now: 1_000_000 };
    const tab = async (name: string) => {
      const time = new ManualTimer();
      const options = { timer: time.timer, now: () => clock.now };
      return { time, exclusively: byLeases(await openDatabase(factory), name, options) };
    };
    return { clock, one: await tab('one'), two: await tab('two') };
  }

  /** Waits until the tab has failed to get the lease and waits to try again. */
  async function turnedAway(time: ManualTimer): Promise<void> {
    await expect.poll(() => time.waits).toEqual([500]);
  }

  it('come one after the other under one name', async () => {
    const { one, two } = await tabs();
    const [first, second] = [longTask(), longTask()];
    const done = one.exclusively('room', first.task);
    await first.begun;
    void two.exclusively('room', second.task);
    await turnedAway(two.time);
    first.end();
    await done;
    two.time.fire();
    await second.begun;
  });

  it('do not wait for each other under two names', async () => {
    const { one, two } = await tabs();
    const [first, second] = [longTask(), longTask()];
    void one.exclusively('room', first.task);
    void two.exclusively('another room', second.task);
    await first.begun;
    await second.begun;
  });

  it('pass on when their tab has died, and a tab that only slept is told so', async () => {
    const { clock, one, two } = await tabs();
    const [first, second] = [longTask(), longTask()];
    void one.exclusively('room', first.task);
    const isStillMine = await first.begun;
    clock.now += 15_000;
    void two.exclusively('room', second.task);
    await second.begun;
    expect(await isStillMine()).toBe(false);
  });

  it('last as long as their tab prolongs them', async () => {
    const { clock, one, two } = await tabs();
    const [first, second] = [longTask(), longTask()];
    void one.exclusively('room', first.task);
    const isStillMine = await first.begun;
    clock.now += 10_000;
    expect(await isStillMine()).toBe(true);
    clock.now += 10_000;
    void two.exclusively('room', second.task);
    await turnedAway(two.time);
  });

  it('are not kept for an hour by a clock that was set back', async () => {
    const { clock, one, two } = await tabs();
    const [first, second] = [longTask(), longTask()];
    void one.exclusively('room', first.task);
    await first.begun;
    clock.now -= 3_600_000;
    void two.exclusively('room', second.task);
    await second.begun;
  });
});

it('Turns by lock fall back to none where the browser refuses the lock', async () => {
  const refusing = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  let ran = 0;
  await byLocks(refusing as unknown as LockManager)('room', async (isStillMine) => {
    ran += (await isStillMine()) ? 1 : 0;
  });
  expect(ran).toBe(1);
});

describe('the home of the outbox', () => {
  it('is shared by the tabs of a browser', async () => {
    vi.stubGlobal('indexedDB', factory);
    const [one, two] = [await openOutboxHome(), await openOutboxHome()];
    await one.store.put(entry('a'));
    expect(await two.store.load(11)).toMatchObject([{ clientId: 'a' }]);
    const heard = new Promise<OutboxNews>((resolve) => {
      two.onNews(resolve);
    });
    one.tell({ kind: 'put', entry: entry('a') });
    expect(await heard).toEqual({ kind: 'put', entry: entry('a') });
  });

  it('is the memory of the page where the browser keeps nothing', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const { store } = await openOutboxHome();
    await store.put(entry('a'));
    expect(await store.load(11)).toEqual([entry('a')]);
  });

  it('moves to a database that opens late, and is shared from then on', async () => {
    const slow: { onsuccess?: () => void; result?: IDBDatabase } = {};
    vi.stubGlobal('indexedDB', { open: () => slow });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const opening = openOutboxHome();
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();
    const late = await opening;
    const heard: string[] = [];
    late.onNews((news) => {
      if (news.kind === 'put') heard.push(news.entry.clientId);
    });
    expect(await late.store.load(11)).toEqual([]);
    await late.store.put(entry('written meanwhile'));

    vi.stubGlobal('indexedDB', factory);
    const other = await openOutboxHome();
    await other.store.put(entry('kept before'));
    const told = new Promise<OutboxNews>((resolve) => {
      other.onNews(resolve);
    });
    slow.result = await openDatabase(factory);
    slow.onsuccess?.();
    expect(await told).toEqual({ kind: 'put', entry: entry('written meanwhile') });
    await vi.waitFor(() => {
      expect(heard).toEqual(['kept before', 'written meanwhile']);
    });
    const both = [{ clientId: 'kept before' }, { clientId: 'written meanwhile' }];
    expect(await other.store.load(11)).toMatchObject(both);

    await other.store.delete('written meanwhile');
    expect(await late.store.load(11)).toMatchObject(both.slice(0, 1));
  });
});
