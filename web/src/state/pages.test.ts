import { describe, expect, it } from 'vitest';
import { Failure } from '../model/failure';
import { appendById, type ListPage, Pages } from './pages.svelte';

interface Item {
  readonly id: number;
  readonly name: string;
}

const item = (id: number, name = `item ${id}`): Item => ({ id, name });
const without = (id: number) => (list: readonly Item[]) => list.filter((it) => it.id !== id);
const renamed = (id: number, name: string) => (list: readonly Item[]) =>
  list.map((it) => (it.id === id ? { ...it, name } : it));
const failure = new Failure({ code: 'unavailable', message: 'Not now.' });

/** A request to be answered by the test. */
interface Asked {
  readonly after: string | undefined;
  readonly signal: AbortSignal;
  readonly answer: (page: ListPage<Item>) => Promise<void>;
  readonly fail: (reason: unknown) => Promise<void>;
}

const ignore = () => undefined;

function newPages() {
  const asked: Asked[] = [];
  const pages = new Pages<Item>({
    read: (after, signal) => {
      let answer!: (page: ListPage<Item>) => void;
      let fail!: (reason: unknown) => void;
      const promise = new Promise<ListPage<Item>>((resolve, reject) => {
        answer = resolve;
        fail = reject;
      });
      // The caller is notified after the list.
      const told = () => promise.then(ignore, ignore);
      asked.push({
        after,
        signal,
        answer: (page) => {
          answer(page);
          return told();
        },
        fail: (reason) => {
          fail(reason);
          return told();
        },
      });
      return promise;
    },
    add: appendById(({ id }) => id),
  });
  const ids = () => pages.list.map(({ id }) => id);
  const names = () => pages.list.map(({ name }) => name);
  return { pages, asked, ids, names };
}

/** Pages with the first page loaded and another one available. */
async function opened() {
  const all = newPages();
  void all.pages.load();
  await all.asked[0]?.answer({ items: [item(1), item(2)], next: 'two' });
  return all;
}

describe('pages', () => {
  it('come one after another, until there are no more', async () => {
    const { pages, asked, ids } = await opened();
    expect([ids(), pages.isLoaded, pages.hasMore]).toEqual([[1, 2], true, true]);
    void pages.loadMore();
    expect(pages.isLoading).toBe(true);
    await asked[1]?.answer({ items: [item(3)] });
    expect([ids(), pages.hasMore, pages.isLoading]).toEqual([[1, 2, 3], false, false]);
    await pages.loadMore();
    expect(asked.map(({ after }) => after)).toEqual([undefined, 'two']);
  });

  it('replace an item that has moved to a later page', async () => {
    const { pages, asked, names } = await opened();
    void pages.loadMore();
    await asked[1]?.answer({ items: [item(1, 'zoe'), item(3)] });
    expect(names()).toEqual(['item 2', 'zoe', 'item 3']);
  });

  it('start anew with the first', async () => {
    const { pages, asked, ids } = await opened();
    void pages.load();
    expect(ids(), 'the list stays until then').toEqual([1, 2]);
    await asked[1]?.answer({ items: [item(4)] });
    expect([ids(), pages.hasMore]).toEqual([[4], false]);
  });

  it('are asked for one at a time', async () => {
    const { pages, asked } = await opened();
    void pages.loadMore();
    await pages.loadMore();
    expect(asked).toHaveLength(2);
  });
});

