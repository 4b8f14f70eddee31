import type { EndReason, Page, Room, Subscription, User } from '../model/wire';
import { makeRequest } from './request';

/** Credentials are what both forms send. */
export interface Credentials {
  username: string;
  password: string;
  /** Whether the session should survive long absence on this device. */
  keep?: boolean;
}

/**
 * NewAccount is the content of a sign-up, with the secret of the link through which it was
 * opened.
 */
export interface NewAccount extends Credentials {
  invitation?: string;
  setup?: string;
}

/** PageQuery asks for part of a timeline: the latest messages below `before`, or of all. */
export interface PageQuery {
  before?: number;
  after?: number;
  limit?: number;
  /** `room` leaves out what only a thread shows. */
  timeline?: 'room';
  /** The root of a thread: only the messages in it. */
  thread?: number;
}

/** ListQuery continues a list after `after`, which is the previous answer's `next`. */
export interface ListQuery {
  after?: string | undefined;
  limit?: number;
  signal?: AbortSignal;
}

/**
 * Api provides REST as functions; docs/PROTOCOL.md, section 3. Every call rejects with a Failure,
 * or with the reason of its abort.
 */
export type Api = ReturnType<typeof createApi>;

/** createApi creates the Api on the browser's fetch, or on another one. */
export function createApi(fetcher: typeof fetch = (...call) => fetch(...call)) {
  const listeners = new Set<(reason?: EndReason) => void>();
  const request = makeRequest(fetcher, (reason) => {
    for (const listener of listeners) listener(reason);
  });
  return {
    /** Makes a call that has no function here. */
    request,
    /**
     * Calls the listener whenever a call is refused because there is no session, with the reason
     * why it has ended if the server knows it.
     */
    onUnauthenticated: (listener: (reason?: EndReason) => void): void => {
      listeners.add(listener);
    },
    session: {
      current: () => request<{ user: User }>('GET', '/session').then((a) => a.user),
      logIn: (credentials: Credentials) =>
        request<{ user: User }>('POST', '/session', { body: credentials }).then((a) => a.user),
      logOut: () => request<undefined>('DELETE', '/session'),
    },
    users: {
      signUp: (credentials: NewAccount) =>
        request<{ user: User }>('POST', '/users', { body: credentials }).then((a) => a.user),
    },
    rooms: {
      get: (room: number) =>
        request<{ room: Room; subscription?: Subscription }>('GET', `/rooms/${room}`),
      messages: (room: number, query: PageQuery = {}) =>
        request<Page>('GET', `/rooms/${room}/messages`, { query: { ...query } }),
    },
    subscriptions: {
      /** Returns one page of the list; `next` continues it, and is absent at the end. */
      list: (after?: string) =>
        request<{ subscriptions: Subscription[]; next?: string }>('GET', '/subscriptions', {
          query: { after },
        }),
      add: (room: number) =>
        request<{ subscription: Subscription }>('PUT', `/subscriptions/${room}`).then(
          (a) => a.subscription,
        ),
      remove: (room: number) => request<undefined>('DELETE', `/subscriptions/${room}`),
    },
  };
}
