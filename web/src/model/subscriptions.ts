import { mentions } from './mentions';
import { shownName } from './person';
import { isInThreadOnly } from './threads';
import type { Message, Room, Subscription } from './wire';

/** Listed is a room in my list. */
export interface Listed extends Subscription {
  /** Whether changes up to `rev` may be missing: then the next `ready` must include the room. */
  isUnsure?: boolean;
}

/**
 * merge combines a known and a received subscription, keeping the newer state: the room by its
 * own rev, the membership by the rev of my stream. The greater read position counts, unless one
 * of the two has a newer mark.
 */
export function merge(known: Listed | undefined, arrived: Subscription): Listed {
  if (!known) return arrived;
  const [mine, theirs] = [known.membership, arrived.membership];
  const turn = (theirs.marked ?? 0) - (mine.marked ?? 0);
  const isBehind =
    known.rev > arrived.rev ||
    (known.rev === arrived.rev && (turn ? turn < 0 : mine.readSeq > theirs.readSeq));
  const newer: Listed = isBehind ? known : arrived;
  const seq = Math.max(known.seq, arrived.seq);
  const readSeq = Math.max(turn > 0 ? 0 : mine.readSeq, turn < 0 ? 0 : theirs.readSeq);
  const unread = [
    ...(newer.mentions ?? []),
    // What was known before the mark comes from the state that has the mark.
    ...(turn > 0 && isBehind ? (arrived.mentions ?? []).filter((it) => it <= mine.readSeq) : []),
  ];
  const merged: Listed = {
    ...newer,
    seq,
    mentions: unread.filter((it) => it > readSeq),
    membership: { ...((mine.rev ?? 0) > (theirs.rev ?? 0) ? mine : theirs), readSeq },
  };
  if (newer.seq === seq && newer.membership.readSeq === readSeq) return merged;
  // If neither of two states has both parts, the count is an estimate.
  const count =
    turn > 0
      ? arrived.unread + seq - arrived.seq
      : Math.max(0, Math.min(newer.unread, seq - readSeq));
  return { ...merged, unread: count, isUnsure: true };
}

/**
 * withRev applies the revs of one or several changes of the room. If the first is not the next
 * one, changes may be missing.
 */
export function withRev(known: Listed, rev: number, first = rev): Listed {
  if (rev <= known.rev) return known;
  return { ...known, rev, ...(first > known.rev + 1 && { isUnsure: true }) };
}

/** withMessage moves the head to the message. My own messages count as read. */
export function withMessage(known: Listed, message: Message, me: number | undefined): Listed {
  if (message.rev <= known.rev) return known;
  const { seq, kind, deleted } = message;
  // Notices, deleted messages and those that only a thread shows do not count as unread.
  const isQuiet = kind === 'notice' || isInThreadOnly(message);
  let { unread } = known;
  if (seq > known.seq) unread += seq - known.seq - (isQuiet || deleted ? 1 : 0);
  else if (deleted && !isQuiet && seq > known.membership.readSeq) unread = Math.max(0, unread - 1);
  const head = seq >= known.seq ? { seq, last: message } : {};
  const moved = withRev(
    { ...known, ...head, unread, mentions: withMention(known, message, me) },
    message.rev,
  );
  return message.author.id === me && !isQuiet ? withRead(moved, seq) : moved;
}

/** Returns the unread mentions after a message has arrived, or was edited or deleted. */
function withMention({ mentions: list = [], membership }: Listed, message: Message, me?: number) {
  const { seq } = message;
  const others = list.filter((it) => it !== seq);
  return seq > membership.readSeq && mentions(message, me) ? [...others, seq] : others;
}

/**
 * withRead moves the read position forward to seq, past this many messages that counted as
 * unread.
 */
export function withRead<S extends Subscription>(known: S, seq: number, counted = 0): S {
  const readSeq = Math.max(known.membership.readSeq, seq);
  const unread = Math.max(0, Math.min(known.unread - counted, known.seq - readSeq));
  const mentions = known.mentions?.filter((it) => it > readSeq);
  return { ...known, unread, mentions, membership: { ...known.membership, readSeq } };
}

/** withRoom updates what a changed room is called, and whether it is archived. */
export function withRoom(known: Listed, { name, topic, archivedAt }: Room, rev: number): Listed {
  return rev < known.rev ? known : withRev({ ...known, name, topic, archivedAt }, rev);
}

/** nameOf returns a room's display name: for a conversation the other person's. */
export function nameOf(room: Room & Partial<Subscription>): string {
  return room.peer ? shownName(room.peer) : room.name;
}

/** byActivity orders chats by their last message, the newest first. */
export function byActivity(a: Subscription, b: Subscription): number {
  return activeAt(b) - activeAt(a) || a.id - b.id;
}

/** A chat without messages counts from the time of joining. */
function activeAt({ last, membership }: Subscription): number {
  return Date.parse(last?.createdAt ?? membership.joinedAt);
}
