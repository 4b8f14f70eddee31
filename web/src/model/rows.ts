import type { OutboxEntry } from './outbox';
import { startOfDay } from './time';
import type { Author, Message } from './wire';

/** Milliseconds within which messages of one author belong together. */
const groupSpan = 5 * 60_000;

/** Row is one message in the feed, with what stands above it. */
export interface Row {
  /** Stays the same when a pending message turns into a stored one. */
  readonly key: string;
  readonly author: Author;
  readonly body: string;
  /** When it was written, in milliseconds. */
  readonly at: number;
  /** The place in the room; undefined while it is not stored. */
  readonly seq: number | undefined;
  readonly clientId: string;
  readonly isOwn: boolean;
  readonly delivery: 'sent' | 'sending' | 'failed';
  /** Why it failed. */
  readonly reason: string | undefined;
  /** The local midnight of a day that begins here, in milliseconds. */
  readonly day: number | undefined;
  /** Whether what the reader has not seen begins here. */
  readonly isFirstNew: boolean;
  /** Whether a group begins, or ends, here. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** RowsInput is what a feed is made from. */
export interface RowsInput {
  messages: readonly Message[];
  pending: readonly OutboxEntry[];
  /** Who is reading. */
  me: Author;
  /** Whether there are older messages than the first. */
  moreBefore: boolean;
  /** Everything after this seq is new; undefined if there is to be no such line. */
  newAfter: number | undefined;
}

type Draft = { -readonly [K in keyof Row]: Row[K] };

/**
 * RowBuilder turns messages into rows. A row that is as before is the same
 * object as before, so that nothing of it is drawn again.
 */
export class RowBuilder {
  #last = new Map<string, Row>();

  /**
   * build gives the rows. While there are older messages, the first one is kept
   * back: how it looks depends on the one before it, and a row on screen must
   * not change its height when that one arrives.
   */
  build(input: RowsInput): readonly Row[] {
    const drafts = drafted(input);
    let before: Draft | undefined;
    for (const row of drafts) {
      arrange(row, before, input.newAfter);
      before = row;
    }
    const shown = input.moreBefore ? drafts.slice(1) : drafts;
    const rows = shown.map((row) => this.#reused(row));
    this.#last = new Map(rows.map((row) => [row.key, row]));
    return rows;
  }

  #reused(row: Row): Row {
    const last = this.#last.get(row.key);
    return last && isSame(last, row) ? last : row;
  }
}

function drafted({ messages, pending, me }: RowsInput): Draft[] {
  const drafts = messages.map((message) => draftOf(message, me));
  if (pending.length === 0) return drafts;
  const stored = new Set<string>();
  for (const message of messages) if (message.author.id === me.id) stored.add(message.clientId);
  for (const entry of pending) {
    // The event may have come before the acknowledgement.
    if (!stored.has(entry.clientId)) drafts.push(draftOfPending(entry, me));
  }
  return drafts;
}

const plain = { day: undefined, isFirstNew: false, isFirst: true, isLast: true };

function draftOf(message: Message, me: Author): Draft {
  const { author, body, seq, clientId } = message;
  return {
    ...plain,
    key: `${author.id}:${clientId}`,
    author,
    body,
    at: timeOfMessage(message),
    seq,
    clientId,
    isOwn: author.id === me.id,
    delivery: 'sent',
    reason: undefined,
  };
}

function draftOfPending(entry: OutboxEntry, me: Author): Draft {
  const { body, clientId, state, reason } = entry;
  return {
    ...plain,
    key: `${me.id}:${clientId}`,
    author: me,
    body,
    at: Date.parse(entry.createdAt),
    seq: undefined,
    clientId,
    isOwn: true,
    delivery: state,
    reason,
  };
}

/** Decides what a row has above it, and thereby whether the row before ends its group. */
function arrange(row: Draft, before: Draft | undefined, newAfter: number | undefined): void {
  const day = startOfDay(row.at);
  if (!before || startOfDay(before.at) < day) row.day = day;
  row.isFirstNew =
    newAfter !== undefined &&
    !row.isOwn &&
    row.seq !== undefined &&
    row.seq > newAfter &&
    (before?.seq ?? 0) <= newAfter;
  row.isFirst =
    !before ||
    row.day !== undefined ||
    row.isFirstNew ||
    before.author.id !== row.author.id ||
    row.at - before.at > groupSpan;
  if (before) before.isLast = row.isFirst;
}

function isSame(a: Row, b: Row): boolean {
  return (
    a.body === b.body &&
    a.delivery === b.delivery &&
    a.isFirst === b.isFirst &&
    a.isLast === b.isLast &&
    a.isFirstNew === b.isFirstNew &&
    a.day === b.day &&
    a.at === b.at &&
    a.seq === b.seq &&
    a.reason === b.reason &&
    a.author.username === b.author.username
  );
}

const times = new WeakMap<Message, number>();

function timeOfMessage(message: Message): number {
  let at = times.get(message);
  if (at === undefined) {
    at = Date.parse(message.createdAt);
    times.set(message, at);
  }
  return at;
}
