import { type Failure, failureFrom } from './failure';
import { Timeline } from './timeline';
import { startTimer, type Timer } from './timer';
import type { Changes, Message, Page } from './wire';

/** FeedSource is where a room's history comes from. Every call rejects with a Failure. */
export interface FeedSource {
  /** Gives the latest messages below `before`, or of all. */
  page(before?: number): Promise<Page>;
  /** Gives the first messages above `after`. */
  pageAfter(after: number): Promise<Page>;
  /** Gives what has changed since rev. */
  changes(since: number): Promise<Changes>;
}

/** FeedOptions are what a RoomFeed works with. */
export interface FeedOptions {
  source: FeedSource;
  /** Called after anything has changed. */
  onChange: () => void;
  /** Called with messages that have just been written, in the order of seq. */
  onArrive?: (messages: readonly Message[]) => void;
  timer?: Timer;
}

/** Milliseconds: a hole may close by itself, when an acknowledgement has overtaken an event. */
const holeGrace = 80;

/**
 * RoomFeed keeps one timeline complete: loads its pages, and asks for what is
 * missing when there is a hole or the head is further ahead.
 */
export class RoomFeed {
  readonly timeline = new Timeline();
  readonly #options: FeedOptions;
  readonly #timer: Timer;
  #loading: Promise<void> | undefined;
  #loadingOlder: Promise<void> | undefined;
  #loadingNewer: Promise<void> | undefined;
  /** The seq after which the reader begins, while that has not been loaded; undefined for the newest page. */
  #start: number | undefined;
  #catchingUp = false;
  #stopGrace: (() => void) | undefined;
  #stopRetry: (() => void) | undefined;
  #failure: Failure | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#timer = options.timer ?? startTimer;
  }

  /** Why nothing could be loaded; undefined if it could, or may still. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Whether an older page is on its way. */
  get isLoadingOlder(): boolean {
    return this.#loadingOlder !== undefined;
  }

  /** Whether a newer page is on its way. */
  get isLoadingNewer(): boolean {
    return this.#loadingNewer !== undefined;
  }

  /** load brings what the reader begins with, unless something is there or on its way. It never rejects. */
  load(): Promise<void> {
    if (this.timeline.isLoaded) return Promise.resolve();
    this.#loading ??= this.#loadFirst().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /**
   * open brings the message after seq with those around it or, without seq, the
   * newest page. What is there stays if that fails. It never rejects.
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

  /** loadOlder brings the page before the first message. It never rejects; ask again after a failure. */
  loadOlder(): Promise<void> {
    if (!this.timeline.moreBefore) return Promise.resolve();
    this.#loadingOlder ??= this.#loadMore('loadOlder').finally(() => {
      this.#loadingOlder = undefined;
      this.#options.onChange();
    });
    return this.#loadingOlder;
  }

  /** loadNewer brings the page after the last message. It never rejects; ask again after a failure. */
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

  /** note takes notice of a live change of the room that is none of a message. */
  note(rev: number): void {
    this.timeline.note(rev);
    this.#options.onChange();
    this.#watchHole();
  }

  /** noteHead takes notice of the room's rev, and catches up if it is ahead. */
  noteHead(rev: number): void {
    this.timeline.noteHead(rev);
    void this.#catchUp();
  }

  /** resume takes up what had failed for want of a connection. */
  resume(): void {
    if (this.#failure && this.#failure.code !== 'not_found') void this.load();
    void this.#catchUp();
  }

  /** close ends what is still to happen. */
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
      // The reader sees that nothing has come, and scrolling on asks again.
    }
    timeline.endPage();
  }

  /** Tells of those that are newer than the latest message known before. */
  #tell(messages: readonly Message[], latest: number): void {
    // What has changed comes in the order of rev.
    const arrived = messages
      .filter(({ seq, deleted }) => seq > latest && !deleted)
      .sort((a, b) => a.seq - b.seq);
    if (this.timeline.isLoaded && arrived.length > 0) this.#options.onArrive?.(arrived);
  }

  /** Asks again when the server, which has refused for now, says so. */
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
      // Without a connection there is nothing to ask; resume comes with the next one.
      this.#askLater(failureFrom(thrown).retryAfter);
    } finally {
      this.#catchingUp = false;
    }
  }
}
