import type { Author, Message, Page, Subscription, User } from '../model/wire';

/** The people of the tests. */
export const ada: Author = { id: 11, username: 'Ada', kind: 'member' };
export const mona: Author = { id: 12, username: 'Mona', kind: 'member' };
export const adaUser: User = { ...ada, role: 'member', createdAt: '2026-11-01T08:00:00Z' };

const start = Date.parse('2026-11-20T09:00:00Z');

/** message returns the room's seq-th message; one a minute, by Mona. */
export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    room: 7,
    seq,
    rev: seq,
    clientId: `client-${seq}`,
    author: mona,
    kind: 'text',
    body: `message ${seq}`,
    createdAt: new Date(start + seq * 60_000).toISOString(),
    ...change,
  };
}

/** messages returns those from the first to the last seq. */
export function messages(first: number, last: number): Message[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => message(first + i));
}

/** page returns them as a page of a room whose head is the last one. */
export function page(first: number, last: number, change: Partial<Page> = {}): Page {
  return { messages: messages(first, last), seq: last, rev: last, more: first > 1, ...change };
}

/** subscription returns one to the room of the tests, read up to its head. */
export function subscription(change: Partial<Subscription> = {}): Subscription {
  const seq = change.seq ?? 10;
  return {
    id: 7,
    kind: 'public',
    name: 'weekend-trip',
    topic: '',
    createdAt: '2026-11-01T08:00:00Z',
    members: 2,
    seq,
    rev: seq,
    unread: seq - (change.membership?.readSeq ?? seq),
    membership: { role: 'member', readSeq: seq, joinedAt: '2026-11-01T08:00:00Z' },
    ...change,
  };
}
