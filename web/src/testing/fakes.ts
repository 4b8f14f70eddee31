import { vi } from 'vitest';
import { createApi } from '../api';
import { memoryShelf } from '../model/files/kept';
import { memoryHome } from '../model/memorystore';
import type { Link } from '../model/link';
import type {
  EndReason,
  ErrorInfo,
  Ready,
  Room,
  ServerEvent,
  ServerEvents,
  Subscription,
  User,
} from '../model/wire';
import { Chat } from '../state/chat.svelte';

/** An answer to a call: a status and, except for 204, a body. */
export interface Answer {
  status?: number;
  body?: unknown;
}

type Handler = (call: { body: unknown; query: URLSearchParams }) => Answer | Promise<Answer>;

/** FakeServer answers fetch by "METHOD /path", and records the calls. */
export class FakeServer {
  readonly calls: { call: string; body: unknown; query: string }[] = [];
  readonly #handlers = new Map<string, Handler>();

  /** on sets the answer to a call, like on('POST /session', …). */
  on(call: string, handler: Handler | Answer): this {
    this.#handlers.set(call, typeof handler === 'function' ? handler : () => handler);
    return this;
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = new URL(String(input), 'http://localhost');
    const call = `${init.method ?? 'GET'} ${url.pathname.replace('/api/v1', '')}`;
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    this.calls.push({ call, body, query: url.search });
    const handler = this.#handlers.get(call);
    const answer = handler
      ? await handler({ body, query: url.searchParams })
      : refusal(404, { code: 'not_found', message: `Nothing answers ${call}.` });
    init.signal?.throwIfAborted();
    const { status = 200 } = answer;
    return new Response(status === 204 ? null : JSON.stringify(answer.body), { status });
  };

  /** to returns the calls of one kind. */
  to(call: string): { body: unknown; query: string }[] {
    return this.calls
      .filter((made) => made.call === call)
      .map(({ body, query }) => ({ body, query }));
  }
}

/** refusal is an answer with an error. */
export function refusal(status: number, error: ErrorInfo): Answer {
  return { status, body: { error } };
}

/** FakeLink is a connection whose events the test controls. */
export class FakeLink implements Link {
  readonly #listeners = new Map<string, Set<(content: never) => void>>();
  rev = 0;
  known: Link['known'] = () => undefined;
  open = vi.fn<() => void>();
  close = vi.fn<() => void>();
  command = vi.fn(() => new Promise<never>(() => undefined));

  on<E extends ServerEvent>(event: E, listener: (content: ServerEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  onState(): () => void {
    return () => undefined;
  }

  onOverdue(): () => void {
    return () => undefined;
  }

  onRefused(listener: (reason?: EndReason) => void): () => void {
    this.refuse = listener;
    return () => undefined;
  }

  /** refuse refuses the client because there is no session. */
  refuse: (reason?: EndReason) => void = () => undefined;

  /** arrive delivers an event to the client. */
  arrive<E extends ServerEvent>(event: E, content: ServerEvents[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(content as never);
  }
}

/** newChat builds the client's state on a fake server. */
export function newChat(server: FakeServer, link: Link = new FakeLink(), storage?: Storage): Chat {
  return new Chat({
    api: createApi(server.fetch),
    link,
    openShelf: () => Promise.resolve(memoryShelf()),
    openOutboxHome: () => Promise.resolve(memoryHome()),
    storage,
  });
}

const createdAt = '2026-01-02T03:04:05Z';

/** aReady is what a connection begins with: the whole list, unless the change says otherwise. */
export function aReady(
  user: User,
  subscriptions: Subscription[] = [],
  change: Partial<Ready> = {},
): Ready {
  const limits = {
    auth: 16_384,
    usernameMax: 32,
    passwordMin: 8,
    passwordMax: 256,
    roomName: 64,
    topic: 256,
    message: 8_000,
  };
  return { rev: 1, user, subscriptions, limits, presence: [], ...change };
}

export function aUser(id: number, username: string): User {
  return { id, username, kind: 'member', role: 'member', createdAt };
}

export function aRoom(id: number, name: string, change: Partial<Room> = {}): Room {
  return { id, kind: 'public', name, topic: '', createdAt, members: 1, seq: 0, rev: 0, ...change };
}

export function aSubscription(
  id: number,
  name: string,
  change: Partial<Subscription> = {},
): Subscription {
  const membership = { role: 'member' as const, readSeq: 0, joinedAt: createdAt };
  return { ...aRoom(id, name), membership, unread: 0, ...change };
}
