import { type Failure, failureFrom } from './failure';
import { Timeline } from './timeline';
import { startTimer, type Timer } from './timer';
import type { Changes, Message, Page } from './wire';

/** FeedSource is where a room's history comes from. Every call rejects with a Failure. */
export interface FeedSource {
  /** Gives the latest messages below `before`, or of all. */
  page(before?: number): Promise<Page>;
  /** Gives what has changed since rev. */
  changes(since: number): Promise<Changes>;
}

/** FeedOptions are what a RoomFeed works with. */
export interface FeedOptions {
  source: FeedSource;
  /** Called after anything has changed. */
  onChange: () => void;
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
  #catchingUp = false;
  #stopGrace: (() => void) | undefined;
  #stopRetry: (() => void) | undefined;
  #failure: Failure | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#timer = options.timer ?? startTimer;
  }

  /** Why the newest page could not be loaded; undefined if it could, or may still. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Whether an older page is on its way. */
  get isLoadingOlder(): boolean {
    return this.#loadingOlder !== undefined;
  }

  /** load brings the newest page, unless it is there or on its way. It never rejects. */
  load(): Promise<void> {
    if (this.timeline.isLoaded) return Promise.resolve();
    this.#loading ??= this.#loadNewest().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** loadOlder brings the page before the first message. It never rejects; ask again after a failure. */
  loadOlder(): Promise<void> {
    if (!this.timeline.moreBefore) return Promise.resolve();
    this.#loadingOlder ??= this.#loadOlderPage().finally(() => {
      this.#loadingOlder = undefined;
      this.#options.onChange();
    });
    return this.#loadingOlder;
  }

  /** put applies a live change. */
  put(message: Message): void {
    this.timeline.put(message);
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

  async #loadNewest(): Promise<void> {
    this.#failure = undefined;
    try {
      this.timeline.loadNewest(await this.#options.source.page());
    } catch (thrown) {
      this.#failure = failureFrom(thrown);
    }
    this.#options.onChange();
    void this.#catchUp();
  }

  async #loadOlderPage(): Promise<void> {
    const { epoch, messages } = this.timeline;
    try {
      const page = await this.#options.source.page(messages[0]?.seq);
      if (this.timeline.epoch === epoch) this.timeline.loadOlder(page);
    } catch {
      // The reader sees that nothing has come, and scrolling on asks again.
    }
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
        const { epoch, rev } = this.timeline;
        const changes = await this.#options.source.changes(rev as number);
        if (this.timeline.epoch !== epoch) continue;
        const next = this.timeline.catchUp(changes);
        this.#options.onChange();
        if (next === 'start-over') await this.load();
        else if (next === 'done' && this.timeline.rev === rev) break; // the head was noted wrong
      }
    } catch (thrown) {
      // Without a connection there is nothing to ask; resume comes with the next one.
      this.#askLater(failureFrom(thrown).retryAfter);
    } finally {
      this.#catchingUp = false;
    }
  }
}
