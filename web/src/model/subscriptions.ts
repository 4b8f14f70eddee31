import type { Membership, Message, Room, Subscription } from './wire';

/**
 * merge gives the newer of what is known and what arrives. Heads and read
 * positions only move forward, in whatever order the two were composed.
 */
export function merge(known: Subscription | undefined, arrived: Subscription): Subscription {
  if (!known) return arrived;
  const head =
    known.seq > arrived.seq ||
    (known.seq === arrived.seq && known.membership.readSeq > arrived.membership.readSeq)
      ? known
      : arrived;
  const membership: Membership = {
    ...arrived.membership,
    readSeq: Math.max(known.membership.readSeq, arrived.membership.readSeq),
  };
  const merged: Subscription = {
    ...arrived,
    seq: head.seq,
    unread: Math.min(head.unread, head.seq - membership.readSeq),
    rev: Math.max(known.rev, arrived.rev),
    membership,
  };
  if (head.last) merged.last = head.last;
  return merged;
}

/** withMessage moves the head to the message. What I write I have read. */
export function withMessage(
  known: Subscription,
  message: Message,
  me: number | undefined,
): Subscription {
  const rev = Math.max(known.rev, message.rev);
  if (message.seq <= known.seq) {
    if (rev === known.rev) return known;
    const wasUnread = message.deleted && message.seq > known.membership.readSeq;
    return { ...known, rev, unread: Math.max(0, known.unread - (wasUnread ? 1 : 0)) };
  }
  // Who comes and goes does not count as unread, nor does what was deleted.
  const isCounted = message.kind !== 'notice' && !message.deleted;
  const news = message.seq - known.seq - (isCounted ? 0 : 1);
  const moved = { ...known, rev, seq: message.seq, last: message, unread: known.unread + news };
  const isOwn = message.author.id === me && message.kind !== 'notice';
  return isOwn ? withRead(moved, message.seq) : moved;
}

/** withRead moves the read position forward to seq, over so many messages that counted as unread. */
export function withRead(known: Subscription, seq: number, counted = 0): Subscription {
  const readSeq = Math.max(known.membership.readSeq, seq);
  const unread = Math.max(0, Math.min(known.unread - counted, known.seq - readSeq));
  return { ...known, unread, membership: { ...known.membership, readSeq } };
}

/** withRoom takes the name and topic of a changed room; its head only moves forward. */
export function withRoom<R extends Room>(known: R, room: Room): R {
  return {
    ...known,
    ...room,
    seq: Math.max(known.seq, room.seq),
    rev: Math.max(known.rev, room.rev),
  };
}

/** nameOf is what a room is called: a conversation by the one whom it is with. */
export function nameOf(room: Room & Partial<Subscription>): string {
  return room.peer?.username ?? room.name;
}

/** byName orders rooms as people look for them. */
export function byName(a: Room, b: Room): number {
  return collator.compare(a.name, b.name) || a.id - b.id;
}

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
