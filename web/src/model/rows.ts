import type { OutboxEntry } from './outbox';
import { isNotice, isWelcome, noticeWords } from './notices';
import { startOfDay } from './time';
import type { Author, Location, Message, MessageKind } from './wire';

/** Milliseconds within which messages of one author belong together. */
const groupSpan = 5 * 60_000;

/** Row is one message in the feed, with what stands above it. */
export interface Row {
  /** Stays the same when a pending message turns into a stored one. */
  readonly key: string;
  readonly author: Author;
  readonly body: string;
  readonly kind: MessageKind;
  /** When it was written, in milliseconds. */
  readonly at: number;
  /** The place in the room; undefined while it is not stored. */
  readonly seq: number | undefined;
  readonly clientId: string;
  readonly isOwn: boolean;
  readonly delivery: 'sent' | 'sending' | 'failed';
  /** Why it failed. */
  readonly reason: string | undefined;
  readonly isEdited: boolean;
  /** Whether it was taken back: there is nothing left to read. */
  readonly isDeleted: boolean;
  /** Who has come and gone, in words, if it is one or several notices. */
  readonly notice: string | undefined;
  /** Where the author was, if that is what it says. */
  readonly location: Location | undefined;
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
  /** Whether there are older messages than the first. */
  moreBefore: boolean;
  /** Everything after this seq is new; undefined if there is to be no such line. */
  newAfter: number | undefined;
}

/** A stored message or a pending one. Neither ever changes: another state is another object. */
type Source = Message | OutboxEntry;

/** Made is a row with all that it was made from. */
interface Made {
  readonly row: Row;
  readonly before: Source | undefined;
  readonly after: Source | undefined;
  readonly firstNew: Source | undefined;
}

/**
 * RowBuilder turns messages into rows. A row depends on its message and the
 * two beside it; while these are as before, it is the same object as before.
 * So a new message costs little however many there are, and nothing of the
 * others is drawn again. Days are those of the time zone in which it was made.
 */
export class RowBuilder {
  readonly #me: Author;
  readonly #made = new WeakMap<Source, Made>();
  readonly #clocks = new WeakMap<Source, Clock>();

  /** `me` is who is reading. */
  constructor(me: Author) {
    this.#me = me;
  }

  /**
   * build gives the rows. While there are older messages, the first one is kept
   * back: how it looks depends on the one before it, and a row on screen must
   * not change its height when that one arrives.
   */
  build({ messages, pending, moreBefore, newAfter }: RowsInput): readonly Row[] {
    const sources = [...messages, ...this.#unstored(messages, pending)];
    const firstNew = this.#firstNew(sources, newAfter);
    const rows: Row[] = [];
    let begin = moreBefore ? 1 : 0;
    for (let i = begin; i < sources.length; i += 1) {
      const source = sources[i] as Source;
      // Notices in a row are one line, which has the key of the last: older ones join it in place.
      if (this.#foldsInto(source, sources[i + 1])) continue;
      const run = sources.slice(begin, i + 1);
      rows.push(this.#row(run, sources[begin - 1], sources[i + 1], firstNew));
      begin = i + 1;
    }
    return rows;
  }

  #foldsInto(source: Source, next: Source | undefined): boolean {
    return (
      isNotice(source) &&
      isNotice(next) &&
      this.#clockOf(source).day === this.#clockOf(next).day &&
      !isWelcome(source, this.#me.id) &&
      !isWelcome(next, this.#me.id)
    );
  }

  /** The first that others have written and the reader has not seen. Who comes and goes is no news. */
  #firstNew(sources: readonly Source[], newAfter: number | undefined): Source | undefined {
    if (newAfter === undefined) return undefined;
    const first = sources.find(
      (source) => (seqOf(source) ?? 0) > newAfter && isStored(source) && countsAsNews(source),
    );
    return first && this.#author(first).id !== this.#me.id ? first : undefined;
  }

  /** Leaves out what an event has brought before its acknowledgement. */
  #unstored(messages: readonly Message[], pending: readonly OutboxEntry[]): readonly OutboxEntry[] {
    if (pending.length === 0) return pending;
    const stored = new Set<string>();
    for (const message of messages) {
      if (message.author.id === this.#me.id) stored.add(message.clientId);
    }
    return pending.filter((entry) => !stored.has(entry.clientId));
  }

  #row(
    run: readonly Source[],
    before: Source | undefined,
    after: Source | undefined,
    firstNew: Source | undefined,
  ): Row {
    const source = run.at(-1) as Source;
    const made = this.#made.get(source);
    if (made && made.before === before && made.after === after && made.firstNew === firstNew) {
      return made.row;
    }
    const row = this.#make(run, source, before, after, firstNew);
    this.#made.set(source, { row, before, after, firstNew });
    return row;
  }

  #make(
    run: readonly Source[],
    source: Source,
    before: Source | undefined,
    after: Source | undefined,
    firstNew: Source | undefined,
  ): Row {
    const author = this.#author(source);
    const { at, day } = this.#clockOf(source);
    return {
      key: `${author.id}:${source.clientId}`,
      author,
      body: source.body,
      kind: source.kind ?? 'text',
      at,
      seq: seqOf(source),
      clientId: source.clientId,
      isOwn: author.id === this.#me.id,
      delivery: isStored(source) ? 'sent' : source.state,
      reason: isStored(source) ? undefined : source.reason,
      isEdited: isStored(source) && source.editedAt !== undefined,
      isDeleted: isStored(source) && source.deleted === true,
      day: before && this.#clockOf(before).day >= day ? undefined : day,
      notice: isNotice(source) ? noticeWords(run.filter(isNotice), this.#me.id) : undefined,
      location: source.location,
      isFirstNew: source === firstNew,
      isFirst: this.#beginsGroup(source, before, firstNew),
      isLast: after === undefined || this.#beginsGroup(after, source, firstNew),
    };
  }

  /** Reading a time and finding its midnight is slow enough to be done once. */
  #clockOf(source: Source): Clock {
    let clock = this.#clocks.get(source);
    if (!clock) {
      const at = Date.parse(source.createdAt);
      clock = { at, day: startOfDay(at) };
      this.#clocks.set(source, clock);
    }
    return clock;
  }

  #author(source: Source): Author {
    return isStored(source) ? source.author : this.#me;
  }

  #beginsGroup(source: Source, before: Source | undefined, firstNew: Source | undefined): boolean {
    if (!before || this.#author(before).id !== this.#author(source).id) return true;
    if (isNotice(before) || isNotice(source)) return true;
    const [now, then] = [this.#clockOf(source), this.#clockOf(before)];
    return now.day > then.day || now.at - then.at > groupSpan || source === firstNew;
  }
}

/** countsAsNews tells whether a message is there to be read: who comes and goes, and what was deleted, is not. */
export function countsAsNews(message: Message): boolean {
  return message.kind !== 'notice' && message.deleted !== true;
}

function isStored(source: Source): source is Message {
  return 'seq' in source;
}

function seqOf(source: Source): number | undefined {
  return isStored(source) ? source.seq : undefined;
}

interface Clock {
  readonly at: number;
  /** The local midnight before. */
  readonly day: number;
}
