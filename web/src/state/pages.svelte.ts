import { type Failure, failureFrom } from '../model/failure';

/** ListPage is one page of a list; `next` continues it, if there is more. */
export interface ListPage<T> {
  items: readonly T[];
  next?: string;
}

/** PagesOptions are what Pages works with. */
export interface PagesOptions<T> {
  /** Reads the page after `after`, or the first page. It rejects with a Failure, or because `signal` aborted it. */
  read: (after: string | undefined, signal: AbortSignal) => Promise<ListPage<T>>;
  /** Adds the items of a page to the list. They replace items that the list has already. */
  add: (list: readonly T[], items: readonly T[]) => readonly T[];
}

/** Change returns the list after an event. Applied twice, it changes nothing further. */
export type Change<T> = (list: readonly T[]) => readonly T[];

/**
 * Pages is a list that is loaded page by page and changed by events. A change
 * that arrives while a page is on its way is applied to that page as well,
 * because the server may have read the page before the event.
 */
export class Pages<T> {
  readonly #options: PagesOptions<T>;
  #list = $state.raw<readonly T[]>([]);
  #next = $state<string>();
  #isLoaded = $state(false);
  #isLoading = $state(false);
  #failure = $state.raw<Failure>();
  #isClosed = false;
  /** What the last page was asked for after. */
  #after: string | undefined;
  #abort = new AbortController();
  #meanwhile: Change<T>[] = [];

  constructor(options: PagesOptions<T>) {
    this.#options = options;
  }

  get list(): readonly T[] {
    return this.#list;
  }

  /** Whether the first page has been loaded. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether a page is on its way. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** Whether there are items that have not been loaded. */
  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** Why the last page could not be loaded. It stays until a page arrives. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** change applies an event to the list. Before the first page there is nothing to change but that page. */
  change(change: Change<T>): void {
    if (this.#isLoaded) this.#list = change(this.#list);
    if (this.#isLoading) this.#meanwhile.push(change);
  }

  /** load reads the first page again and starts the list anew. It cancels a page on its way. It never rejects. */
  load(): Promise<void> {
    return this.#page(undefined);
  }

  /** loadMore reads the next page, unless there is none or a page is on its way. It never rejects. */
  async loadMore(): Promise<void> {
    if (this.#next !== undefined && !this.#isLoading) await this.#page(this.#next);
  }

  /** retry asks again for the page that could not be loaded. It never rejects. */
  async retry(): Promise<void> {
    if (this.#failure && !this.#isLoading) await this.#page(this.#after);
  }

  /** close cancels a page on its way; nothing is loaded afterwards. */
  close(): void {
    this.#isClosed = true;
    this.#abort.abort();
  }

  async #page(after: string | undefined): Promise<void> {
    if (this.#isClosed) return;
    this.#after = after;
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#isLoading = true;
    this.#meanwhile = [];
    try {
      const { items, next } = await this.#options.read(after, signal);
      if (signal.aborted) return;
      this.#take(this.#options.add(after === undefined ? [] : this.#list, items), next);
    } catch (thrown) {
      if (signal.aborted) return;
      this.#failure = failureFrom(thrown);
    }
    this.#isLoading = false;
    this.#meanwhile = [];
  }

  #take(list: readonly T[], next: string | undefined): void {
    // Changes may ask whether there is more.
    this.#next = next;
    this.#isLoaded = true;
    this.#failure = undefined;
    this.#list = this.#meanwhile.reduce((changed, change) => change(changed), list);
  }
}

/** appendById returns an `add` that puts a page at the end of the list. */
export function appendById<T>(idOf: (item: T) => number): PagesOptions<T>['add'] {
  return (list, items) => {
    const arrived = new Set(items.map(idOf));
    return [...list.filter((item) => !arrived.has(idOf(item))), ...items];
  };
}
