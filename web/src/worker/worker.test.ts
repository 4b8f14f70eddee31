import { beforeEach, describe, expect, it } from 'vitest';
import { keepAnswers, type OfflineEvents } from './offline';
import { keepShell, type ShellEvents } from './shell';

/** FakeCaches keeps responses in memory, in the order in which they were put. */
class FakeCaches {
  readonly all = new Map<string, Map<string, Response>>();

  readonly open = (name: string) => {
    const entries = this.all.get(name) ?? new Map<string, Response>();
    this.all.set(name, entries);
    const keyOf = (request: Request | string) =>
      new URL(typeof request === 'string' ? request : request.url, origin).href;
    return Promise.resolve({
      put: async (key: string, response: Response) => {
        entries.set(keyOf(key), new Response(await response.text(), { headers: response.headers }));
      },
      add: async (path: string) => {
        entries.set(keyOf(path), await network(new Request(keyOf(path))));
      },
      delete: (key: Request | string) => Promise.resolve(entries.delete(keyOf(key))),
      keys: () => Promise.resolve([...entries.keys()].map((url) => new Request(url))),
    });
  };

  readonly match = (url: string, { cacheName }: { cacheName?: string } = {}) => {
    const href = new URL(url, origin).href;
    for (const [name, entries] of this.all)
      if (!cacheName || cacheName === name) {
        const found = entries.get(href);
        if (found) return Promise.resolve(found.clone());
      }
    return Promise.resolve(undefined);
  };

  readonly delete = (name: string) => Promise.resolve(this.all.delete(name));
  readonly keys = () => Promise.resolve([...this.all.keys()]);
}

const origin = 'https://chat.example';

/** What the server answers; undefined: there is no network. */
let server: ((request: Request) => Response | Promise<Response>) | undefined;
let caches: FakeCaches;
let clock = 0;
let listeners: Map<string, ((event: never) => void)[]>;

async function network(request: Request): Promise<Response> {
  if (!server) throw new TypeError('no network');
  return server(request);
}

const scope = () => ({
  caches: caches as unknown as CacheStorage,
  fetch: network as unknown as typeof fetch,
  location: { origin },
  skipWaiting: () => Promise.resolve(),
  addEventListener: (type: string, listener: (event: never) => void) => {
    listeners.set(type, [...(listeners.get(type) ?? []), listener]);
  },
});

/** Fires an event, and waits for what the worker does. */
async function fire(
  type: keyof OfflineEvents | keyof ShellEvents,
  event: object,
): Promise<unknown> {
  const works: Promise<unknown>[] = [];
  let answer: Promise<Response> | undefined;
  const more = {
    waitUntil: (work: Promise<unknown>) => void works.push(work),
    respondWith: (given: Promise<Response>) => (answer = given),
  };
  for (const listener of listeners.get(type) ?? []) listener({ ...event, ...more } as never);
  const response = await answer;
  while (works.length > 0) await works.shift();
  return response;
}

/** Calls the server through the worker; undefined if that leaves the call alone. */
async function call(path: string, method = 'GET', mode = 'cors'): Promise<string | undefined> {
  const request = { method, mode, url: new URL(path, origin).href };
  const response = (await fire('fetch', { request })) as Response | undefined;
  return response && `${response.status} ${await response.text()}`;
}

const as = (id: number) => (request: Request) =>
  new Response(request.url.endsWith('/session') ? JSON.stringify({ user: { id } }) : `of ${id}`);

beforeEach(() => {
  caches = new FakeCaches();
  listeners = new Map();
  server = as(1);
  clock = 1_000;
});

