import { type Failure, failureFrom } from './failure';
import { isInThreadOnly } from './threads';
import { Timeline } from './timeline';
import { startTimer, type Timer } from './timer';
import type { Changes, Message, Page } from './wire';

/** FeedSource provides a room's history. Every call rejects with a Failure. */
export interface FeedSource {
  /** Returns the latest messages below `before`, or the latest of all. */
  page(before?: number): Promise<Page>;
  /** Returns the first messages above `after`. */
  pageAfter(after: number): Promise<Page>;
  /** Returns what has changed since rev. */
  changes(since: number): Promise<Changes>;
}

/** FeedOptions are the dependencies of a RoomFeed. */
export interface FeedOptions {
  source: FeedSource;
  /** Called after any change. */
  onChange: () => void;
  /** Called with new messages, in the order of seq. */
  onArrive?: (messages: readonly Message[]) => void;
  timer?: Timer;
}

/** Milliseconds: a hole may close by itself, if an acknowledgement has overtaken an event. */
const holeGrace = 80;

/**
 * RoomFeed keeps one timeline complete: it loads pages, and requests what is missing when there
 * is a hole or the head is ahead.
 */
export class RoomFeed {
  readonly timeline = new Timeline();
  readonly #options: FeedOptions;
  readonly #timer: Timer;
  #loading: Promise<void> | undefined;
  #loadingOlder: Promise<void> | undefined;
  #loadingNewer: Promise<void> | undefined;
  /**
   * The seq after which the reader begins, until that is loaded; undefined for the newest page.
   */
  #start: number | undefined;
  #catchingUp = false;
  #stopGrace: (() => void) | undefined;
  #stopRetry: (() => void) | undefined;
  #failure: Failure | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#timer = options.timer ?? startTimer;
  }

  /** Why nothing could be loaded; undefined if something was, or may still be. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Whether an older page is being loaded. */
  get isLoadingOlder(): boolean {
    return this.#loadingOlder !== undefined;
  }

  /** Whether a newer page is being loaded. */
  get isLoadingNewer(): boolean {
    return this.#loadingNewer !== undefined;
  }

  /** load loads the first page, unless something is loaded or being loaded. It never rejects. */
  load(): Promise<void> {
    if (this.timeline.isLoaded) return Promise.resolve();
    this.#loading ??= this.#loadFirst().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /**
   * open loads the message after seq with those around it or, without seq, the newest page. If
   * that fails, the existing messages stay. It never rejects.
   */
  async open(seq?: number): Promise<void> {
    this.#start = seq;
    await this.#loading;
    const { timeline } = this;
    if (timeline.isLoaded && (seq === undefined ? !timeline.moreAfter : timeline.covers(seq)))
      return;
    this.#loading ??= this.#loadFirst().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  /**
   * loadOlder loads the page before the first message. It never rejects; call it again after a
   * failure.
   */
  loadOlder(): Promise<void> {
    if (!this.timeline.moreBefore) return Promise.resolve();
    this.#loadingOlder ??= this.#loadMore('loadOlder').finally(() => {
      this.#loadingOlder = undefined;
      this.#options.onChange();
    });
    return this.#loadingOlder;
  }

  /**
   * loadNewer loads the page after the last message. It never rejects; call it again after a
   * failure.
   */
  loadNewer(): Promise<void> {
    if (!this.timeline.moreAfter) return Promise.resolve();
    this.#loadingNewer ??= this.#loadMore('loadNewer').finally(() => {
      this.#loadingNewer = undefined;
      this.#options.onChange();
    });
    return this.#loadingNewer;
  }

  /** put applies a live change. */
  put(message: Message): void {
    const { latest } = this.timeline;
    this.timeline.put(message);
    this.#options.onChange();
    this.#tell([message], latest);
    this.#watchHole();
  }

  /** note applies the rev of a live change of the room other than a message. */
  note(rev: number): void {
    this.timeline.note(rev);
    this.#options.onChange();
    this.#watchHole();
  }

  /** noteHead records the room's rev, and catches up if it is ahead. */
  noteHead(rev: number): void {
    this.timeline.noteHead(rev);
    void this.#catchUp();
  }

  /** resume retries what failed without a connection. */
  resume(): void {
    if (this.#failure && this.#failure.code !== 'not_found') void this.load();
    void this.#catchUp();
  }

  /** close cancels pending work. */
  close(): void {
    this.#stopGrace?.();
    this.#stopGrace = undefined;
    this.#stopRetry?.();
    this.#stopRetry = undefined;
  }

  async #loadFirst(): Promise<void> {
    const { timeline } = this;
    const seq = this.#start;
    this.#failure = undefined;
    timeline.expectPage();
    try {
      if (seq === undefined) timeline.loadNewest(await this.#options.source.page());
      else timeline.loadAround(...(await this.#around(seq)));
    } catch (thrown) {
      if (!timeline.isLoaded) this.#failure = failureFrom(thrown);
    }
    timeline.endPage();
    this.#options.onChange();
    void this.#catchUp();
  }

  #around(seq: number): Promise<[before: Page, after: Page]> {
    const { source } = this.#options;
    return Promise.all([source.page(seq + 1), source.pageAfter(seq)]);
  }

  async #loadMore(where: 'loadOlder' | 'loadNewer'): Promise<void> {
    const { timeline } = this;
    const { source } = this.#options;
    const { epoch, messages } = timeline;
    timeline.expectPage();
    try {
      const page = await (where === 'loadOlder'
        ? source.page(messages[0]?.seq)
        : source.pageAfter(messages.at(-1)?.seq ?? 0));
      if (timeline.epoch === epoch) timeline[where](page);
    } catch {
      // The reader sees that nothing was loaded, and further scrolling tries again.
    }
    timeline.endPage();
  }

  /** Reports messages newer than the latest one known before. */
  #tell(messages: readonly Message[], latest: number): void {
    // Changes arrive in the order of rev.
    const arrived = messages
      .filter((it) => it.seq > latest && !it.deleted && !isInThreadOnly(it))
      .sort((a, b) => a.seq - b.seq);
    if (this.timeline.isLoaded && arrived.length > 0) this.#options.onArrive?.(arrived);
  }

  /** Retries when the server, which has refused for now, allows it. */
  #askLater(seconds: number | undefined): void {
    if (seconds === undefined || this.#stopRetry) return;
    this.#stopRetry = this.#timer(() => {
      this.#stopRetry = undefined;
      void this.#catchUp();
    }, seconds * 1_000);
  }

  #watchHole(): void {
    if (!this.timeline.isBehind || this.#stopGrace) return;
    this.#stopGrace = this.#timer(() => {
      this.#stopGrace = undefined;
      void this.#catchUp();
    }, holeGrace);
  }

  async #catchUp(): Promise<void> {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      while (this.timeline.isBehind) {
        const { epoch, rev, latest } = this.timeline;
        const changes = await this.#options.source.changes(rev as number);
        if (this.timeline.epoch !== epoch) continue;
        const next = this.timeline.catchUp(changes);
        this.#options.onChange();
        if (next === 'start-over') {
          this.#start = undefined;
          await this.load();
          this.#tell(this.timeline.messages, latest);
          continue;
        }
        this.#tell(changes.messages, latest);
        if (next === 'done' && this.timeline.rev === rev) break; // the head was noted wrong
      }
    } catch (thrown) {
      // Without a connection, wait for resume at the next one.
      this.#askLater(failureFrom(thrown).retryAfter);
    } finally {
      this.#catchingUp = false;
    }
  }
}
