import type { OutboxEntry } from './outbox';
import { mentions } from './mentions';
import { isNotice, isWelcome, noticeWords } from './notices';
import { startOfDay } from './time';
import type { Author, File, Location, Mention, Message, MessageKind } from './wire';

/** Messages of one author within this many milliseconds form a group. */
const groupSpan = 5 * 60_000;

/** Row is one message in the feed, with what is shown above it. */
export interface Row {
  /** Stays the same when a pending message becomes a stored one. */
  readonly key: string;
  readonly author: Author;
  readonly body: string;
  readonly kind: MessageKind;
  /** When it was written, in milliseconds. */
  readonly at: number;
  /** The message's seq; undefined while it is not stored. */
  readonly seq: number | undefined;
  readonly clientId: string;
  readonly isOwn: boolean;
  readonly delivery: 'sent' | 'sending' | 'failed';
  /** Why it failed. */
  readonly reason: string | undefined;
  readonly isEdited: boolean;
  /** Whether it was deleted: there is nothing to read. */
  readonly isDeleted: boolean;
  /** The text of one or several notices. */
  readonly notice: string | undefined;
  /** The shared location, if it is one. */
  readonly location: Location | undefined;
  /** Whom the text mentions, by name; whether it mentions everyone; and whether it mentions me. */
  readonly mentions: readonly Mention[] | undefined;
  readonly mentionsRoom: boolean | undefined;
  readonly isForMe: boolean;
  /** The files in it, if there are any. */
  readonly files: readonly File[] | undefined;
  /** The local midnight of the day that begins with this row, in milliseconds. */
  readonly day: number | undefined;
  /** Whether the first new message is here. */
  readonly isFirstNew: boolean;
  /** What it was built from. */
  readonly source: Source;
  /** Whether a group begins or ends here. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** RowsInput is what rows are built from. */
export interface RowsInput {
  messages: readonly Message[];
  pending: readonly OutboxEntry[];
  /** Whether there are older messages than the first. */
  moreBefore: boolean;
  /** Everything after this seq is new; undefined for no line. */
  newAfter: number | undefined;
}

/** A stored message or a pending one. Both are immutable: another state is another object. */
export type Source = Message | OutboxEntry;

/** Made is a row with everything that it was built from. */
interface Made {
  readonly row: Row;
  readonly before: Source | undefined;
  readonly after: Source | undefined;
  readonly firstNew: Source | undefined;
}

/**
 * RowBuilder turns messages into rows. A row depends on its message and both neighbours; while
 * these are unchanged, it stays the same object. So a new message is cheap however many there
 * are, and other rows are not rendered again. Days are those of the time zone at the builder's
 * creation.
 */
export class RowBuilder {
  readonly #me: Author;
  readonly #made = new WeakMap<Source, Made>();
  readonly #clocks = new WeakMap<Source, Clock>();

  /** `me` is the reader. */
  constructor(me: Author) {
    this.#me = me;
  }

  /**
   * build returns the rows. If there are older messages, it omits the first one: its look depends
   * on the message before it, and a row on screen must not change its height when that one
   * arrives.
   */
  build({ messages, pending, moreBefore, newAfter }: RowsInput): readonly Row[] {
    const sources = [...messages, ...this.#unstored(messages, pending)];
    const firstNew = this.#firstNew(sources, newAfter);
    const rows: Row[] = [];
    let begin = moreBefore ? 1 : 0;
    for (let i = begin; i < sources.length; i += 1) {
      const source = sources[i] as Source;
      // Consecutive notices form one line, which has the last one's key, so that older ones join
      // it in place.
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

  /** The first message by others that the reader has not seen. Notices do not count. */
  #firstNew(sources: readonly Source[], newAfter: number | undefined): Source | undefined {
    if (newAfter === undefined) return undefined;
    const first = sources.find(
      (source) => (seqOf(source) ?? 0) > newAfter && isStored(source) && countsAsNews(source),
    );
    return first && this.#author(first).id !== this.#me.id ? first : undefined;
  }

  /** Omits entries whose event has arrived before the acknowledgement. */
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
      source,
      mentions: isStored(source) ? source.mentions : undefined,
      mentionsRoom: isStored(source) && source.mentionsRoom,
      isForMe: isStored(source) && mentions(source, this.#me.id),
      files: source.files,
      isFirstNew: source === firstNew,
      isFirst: this.#beginsGroup(source, before, firstNew),
      isLast: after === undefined || this.#beginsGroup(after, source, firstNew),
    };
  }

  /** Parsing a time and finding its midnight is slow enough to cache. */
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

/** countsAsNews reports whether a message counts as new: notices and deleted messages do not. */
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
