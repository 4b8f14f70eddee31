import type { PeopleApi } from '../api/people';
import type { Failure } from '../model/failure';
import type { Link } from '../model/link';
import { personMatches, sortKey } from '../model/names';
import { startTimer } from '../model/timer';
import type { User } from '../model/wire';
import { appendById, Pages } from './pages.svelte';
import type { Presences } from './presence.svelte';

/** How many people are requested at a time. */
const pageSize = 50;

/** Milliseconds without a keystroke before the server is asked. */
const pause = 120;

/** The room that every member is in: its events announce new members. */
const mainRoom = 1;

/** PeopleList is the live list of all users, by username, searched and loaded page by page. */
export class PeopleList {
  readonly #presences: Presences;
  readonly #pages: Pages<User>;
  #text = '';
  #onlyOnline = false;
  #stopTimer: () => void = () => undefined;
  readonly #stopListening: (() => void)[];

  constructor(api: PeopleApi, link: Link, presences: Presences) {
    this.#presences = presences;
    this.#pages = new Pages({
      read: async (after, signal) => {
        const { users, presence, next } = await api.users.list({
          text: this.#text,
          online: this.#onlyOnline,
          after,
          limit: pageSize,
          signal,
        });
        signal.throwIfAborted();
        presences.note(
          users.map(({ id }) => id),
          presence,
        );
        return { items: users, next };
      },
      add: appendById(({ id }) => id),
    });
    this.#stopListening = [
      link.on('member:put', ({ room, member }) => {
        if (room === mainRoom) this.#pages.change((list) => this.#with(list, member.user));
      }),
      link.on('ready', () => {
        this.load();
      }),
    ];
    this.load();
  }

  get list(): readonly User[] {
    return this.#pages.list;
  }

  get isLoaded(): boolean {
    return this.#pages.isLoaded;
  }

  /** Whether there are more people to load. */
  get hasMore(): boolean {
    return this.#pages.hasMore;
  }

  get failure(): Failure | undefined {
    return this.#pages.failure;
  }

  /** ask filters the list, after a short pause. */
  ask(text: string, onlyOnline: boolean): void {
    if (text === this.#text && onlyOnline === this.#onlyOnline) return;
    this.#text = text;
    this.#onlyOnline = onlyOnline;
    this.#stopTimer();
    this.#stopTimer = startTimer(() => {
      this.load();
    }, pause);
  }

  /** load loads the first page again. */
  load(): void {
    void this.#pages.load();
  }

  /** loadMore loads the next page, unless one is being loaded. */
  loadMore(): void {
    void this.#pages.loadMore();
  }

  /** retry loads the page that failed again. */
  retry(): void {
    void this.#pages.retry();
  }

  /** show watches the presence of the people on screen. */
  show(users: readonly User[]): void {
    this.#presences.watch(
      this,
      users.map(({ id }) => id),
    );
  }

  /** close ends listening and loading. */
  close(): void {
    this.#pages.close();
    this.#stopTimer();
    for (const stop of this.#stopListening) stop();
    this.#presences.watch(this, []);
  }

  /**
   * Returns the list with a new user at the right position, if that part is loaded; or in place
   * of the guest that the user was.
   */
  #with(list: readonly User[], user: User): readonly User[] {
    if (list.some(({ id }) => id === user.id)) {
      return list.map((known) => (known.id === user.id ? user : known));
    }
    if (this.#onlyOnline || !personMatches(user, this.#text)) return list;
    const name = sortKey(user.username);
    const index = list.findIndex((other) => sortKey(other.username) > name);
    if (index < 0 && this.hasMore) return list;
    return list.toSpliced(index < 0 ? list.length : index, 0, user);
  }
}
