/** What keepAnswers uses of the worker's global scope; the types of pages lack it. */
export interface OfflineScope {
  readonly caches: CacheStorage;
  readonly fetch: typeof fetch;
  readonly location: { readonly origin: string };
  addEventListener<K extends keyof OfflineEvents>(
    type: K,
    listener: (event: OfflineEvents[K]) => void,
  ): void;
}

/** OfflineEvents are the events that keepAnswers listens to. */
export interface OfflineEvents {
  message: { readonly data: unknown; waitUntil(work: Promise<unknown>): void };
  fetch: {
    readonly request: Request;
    respondWith(answer: Promise<Response>): void;
    waitUntil(work: Promise<unknown>): void;
  };
}

const cacheName = 'partychat:answers';
const api = '/api/v1/';

/** The number of rooms whose last messages are kept. */
const roomsMost = 20;

/** Milliseconds after which answers are not used any more, without a connection in between. */
const keptFor = 7 * 24 * 3_600_000;

const keptAt = 'x-kept-at';

/**
 * keepAnswers keeps the last answers to the calls that the app begins with: who I am, my rooms,
 * and the newest messages of the rooms that I have opened. Without a network it answers with them.
 * They belong to one account, and are deleted when its session ends. The result deletes them.
 */
export function keepAnswers(
  scope: OfflineScope,
  now: () => number = Date.now,
): () => Promise<void> {
  const answers = new Answers(scope, now);
  scope.addEventListener('message', (event) => {
    if ((event.data as { kind?: string } | null)?.kind === 'forget')
      event.waitUntil(answers.forget());
  });
  scope.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== scope.location.origin || !url.pathname.startsWith(api)) return;
    const kind = kindOf(request, url);
    if (kind === 'ends') event.respondWith(answers.ending(request));
    else if (kind === 'kept') {
      event.respondWith(
        answers.answer(request, (work) => {
          event.waitUntil(work);
        }),
      );
    }
  });
  return () => answers.forget();
}

/** Returns what a call has to do with the answers: log-ins and log-outs end the account's time. */
function kindOf({ method }: Request, { pathname, searchParams }: URL): 'kept' | 'ends' | undefined {
  const path = pathname.slice(api.length);
  if (method !== 'GET') return /^(session|guests?|users)$/.test(path) ? 'ends' : undefined;
  if (path === 'session') return 'kept';
  if (path === 'subscriptions') return searchParams.has('after') ? undefined : 'kept';
  const isNewest = ['before', 'after', 'thread'].every((name) => !searchParams.has(name));
  return /^rooms\/\d+\/messages$/.test(path) && isNewest ? 'kept' : undefined;
}

/** Answers are those of one account. */
class Answers {
  readonly #scope: OfflineScope;
  readonly #now: () => number;
  /** Counts the ends of accounts: what was asked before one is not kept after it. */
  #epoch = 0;

  constructor(scope: OfflineScope, now: () => number) {
    this.#scope = scope;
    this.#now = now;
  }

  /** answer asks the server and keeps its answer, or gives the one that was kept. */
  async answer(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
    const epoch = this.#epoch;
    let response: Response;
    try {
      response = await this.#scope.fetch(request);
    } catch (thrown) {
      const kept = await this.#find(request);
      if (kept) return kept;
      throw thrown;
    }
    if (response.status === 401) await this.forget();
    else if (response.ok)
      later(this.#keep(request, response.clone(), epoch).catch(() => undefined));
    else if (response.status < 500) later(this.#drop(request));
    return response;
  }

  /** ending passes on a call that ends the account's time, or begins that of another. */
  async ending(request: Request): Promise<Response> {
    await this.forget();
    const response = await this.#scope.fetch(request);
    this.#epoch += 1; // calls that were made in between may be of either account
    return response;
  }

  /** forget deletes all answers. */
  async forget(): Promise<void> {
    this.#epoch += 1;
    await this.#scope.caches.delete(cacheName);
  }

  async #find(request: Request): Promise<Response | undefined> {
    const kept = await this.#scope.caches.match(request.url, { cacheName });
    if (!kept) return undefined;
    const age = this.#now() - Number(kept.headers.get(keptAt));
    if (age >= 0 && age < keptFor) return kept;
    await this.forget();
    return undefined;
  }

  async #keep(request: Request, response: Response, epoch: number): Promise<void> {
    const body = await response.text();
    const isSession = new URL(request.url).pathname === `${api}session`;
    if (epoch !== this.#epoch) return;
    if (isSession && (await this.#isOfAnother(request, body))) {
      await this.forget();
      epoch = this.#epoch;
    }
    const cache = await this.#scope.caches.open(cacheName);
    const headers = { 'Content-Type': 'application/json', [keptAt]: String(this.#now()) };
    await cache.delete(request.url); // so that the last ones are at the end
    await cache.put(request.url, new Response(body, { headers }));
    const rooms = (await cache.keys()).filter(({ url }) => url.includes(`${api}rooms/`));
    const most = rooms.slice(0, Math.max(0, rooms.length - roomsMost));
    await Promise.all(most.map((old) => cache.delete(old)));
    if (epoch !== this.#epoch) await this.forget(); // it has ended meanwhile
  }

  async #isOfAnother({ url }: Request, body: string): Promise<boolean> {
    const before = await this.#scope.caches.match(url, { cacheName });
    return before !== undefined && idOf(await before.text()) !== idOf(body);
  }

  async #drop({ url }: Request): Promise<void> {
    await (await this.#scope.caches.open(cacheName)).delete(url);
  }
}

function idOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { user?: { id?: number } }).user?.id;
  } catch {
    return undefined;
  }
}
