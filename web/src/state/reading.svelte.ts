import { untrack } from 'svelte';
import { countsAsNews } from '../model/rows';
import type { OpenRoom } from './openroom.svelte';
import type { Rooms } from './rooms.svelte';

/**
 * Reading tracks what the reader has seen of the open room: it moves the read position past
 * messages that were on screen, positions the line "new", and counts what arrives unseen. Create
 * it while a component is set up; it ends with the component.
 */
export class Reading {
  readonly #open: OpenRoom;
  readonly #rooms: Rooms;
  readonly #me: number;
  #isDeciding = false;
  #isDecided = $state(false);
  #newAfter = $state<number>();
  /** The last mark that has moved the line; undefined until the reader has begun. */
  #mark: number | undefined;
  /** Whether messages were marked as unread: they stay so until the reader says otherwise. */
  #isHeld = false;
  /** How many messages after the line have been read. */
  #passed = $state(0);
  #isLooking = $state(false);
  #isFollowing = $state(true);
  /** The newest message when the reader was last at the bottom. */
  #seen = $state(0);

  constructor(open: OpenRoom, rooms: Rooms, me: number) {
    this.#open = open;
    this.#rooms = rooms;
    this.#me = me;
    // Before rendering: messages that are read as they arrive are never shown as unread.
    $effect.pre(() => {
      this.#decide();
      this.#followMark();
      this.#keepUp();
    });
  }

  /** Whether the position of the line, if any, is known, and the messages there are loaded. */
  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** Everything after this seq is new; undefined without a line. */
  get newAfter(): number | undefined {
    return this.#newAfter;
  }

  /** How many messages are new, including those already read; 0 when nothing is left to read. */
  get news(): number {
    const unread = this.#open.subscription?.unread ?? 0;
    return unread > 0 && this.#newAfter !== undefined ? unread + this.#passed : 0;
  }

  /** Whether the reader is at the bottom. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** How many of others' messages have arrived since the reader left the bottom. */
  get arrived(): number {
    if (this.#isFollowing) return 0;
    const { messages, isKept, moreAfter } = this.#open.timeline;
    if (isKept || moreAfter) return this.#open.subscription?.unread ?? 0;
    let count = 0;
    for (let i = messages.length - 1; i >= 0; i -= 1) {
      const message = messages[i];
      if (!message || message.seq <= this.#seen) break;
      if (message.author.id !== this.#me) count += 1;
    }
    return count;
  }

  /** look records whether the page is visible. */
  look(isLooking: boolean): void {
    this.#isLooking = isLooking;
  }

  /** follow records whether the reader is at the bottom. */
  follow(isFollowing: boolean): void {
    this.#isFollowing = isFollowing;
  }

  /**
   * see records that the messages from the first to the last seq are on screen. They count as
   * read, unless earlier ones have not been on screen.
   */
  see(first: number, last: number): void {
    const { subscription, timeline, id } = this.#open;
    if (!this.#isLooking || !subscription || this.#isHeld) return;
    const { readSeq } = subscription.membership;
    if (last <= readSeq) return;
    const { messages, moreBefore } = timeline;
    if (moreBefore && (messages[0]?.seq ?? 0) > readSeq + 1) return;
    let counted = 0;
    for (let i = messages.length - 1; i >= 0; i -= 1) {
      const message = messages[i];
      if (!message || message.seq <= readSeq) break;
      if (message.seq > last || !countsAsNews(message)) continue;
      if (message.seq < first) return;
      counted += 1;
    }
    this.#passed += counted;
    this.#rooms.markRead(id, last, counted);
  }

  /** readAll marks everything as read at the reader's request, and removes the line. */
  readAll(): void {
    const { subscription, id } = this.#open;
    if (subscription) this.#rooms.markRead(id, subscription.seq, subscription.unread);
    this.clearLine();
  }

  /** clearLine removes the line, because the reader has caught up. */
  clearLine(): void {
    this.#isHeld = false;
    this.#setLine(undefined);
  }

  /** Initially the line is where the reader had stopped. */
  #decide(): void {
    if (this.#isDeciding || !this.#open.room) return;
    this.#isDeciding = true;
    const { subscription, timeline } = this.#open;
    this.#mark = subscription?.membership.marked ?? 0;
    if (subscription && subscription.unread > 0) {
      this.#setLine(subscription.membership.readSeq);
      this.#seen = subscription.membership.readSeq;
      // Nothing counts as seen until the feed reports its position.
      this.#isFollowing = false;
    }
    const line = untrack(() => this.#newAfter);
    void untrack(() => timeline.open(line)).then(() => (this.#isDecided = true));
  }

  /** Shows the line where messages were marked as unread, here or on another device. */
  #followMark(): void {
    const { marked = 0, readSeq = 0 } = this.#open.subscription?.membership ?? {};
    if (this.#mark === undefined || marked <= this.#mark) return;
    this.#mark = marked;
    this.#isHeld = true;
    this.#setLine(readSeq);
  }

  #keepUp(): void {
    const { timeline, subscription } = this.#open;
    const head = timeline.messages.at(-1)?.seq ?? 0;
    if (this.#isFollowing) this.#seen = head;
    if (!this.#isDecided || !subscription || head === 0) return;
    // A message that arrives now will be on screen in a moment.
    if (this.#isFollowing && this.#isLooking && timeline.isWhole) return;
    const { readSeq } = subscription.membership;
    if (head <= readSeq) return;
    // A line that the reader may be looking at stays in place.
    if (this.#newAfter === undefined || (this.#isFollowing && this.#newAfter < readSeq)) {
      this.#setLine(readSeq);
    }
  }

  #setLine(after: number | undefined): void {
    this.#newAfter = after;
    this.#passed = 0;
  }
}
