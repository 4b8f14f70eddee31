import type { BansApi } from '../api/people';
import { type Failure, failureFrom } from '../model/failure';
import type { Ban } from '../model/wire';

/** BanList is who is banned, from a room or from the server, by username, loaded page by page. */
export class BanList {
  readonly #api: BansApi;
  readonly #abort = new AbortController();
  #list = $state.raw<readonly Ban[]>([]);
  #next = $state<string>();
  #isLoaded = $state(false);
  #failure = $state.raw<Failure>();

  constructor(api: BansApi) {
    this.#api = api;
    void this.load();
  }

  get list(): readonly Ban[] {
    return this.#list;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether there are bans that have not been loaded. */
  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** Why the last page could not be loaded, if so. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** load brings the first page, or the next one. It never rejects. */
  async load(): Promise<void> {
    const { signal } = this.#abort;
    this.#failure = undefined;
    try {
      const { bans, next } = await this.#api.list({ after: this.#next, signal });
      const known = new Set(bans.map(({ user }) => user.id));
      this.#list = [...this.#list.filter(({ user }) => !known.has(user.id)), ...bans];
      this.#next = next;
      this.#isLoaded = true;
    } catch (thrown) {
      if (!signal.aborted) this.#failure = failureFrom(thrown);
    }
  }

  /** lift lets somebody in again, or rejects with a Failure. */
  async lift(user: number): Promise<void> {
    await this.#api.lift(user);
    this.#list = this.#list.filter((ban) => ban.user.id !== user);
  }

  /** close ends loading. */
  close(): void {
    this.#abort.abort();
  }
}