describe('a change', () => {
  it('counts for the list at once', async () => {
    const { pages, ids } = await opened();
    pages.change(without(1));
    expect(ids()).toEqual([2]);
  });

  it('that comes while the first page is on its way counts for that page', async () => {
    const { pages, asked, names } = newPages();
    void pages.load();
    pages.change(without(1));
    pages.change(renamed(2, 'mona'));
    expect(names(), 'and makes no list of its own').toEqual([]);
    await asked[0]?.answer({ items: [item(1), item(2)] });
    expect(names()).toEqual(['mona']);
  });

  it('that comes while a later page is on its way counts for both', async () => {
    const { pages, asked, names } = await opened();
    void pages.loadMore();
    pages.change(renamed(2, 'mona'));
    pages.change(without(3));
    await asked[1]?.answer({ items: [item(3), item(4)] });
    expect(names()).toEqual(['item 1', 'mona', 'item 4']);
  });

  it('sees with a page whether there are more', async () => {
    const { pages, asked } = newPages();
    const seen: boolean[] = [];
    void pages.load();
    pages.change((list) => {
      seen.push(pages.hasMore);
      return list;
    });
    await asked[0]?.answer({ items: [item(1)], next: 'one' });
    expect(seen).toEqual([true]);
  });

  it('counts once more for the page that it came before, and for no other', async () => {
    const { pages, asked, ids } = await opened();
    void pages.load();
    pages.change(without(2));
    await asked[1]?.answer({ items: [item(1), item(2)], next: 'two' });
    expect(ids()).toEqual([1]);
    void pages.load();
    await asked[2]?.answer({ items: [item(1), item(2)] });
    expect(ids(), 'who came back meanwhile').toEqual([1, 2]);
  });

  it('counts for the list when its page fails, and no more for the next attempt', async () => {
    const { pages, asked, ids } = await opened();
    void pages.load();
    pages.change(without(2));
    await asked[1]?.fail(failure);
    expect(ids()).toEqual([1]);
    void pages.retry();
    await asked[2]?.answer({ items: [item(1), item(2)] });
    expect(ids()).toEqual([1, 2]);
  });
});

describe('an aborted load', () => {
  it('adds nothing, even when it is answered after the one that replaced it', async () => {
    const { pages, asked, ids } = await opened();
    void pages.loadMore();
    void pages.load();
    expect(asked[1]?.signal.aborted).toBe(true);
    await asked[2]?.answer({ items: [item(5)] });
    await asked[1]?.answer({ items: [item(3)], next: 'three' });
    expect([ids(), pages.hasMore, pages.isLoading]).toEqual([[5], false, false]);
  });

  it('is no failure, and does not end the one that replaced it', async () => {
    const { pages, asked, ids } = await opened();
    void pages.load();
    void pages.load();
    await asked[1]?.fail(asked[1].signal.reason);
    expect([pages.failure, pages.isLoading]).toEqual([undefined, true]);
    pages.change(without(7));
    await asked[2]?.answer({ items: [item(6), item(7)] });
    expect(ids()).toEqual([6]);
  });
});

describe('a page that fails', () => {
  it('can be tried again: the first', async () => {
    const { pages, asked, ids } = newPages();
    void pages.load();
    await asked[0]?.fail(failure);
    expect([pages.failure, pages.isLoaded, pages.isLoading]).toEqual([failure, false, false]);
    void pages.retry();
    void pages.retry();
    expect(pages.failure, 'it is told until a page comes').toBe(failure);
    await asked[1]?.answer({ items: [item(1)] });
    expect([ids(), pages.failure, pages.isLoaded]).toEqual([[1], undefined, true]);
    await pages.retry();
    expect(asked, 'nothing is left to try again').toHaveLength(2);
  });

  it('can be tried again: a later one, which leaves the list as it was', async () => {
    const { pages, asked, ids } = await opened();
    void pages.loadMore();
    await asked[1]?.fail(failure);
    expect([ids(), pages.hasMore, pages.failure]).toEqual([[1, 2], true, failure]);
    void pages.retry();
    expect(asked[2]?.after).toBe('two');
    await asked[2]?.answer({ items: [item(3)] });
    expect([ids(), pages.failure]).toEqual([[1, 2, 3], undefined]);
  });

  it('tells in words of something that was not foreseen', async () => {
    const { pages, asked } = newPages();
    void pages.load();
    await asked[0]?.fail(new TypeError('x is undefined'));
    expect(pages.failure?.code).toBe('internal');
  });
});

describe('closed pages', () => {
  it('cancel what is on its way, and load nothing any more', async () => {
    const { pages, asked, ids } = await opened();
    void pages.loadMore();
    pages.close();
    expect(asked[1]?.signal.aborted).toBe(true);
    await asked[1]?.answer({ items: [item(3)] });
    await pages.load();
    await pages.loadMore();
    expect([ids(), pages.failure, asked.length]).toEqual([[1, 2], undefined, 2]);
  });
});
