import type { PeopleApi } from '../api/people';
import { type Failure, failureFrom } from '../model/failure';
import { addRecent, parseRecent } from '../model/recent';
import { startTimer } from '../model/timer';
import type { MessageHit, MessageHits } from '../model/wire';

/** Milliseconds without a keystroke before the server is asked. */
const pause = 200;

/** How many pages without a result are asked for before the reader is asked to go on. */
const emptyPages = 5;

/** SearchStorage keeps recent searches; undefined if the browser allows none. */
type SearchStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;

/** MessageSearchOptions are the dependencies of MessageSearch. */
export interface MessageSearchOptions {
  api: PeopleApi;
  storage: SearchStorage;
  now?: () => number;
}

/**
 * MessageSearch is the search for messages: its text, its results, and whether its page is open.
 * The results stay while the reader looks at one of them in its room.
 */
export class MessageSearch {
  readonly #options: Required<MessageSearchOptions>;
  #isOpen = $state(false);
  #text = $state('');
  #room = $state<number>();
  #hits = $state.raw<readonly MessageHit[]>([]);
  #hints = $state.raw<readonly string[]>([]);
  #isIncomplete = $state(false);
  #next = $state<string>();
  #answered = $state<string>();
  #took = $state(0);
  #isSearching = $state(false);
  #failure = $state.raw<Failure>();
  #visited = $state.raw<MessageHit>();
  #recent = $state.raw<readonly string[]>([]);
  #owner = 0;
  #stop: () => void = () => undefined;

  constructor(options: MessageSearchOptions) {
    this.#options = { now: () => performance.now(), ...options };
  }

  /** Whether the page is shown. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get text(): string {
    return this.#text;
  }

  /** The only room that is searched; undefined: all rooms. */
  get room(): number | undefined {
    return this.#room;
  }

  /** The results so far, newest first. */
  get hits(): readonly MessageHit[] {
    return this.#hits;
  }

  /** Sentences about parts of the text that could not be used. */
  get hints(): readonly string[] {
    return this.#hints;
  }

  /** Whether older messages are still being indexed, so that some may be missing. */
  get isIncomplete(): boolean {
    return this.#isIncomplete;
  }

  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** The text of these results; undefined before the first answer. */
  get answered(): string | undefined {
    return this.#answered;
  }

  /** How long the first page took, in milliseconds. */
  get took(): number {
    return this.#took;
  }

  get isSearching(): boolean {
    return this.#isSearching;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** The result that was opened last, from which one can return. */
  get visited(): MessageHit | undefined {
    return this.#visited;
  }

  /** The texts searched for lately, the last one first. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /**
   * open shows the page for the signed-in user, with another text or room if there is one.
   */
  open(user: number, text?: string, room?: number): void {
    this.#owner = user;
    this.#recent = parseRecent(this.#options.storage?.getItem(this.#key));
    this.#isOpen = true;
    this.#visited = undefined;
    if (text !== undefined) this.ask(text, room, 'now');
  }

  /** close hides the page. */
  close(): void {
    this.#isOpen = false;
    this.#remember();
  }

  /** visit hides the page while the reader looks at a result in its room. */
  visit(hit: MessageHit): void {
    this.close();
    this.#visited = hit;
  }

  /** stay ends the offer to return to the results. */
  stay(): void {
    this.#visited = undefined;
  }

  /** ask searches for the text, soon or at once. It cancels the previous search. */
  ask(text: string, room: number | undefined, when: 'soon' | 'now' = 'soon'): void {
    this.#stop();
    this.#text = text;
    this.#room = room;
    if (!text.trim()) {
      this.#clearResults();
      return;
    }
    this.#isSearching = true;
    this.#start((signal) => this.#first(signal), when === 'now' ? 0 : pause);
  }

  /** more loads further results. */
  more(): void {
    if (this.#isSearching || this.#next === undefined) return;
    this.#isSearching = true;
    this.#start((signal) => this.#load(signal), 0);
  }

  /** retry repeats what has failed. */
  retry(): void {
    if (this.#answered === this.#text && this.hasMore) this.more();
    else this.ask(this.#text, this.#room, 'now');
  }

  /** forgetRecent removes the recent searches from this device. */
  forgetRecent(): void {
    this.#recent = [];
    this.#options.storage?.removeItem(this.#key);
  }

  /** clear drops the previous user's data. */
  clear(): void {
    this.#stop();
    this.#isOpen = false;
    this.#text = '';
    this.#room = this.#visited = undefined;
    this.#recent = [];
    this.#clearResults();
  }

  get #key(): string {
    return `partychat:searches:${this.#owner}`;
  }

  #remember(): void {
    const text = this.#text.trim();
    if (!text || this.#hits.length === 0) return;
    this.#recent = addRecent(this.#recent, text);
    try {
      this.#options.storage?.setItem(this.#key, JSON.stringify(this.#recent));
    } catch {
      // The storage is full: the list is only a convenience.
    }
  }

  #clearResults(): void {
    this.#hits = [];
    this.#hints = [];
    this.#next = this.#answered = this.#failure = undefined;
    this.#isSearching = this.#isIncomplete = false;
  }

  #start(run: (signal: AbortSignal) => Promise<void>, delay: number): void {
    const abort = new AbortController();
    const stopTimer = startTimer(() => void this.#run(run, abort.signal), delay);
    this.#stop = () => {
      stopTimer();
      abort.abort();
    };
  }

  async #run(run: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await run(signal);
      if (!signal.aborted) this.#failure = undefined;
    } catch (thrown) {
      if (!signal.aborted) this.#failure = failureFrom(thrown);
    }
    if (!signal.aborted) this.#isSearching = false;
  }

  async #first(signal: AbortSignal): Promise<void> {
    const text = this.#text;
    const began = this.#options.now();
    this.#next = undefined;
    try {
      const found = await this.#page(signal);
      if (signal.aborted) return;
      this.#took = this.#options.now() - began;
      this.#hits = [];
      this.#take(found);
    } catch (thrown) {
      if (!signal.aborted) this.#hits = [];
      throw thrown;
    } finally {
      if (!signal.aborted) this.#answered = text;
    }
    if (this.#hits.length === 0) await this.#load(signal);
  }

  /** Loads pages until there is a result: a page may have none and still not be the last. */
  async #load(signal: AbortSignal): Promise<void> {
    const before = this.#hits.length;
    for (let pages = 0; pages < emptyPages && this.#next !== undefined; pages++) {
      const found = await this.#page(signal);
      if (signal.aborted) return;
      this.#take(found);
      if (this.#hits.length > before) return;
    }
  }

  #page(signal: AbortSignal): Promise<MessageHits> {
    return this.#options.api.messages.search({
      text: this.#text,
      room: this.#room,
      after: this.#next,
      signal,
    });
  }

  #take({ hits, next, hints, incomplete }: MessageHits): void {
    this.#hits = [...this.#hits, ...hits];
    this.#next = next;
    this.#hints = hints ?? [];
    this.#isIncomplete = incomplete ?? false;
  }
}
