import type { PeopleApi } from '../api/people';
import { type Failure, failureFrom } from '../model/failure';
import type { Link } from '../model/link';
import { nameMatches, sortKey } from '../model/names';
import { startTimer } from '../model/timer';
import type { User } from '../model/wire';
import type { Presences } from './presence.svelte';

/** How many people are asked for at a time. */
const pageSize = 50;

/** Milliseconds without a keystroke after which the server is asked. */
const pause = 120;

/** The room that every member is in from the start: by it one hears of new ones. */
const mainRoom = 1;

/** PeopleList is the live list of all users, by username, searched and loaded page by page. */
export class PeopleList {
  readonly #api: PeopleApi;
  readonly #presences: Presences;
  #list = $state.raw<readonly User[]>([]);
  #next = $state<string>();
  #isLoaded = $state(false);
  #isLoading = $state(false);
  #failure = $state.raw<Failure>();
  #text = '';
  #onlyOnline = false;
  #abort = new AbortController();
  #stopTimer: () => void = () => undefined;
  readonly #stopListening: (() => void)[];

  constructor(api: PeopleApi, link: Link, presences: Presences) {
    this.#api = api;
    this.#presences = presences;
    this.#stopListening = [
      link.on('member:put', ({ room, member }) => {
        if (room === mainRoom) this.#put(member.user);
      }),
      link.on('ready', () => {
        this.load();
      }),
    ];
    this.load();
  }

  get list(): readonly User[] {
    return this.#list;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether there are people that have not been loaded. */
  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** ask narrows the list, in a moment. */
  ask(text: string, onlyOnline: boolean): void {
    if (text === this.#text && onlyOnline === this.#onlyOnline) return;
    this.#text = text;
    this.#onlyOnline = onlyOnline;
    this.#stopTimer();
    this.#stopTimer = startTimer(() => {
      this.load();
    }, pause);
  }

  /** load brings the first page anew. */
  load(): void {
    void this.#page(undefined);
  }

  /** loadMore brings the next page, unless one is on its way. */
  loadMore(): void {
    if (this.#next !== undefined && !this.#isLoading) void this.#page(this.#next);
  }

  /** show asks for news of those who can be seen. */
  show(users: readonly User[]): void {
    this.#presences.watch(
      this,
      users.map(({ id }) => id),
    );
  }

  /** close ends listening and loading. */
  close(): void {
    this.#abort.abort();
    this.#stopTimer();
    for (const stop of this.#stopListening) stop();
    this.#presences.watch(this, []);
  }

  async #page(after: string | undefined): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#isLoading = true;
    try {
      const { users, presence, next } = await this.#api.users.list({
        text: this.#text,
        online: this.#onlyOnline,
        after,
        limit: pageSize,
        signal,
      });
      if (signal.aborted) return;
      this.#presences.note(
        users.map(({ id }) => id),
        presence,
      );
      this.#list = after === undefined ? users : [...this.#list, ...users];
      this.#next = next;
      this.#isLoaded = true;
      this.#failure = undefined;
    } catch (thrown) {
      if (signal.aborted) return;
      this.#failure = failureFrom(thrown);
    }
    this.#isLoading = false;
  }

  /** Puts someone new where the name belongs, if that part of the list is here; a guest may have become a member. */
  #put(user: User): void {
    if (this.#list.some(({ id }) => id === user.id)) {
      this.#list = this.#list.map((known) => (known.id === user.id ? user : known));
      return;
    }
    if (this.#onlyOnline || !nameMatches(user.username, this.#text)) return;
    if (!this.#isLoaded) return;
    const name = sortKey(user.username);
    const index = this.#list.findIndex((other) => sortKey(other.username) > name);
    if (index < 0 && this.hasMore) return;
    this.#list = this.#list.toSpliced(index < 0 ? this.#list.length : index, 0, user);
  }
}