describe('answers of the API', () => {
  const session = '/api/v1/session';
  const messages = '/api/v1/rooms/7/messages?limit=50&timeline=room';
  beforeEach(() => {
    keepAnswers(scope(), () => clock);
  });

  async function visit(): Promise<void> {
    await call(session);
    await call('/api/v1/subscriptions');
    await call(messages);
  }

  it('are kept for the calls that the app begins with, and given without a network', async () => {
    await visit();
    await call('/api/v1/users');
    expect(await call('/api/v1/rooms/7/messages?before=3')).toBeUndefined();
    server = undefined;
    expect(await call(session)).toBe('200 {"user":{"id":1}}');
    expect(await call('/api/v1/subscriptions')).toBe('200 of 1');
    expect(await call(messages)).toBe('200 of 1');
    await expect(call('/api/v1/rooms/8/messages')).rejects.toThrow('no network');
    expect(await call('/api/v1/users')).toBeUndefined();
  });

  it.each([
    ['a log-out', () => call(session, 'DELETE')],
    ['a log-in', () => call(session, 'POST')],
    ['the sign-up of another', () => call('/api/v1/users', 'POST')],
    [
      'an answer that there is no session',
      () => {
        server = () => new Response('', { status: 401 });
        return call(messages);
      },
    ],
    ['a page whose session has ended', () => fire('message', { data: { kind: 'forget' } })],
    [
      'another account in the same browser',
      () => {
        server = as(2);
        return call(session);
      },
    ],
    [
      'a week',
      () => {
        clock += 8 * 24 * 3_600_000;
        return Promise.resolve(undefined);
      },
    ],
  ])('are forgotten after %s', async (_what, happen) => {
    await visit();
    await happen();
    server = undefined;
    await expect(call(messages)).rejects.toThrow('no network');
  });

  it('that come after the end of their session are not kept', async () => {
    await call(session);
    let arrive: (response: Response) => void = () => undefined;
    server = (request) =>
      request.method === 'DELETE'
        ? new Response(null, { status: 204 })
        : new Promise((resolve) => (arrive = resolve));
    const late = call(messages);
    await call(session, 'DELETE');
    arrive(new Response('of 1'));
    expect(await late).toBe('200 of 1');
    server = undefined;
    await expect(call(messages)).rejects.toThrow('no network');
  });

  it('of rooms that I may not read any more are dropped, and only twenty rooms are kept', async () => {
    await visit();
    server = () => new Response('', { status: 403 });
    await call(messages);
    server = undefined;
    await expect(call(messages)).rejects.toThrow('no network');
    server = as(1);
    for (let room = 1; room <= 25; room += 1) await call(`/api/v1/rooms/${room}/messages`);
    server = undefined;
    await expect(call('/api/v1/rooms/5/messages')).rejects.toThrow('no network');
    expect(await call('/api/v1/rooms/6/messages')).toBe('200 of 1');
  });
});

describe('the app', () => {
  const version = {
    shell: '/assets/shell-1.html',
    files: ['/assets/shell-1.html', '/assets/a-1.js'],
  };
  const home = (path = '/home/7') => call(path, 'GET', 'navigate');
  beforeEach(async () => {
    server = ({ url }) => new Response(new URL(url).pathname);
    keepShell(scope(), version);
    await fire('install', {});
    await fire('activate', {});
  });

  it('opens without a network at each of its addresses, and while a proxy has no server', async () => {
    expect(await home()).toBe('200 /home/7');
    server = () => new Response('bad gateway', { status: 502 });
    expect(await home()).toBe('200 /assets/shell-1.html');
    server = undefined;
    expect(await home('/home')).toBe('200 /assets/shell-1.html');
    expect(await call('/assets/a-1.js')).toBe('200 /assets/a-1.js');
    expect(await home('/join/abc')).toBeUndefined();
    await expect(call('/assets/other-2.js')).rejects.toThrow('no network');
  });

  it('keeps the version before for tabs that run it, and no older one', async () => {
    for (const next of ['2', '3']) {
      listeners = new Map();
      keepShell(scope(), {
        shell: `/assets/shell-${next}.html`,
        files: [`/assets/shell-${next}.html`],
      });
      await fire('install', {});
      await fire('activate', {});
    }
    expect(await caches.keys()).toEqual(
      [2, 3].map((it) => `partychat:app:/assets/shell-${it}.html`),
    );
  });

  it('is not kept in part', async () => {
    listeners = new Map();
    server = ({ url }) =>
      url.endsWith('b-2.js') ? Promise.reject(new Error('cut')) : new Response('');
    keepShell(scope(), {
      shell: '/assets/shell-2.html',
      files: ['/assets/shell-2.html', '/assets/b-2.js'],
    });
    await expect(fire('install', {})).rejects.toThrow('cut');
    expect(await caches.keys()).toHaveLength(1);
  });
});
