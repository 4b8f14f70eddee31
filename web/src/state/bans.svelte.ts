import type { BansApi } from '../api/people';
import type { Failure } from '../model/failure';
import type { Link } from '../model/link';
import type { Ban } from '../model/wire';
import { appendById, Pages } from './pages.svelte';

/**
 * BanList is the list of people banned from a room or from the server, by username, loaded page
 * by page. It follows the room's stream, which announces new bans but not lifted ones.
 */
export class BanList {
  readonly #api: BansApi;
  readonly #pages: Pages<Ban>;
  readonly #stopListening: (() => void)[];

  /** Without a room, the bans are from the server. */
  constructor(api: BansApi, link: Link, room?: number) {
    this.#api = api;
    this.#pages = new Pages({
      read: async (after, signal) => {
        const { bans, next } = await api.list({ after, signal });
        return { items: bans, next };
      },
      add: appendById(({ user }) => user.id),
    });
    this.#stopListening = [
      link.on('member:gone', (gone) => {
        if (gone.room === room && gone.reason === 'banned') void this.#pages.load();
      }),
      link.on('ready', () => void this.#pages.load()),
    ];
    void this.#pages.load();
  }

  get list(): readonly Ban[] {
    return this.#pages.list;
  }

  get isLoaded(): boolean {
    return this.#pages.isLoaded;
  }

  /** Whether a page is being loaded. */
  get isLoading(): boolean {
    return this.#pages.isLoading;
  }

  /** Whether there are more bans to load. */
  get hasMore(): boolean {
    return this.#pages.hasMore;
  }

  /** Why the last page could not be loaded. */
  get failure(): Failure | undefined {
    return this.#pages.failure;
  }

  /** loadMore loads the next page. It never rejects. */
  loadMore(): Promise<void> {
    return this.#pages.loadMore();
  }

  /** retry loads the page that failed again. It never rejects. */
  retry(): Promise<void> {
    return this.#pages.retry();
  }

  /** lift lifts a ban, or rejects with a Failure. */
  async lift(user: number): Promise<void> {
    await this.#api.lift(user);
    this.#pages.change((list) => list.filter((ban) => ban.user.id !== user));
  }

  /** close ends loading. */
  close(): void {
    this.#pages.close();
    for (const stop of this.#stopListening) stop();
  }
}
