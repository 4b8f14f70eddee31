import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createApi } from '../api';
import { createPeopleApi } from '../api/people';
import type { MessageHit } from '../model/wire';
import { FakeServer } from '../testing/fakes';
import { MessageSearch } from './messagesearch.svelte';

const hit = (seq: number): MessageHit => ({
  room: 1,
  seq,
  author: { id: 2, username: 'jun', kind: 'member' },
  kind: 'text',
  createdAt: '2026-03-01T12:00:00Z',
  snippet: { text: `message ${seq}`, marks: [] },
});

let server: FakeServer;
let stored: Map<string, string>;

function newSearch(): MessageSearch {
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  return new MessageSearch({ api: createPeopleApi(createApi(server.fetch).request), storage });
}

const seqs = (search: MessageSearch) => search.hits.map(({ seq }) => seq);

beforeEach(() => {
  stored = new Map();
  server = new FakeServer();
});

describe('the search for messages', () => {
  it('keeps only the answer to the latest text', async () => {
    server.on('GET /search', ({ query }) => ({
      body: { hits: [hit(query.get('q') === 'tea' ? 1 : 2)] },
    }));
    const search = newSearch();
    search.open(7, 'te');
    search.ask('tea', undefined, 'now');
    await vi.waitFor(() => expect(search.answered).toBe('tea'));
    expect(seqs(search)).toEqual([1]);
    expect(search.isSearching).toBe(false);
  });

  it('loads further pages, past those that have no results', async () => {
    const pages = new Map([
      ['', { hits: [], next: 'a' }],
      ['a', { hits: [], next: 'b' }],
      ['b', { hits: [hit(9)], next: 'c' }],
      ['c', { hits: [hit(8)] }],
    ]);
    server.on('GET /search', ({ query }) => ({ body: pages.get(query.get('after') ?? '') }));
    const search = newSearch();
    search.open(7, 'tea', 1);
    await vi.waitFor(() => expect(seqs(search)).toEqual([9]));
    await vi.waitFor(() => expect(search.isSearching).toBe(false));
    expect(search.hasMore).toBe(true);
    search.more();
    await vi.waitFor(() => expect(seqs(search)).toEqual([9, 8]));
    expect(search.hasMore).toBe(false);
    expect(server.to('GET /search').every(({ query }) => query.includes('room=1'))).toBe(true);
  });

  it('remembers, for each user, what has found something, and forgets it on request', async () => {
    server.on('GET /search', ({ query }) => ({
      body: { hits: query.get('q') === 'tea' ? [hit(1)] : [] },
    }));
    const search = newSearch();
    for (const text of ['tea', 'nothing']) {
      search.open(7, text);
      await vi.waitFor(() => expect(search.answered).toBe(text));
      search.close();
    }
    search.open(7);
    expect(search.recent).toEqual(['tea']);
    search.open(8);
    expect(search.recent).toEqual([]);
    search.open(7);
    search.forgetRecent();
    expect(newSearch().recent).toEqual([]);
    expect(stored.size).toBe(0);
  });

  it('shows a failure, and tries again', async () => {
    let fails = true;
    server.on('GET /search', () =>
      fails
        ? { status: 503, body: { error: { code: 'unavailable', message: 'Later.' } } }
        : { body: { hits: [hit(1)] } },
    );
    const search = newSearch();
    search.open(7, 'tea');
    await vi.waitFor(() => expect(search.failure?.message).toBe('Later.'));
    fails = false;
    search.retry();
    await vi.waitFor(() => expect(seqs(search)).toEqual([1]));
    expect(search.failure).toBeUndefined();
  });

  it('returns to the results from a message, until the reader stays', async () => {
    server.on('GET /search', () => ({ body: { hits: [hit(1)] } }));
    const search = newSearch();
    search.open(7, 'tea');
    await vi.waitFor(() => expect(seqs(search)).toEqual([1]));
    search.visit(hit(1));
    expect([search.isOpen, search.visited?.seq]).toEqual([false, 1]);
    search.open(7);
    expect([search.isOpen, search.visited, seqs(search)]).toEqual([true, undefined, [1]]);
    search.clear();
    expect([search.isOpen, search.text, seqs(search)]).toEqual([false, '', []]);
  });
});
