import type { MarksApi } from '../api/marks';
import type { Link } from '../model/link';
import type { Timer } from '../model/timer';
import type { Changes, Message } from '../model/wire';
import type { Rooms } from './rooms.svelte';
import type { Timelines } from './timelines.svelte';
import type { Toasts } from './toasts.svelte';
import { Wishes } from './wishes.svelte';

/** A message that I want to mark or, if `on` is false, do not want marked any more. */
export interface MarkWish {
  readonly user: number;
  readonly what: 'pin' | 'bookmark';
  readonly room: number;
  readonly seq: number;
  readonly on: boolean;
}

/** MarksOptions are the dependencies of Marks. */
export interface MarksOptions {
  api: MarksApi;
  link: Link;
  rooms: Rooms;
  timelines: Timelines;
  toasts: Toasts;
  /** The id of the signed-in user. */
  me: () => number | undefined;
  tabStorage?: Storage | undefined;
  timer?: Timer;
}

/** A change of what is marked: of one message, or of anything. */
export type MarkNews =
  | { readonly what: 'pin'; readonly message: Message }
  | { readonly what: 'bookmark'; readonly room: number; readonly seq: number; readonly on: boolean }
  | { readonly what: 'anything' };

/**
 * Marks are pins of rooms, and my bookmarks. Mine are shown at once, and repeated until the server
 * has acknowledged them.
 */
export class Marks {
  readonly api: MarksApi;
  readonly #wishes: Wishes<MarkWish>;
  readonly #me: MarksOptions['me'];
  readonly #listeners = new Set<(news: MarkNews) => void>();
  /** The seqs of my bookmarks, of the rooms that they were asked for. */
  #bookmarks = $state.raw<ReadonlyMap<number, ReadonlySet<number>>>(new Map());
  #asked = new Set<number>();

  constructor(options: MarksOptions) {
    const { api, link, me, timelines } = options;
    this.api = api;
    this.#me = me;
    this.#wishes = new Wishes<MarkWish>({
      ...options,
      key: 'partychat:marks',
      isSame: (a, b) =>
        a.user === b.user && a.what === b.what && a.room === b.room && a.seq === b.seq,
      send: async ({ what, room, seq, on }) => {
        const { rev } = await link.command(`message:${what}`, { room, seq, on });
        if (what === 'pin') timelines.find(room)?.noteHead(rev);
        else this.#note(room, seq, on);
      },
    });
    link.on('bookmark:put', ({ room, seq, on }) => {
      this.#note(room, seq, on);
    });
    link.on('message:put', ({ message }) => {
      this.#tell({ what: 'pin', message });
    });
    link.on('ready', () => {
      this.#forget();
      this.#tell({ what: 'anything' });
    });
  }

  /** isPinned reports whether a message is pinned, as far as I am concerned. */
  isPinned({ room, seq, pinned }: Message): boolean {
    return this.#wish('pin', room, seq)?.on ?? pinned !== undefined;
  }

  /** isBookmarked reports whether I have bookmarked a message; undefined while it is not known. */
  isBookmarked(room: number, seq: number): boolean | undefined {
    return this.#wish('bookmark', room, seq)?.on ?? this.#bookmarks.get(room)?.has(seq);
  }

  /** load asks which messages of a room I have bookmarked, once. It never rejects. */
  async load(room: number): Promise<void> {
    if (this.#asked.has(room)) return;
    const asked = this.#asked;
    asked.add(room);
    try {
      const seqs = new Set(await this.api.bookmarkedIn(room));
      if (asked === this.#asked) this.#bookmarks = new Map(this.#bookmarks).set(room, seqs);
    } catch {
      asked.delete(room); // the next menu asks again
    }
  }

  /** mark pins or bookmarks a message, or takes that back. */
  mark(what: MarkWish['what'], room: number, seq: number, on: boolean): void {
    const user = this.#me();
    if (user !== undefined) this.#wishes.add({ user, what, room, seq, on });
  }

  /** onNews calls back with changes until the returned function is called. */
  onNews(listener: (news: MarkNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** sync applies changes of a room that were missing. */
  sync({ messages, startOver }: Changes): void {
    if (startOver) this.#tell({ what: 'anything' });
    for (const message of messages) this.#tell({ what: 'pin', message });
  }

  /** clear drops the previous user's data. */
  clear(): void {
    this.#wishes.clear();
    this.#forget();
  }

  #wish(what: MarkWish['what'], room: number, seq: number): MarkWish | undefined {
    return this.#wishes.list.find(
      (wish) =>
        wish.user === this.#me() && wish.what === what && wish.room === room && wish.seq === seq,
    );
  }

  #note(room: number, seq: number, on: boolean): void {
    const known = this.#bookmarks.get(room);
    if (known) {
      const seqs = new Set(known);
      if (on) seqs.add(seq);
      else seqs.delete(seq);
      this.#bookmarks = new Map(this.#bookmarks).set(room, seqs);
    } else {
      // An answer on its way may be older than this.
      this.#asked = new Set([...this.#asked].filter((asked) => asked !== room));
    }
    this.#tell({ what: 'bookmark', room, seq, on });
  }

  #tell(news: MarkNews): void {
    for (const listener of this.#listeners) listener(news);
  }

  /** Changes may have been missed, so what is known is asked for again when it is needed. */
  #forget(): void {
    this.#bookmarks = new Map();
    this.#asked = new Set();
  }
}
