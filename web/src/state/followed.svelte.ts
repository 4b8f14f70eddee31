import type { ThreadsApi } from '../api/threads';
import type { Link } from '../model/link';
import { startTimer, type Timer } from '../model/timer';
import type { FollowedThread, Message } from '../model/wire';
import { Pages } from './pages.svelte';
import type { Toasts } from './toasts.svelte';
import { Wishes } from './wishes.svelte';

/** Milliseconds between two reads of the list, which many replies may make necessary. */
const pause = 500;

/** Following a thread or not any more, or a read position in it, that I want. */
export interface ThreadWish {
  readonly user: number;
  readonly room: number;
  readonly root: number;
  readonly follow?: boolean;
  readonly read?: number;
}

/** FollowedOptions are the dependencies of Followed. */
export interface FollowedOptions {
  api: ThreadsApi;
  link: Link;
  toasts: Toasts;
  /** The id of the signed-in user. */
  me: () => number | undefined;
  tabStorage?: Storage | undefined;
  timer?: Timer;
}

/**
 * Followed is the list of the threads that I follow. The server counts what is unread, so the list
 * is read again after every change, though not more often than the pause allows.
 */
export class Followed {
  readonly pages: Pages<FollowedThread>;
  readonly #api: ThreadsApi;
  readonly #me: FollowedOptions['me'];
  readonly #timer: Timer;
  readonly #wishes: Wishes<ThreadWish>;
  #unread = $state(0);
  /** Whether I follow those threads for which that is known, by their keys. */
  #follows = $state.raw<ReadonlyMap<string, boolean>>(new Map());
  #isReading = false;
  #isStale = false;

  constructor(options: FollowedOptions) {
    const { api, link, me, timer = startTimer } = options;
    this.#api = api;
    this.#me = me;
    this.#timer = timer;
    this.pages = new Pages<FollowedThread>({
      read: async (after, signal) => {
        const { threads, next, unread } = await api.list(after, signal);
        this.#unread = unread;
        return { items: threads, ...(next === undefined ? {} : { next }) };
      },
      add: (list, items) => [
        ...list.filter((known) => !items.some((item) => keyOf(item) === keyOf(known))),
        ...items,
      ],
    });
    this.#wishes = new Wishes<ThreadWish>({
      ...options,
      key: 'partychat:threads',
      isSame: (a, b) =>
        a.user === b.user &&
        keyOf(a) === keyOf(b) &&
        (a.read === undefined) === (b.read === undefined),
      send: async ({ room, root, follow, read }) => {
        if (read === undefined) {
          await link.command('thread:follow', { room, root, on: follow === true });
          this.#note(room, root, follow === true);
        } else await link.command('thread:read', { room, root, seq: read });
        this.#refresh();
      },
    });
    link.on('ready', () => {
      this.#follows = new Map(); // changes may have been missed
      this.#refresh();
    });
    link.on('thread:put', ({ room, root, follows }) => {
      this.#note(room, root, follows);
      this.#refresh();
    });
    link.on('message:put', ({ message }) => {
      this.sync([message]);
    });
    this.#refresh();
  }

  /** How many of the threads that I follow have unread messages. */
  get unread(): number {
    return this.#unread;
  }

  /** isFollowing reports whether I follow a thread; undefined while it is not known. */
  isFollowing(room: number, root: number): boolean | undefined {
    const wish = this.#wishes.list.find(
      (it) =>
        it.user === this.#me() && keyOf(it) === keyOf({ room, root }) && it.read === undefined,
    );
    return wish?.follow ?? this.#follows.get(keyOf({ room, root }));
  }

  /** has reports whether I am known to follow a thread. */
  has(room: number, root: number): boolean {
    const key = keyOf({ room, root });
    return this.isFollowing(room, root) ?? this.pages.list.some((thread) => keyOf(thread) === key);
  }

  /** load asks whether I follow a thread. It never rejects. */
  async load(room: number, root: number): Promise<void> {
    try {
      const before = this.#follows;
      const { follows } = await this.#api.get(room, root);
      if (before === this.#follows) this.#note(room, root, follows);
    } catch {
      // Then the button stays away.
    }
  }

  /** follow makes me follow a thread, or stops that. */
  follow(room: number, root: number, follow: boolean): void {
    this.#wish({ room, root, follow });
  }

  /** read records that everything up to a message of a thread is read. */
  read(room: number, root: number, seq: number): void {
    const known = this.pages.list.find((thread) => keyOf(thread) === keyOf({ room, root }));
    if (known && known.readSeq < seq && known.unread > 0) this.#wish({ room, root, read: seq });
  }

  /** sync takes messages that are new or have changed. */
  sync(messages: readonly Message[]): void {
    const concerns = ({ room, seq, thread }: Message) =>
      this.pages.hasMore
        ? thread !== undefined
        : this.pages.list.some((it) => it.room === room && (it.root === thread || it.root === seq));
    if (messages.some(concerns)) this.#refresh();
  }

  /** clear drops the previous user's data. */
  clear(): void {
    this.#wishes.clear();
    this.#follows = new Map();
    this.#unread = 0;
    this.pages.change(() => []);
  }

  #wish(wish: Omit<ThreadWish, 'user'>): void {
    const user = this.#me();
    if (user !== undefined) this.#wishes.add({ user, ...wish });
  }

  #note(room: number, root: number, follows: boolean): void {
    this.#follows = new Map(this.#follows).set(keyOf({ room, root }), follows);
  }

  /** Reads the list again, now or after the present read and the pause. */
  #refresh(): void {
    if (this.#me() === undefined) return;
    if (this.#isReading) {
      this.#isStale = true;
      return;
    }
    this.#isReading = true;
    void this.pages.load().then(() => {
      this.#timer(() => {
        this.#isReading = false;
        const again = this.#isStale;
        this.#isStale = false;
        if (again) this.#refresh();
      }, pause);
    });
  }
}

function keyOf({ room, root }: { readonly room: number; readonly root: number }): string {
  return `${room}/${root}`;
}
