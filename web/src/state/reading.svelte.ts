import type { OpenRoom } from './openroom.svelte';
import type { Rooms } from './rooms.svelte';

/**
 * Reading follows what a reader has seen of the open room: moves the read
 * position, says where the line "new" stands, and counts what arrives unseen.
 * Make it while a component is set up: it lives as long as that.
 */
export class Reading {
  readonly #open: OpenRoom;
  readonly #rooms: Rooms;
  readonly #me: number;
  #isDecided = $state(false);
  #newAfter = $state<number>();
  #isLooking = $state(false);
  #isFollowing = $state(true);
  /** The newest message when the reader was last at the bottom. */
  #seen = $state(0);

  constructor(open: OpenRoom, rooms: Rooms, me: number) {
    this.#open = open;
    this.#rooms = rooms;
    this.#me = me;
    // Before anything is drawn: what is read as it arrives is never shown as unread.
    $effect.pre(() => {
      this.#decide();
      this.#keepUp();
    });
  }

  /** Whether it is known where the line stands, if anywhere. */
  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** Everything after this seq is new to the reader; undefined if there is no line. */
  get newAfter(): number | undefined {
    return this.#newAfter;
  }

  /** Whether the reader is at the bottom. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** How many messages of others have arrived since the reader left the bottom. */
  get arrived(): number {
    if (this.#isFollowing) return 0;
    const { messages, isKept } = this.#open.timeline;
    if (isKept) return this.#open.subscription?.unread ?? 0;
    let count = 0;
    for (let i = messages.length - 1; i >= 0; i -= 1) {
      const message = messages[i];
      if (!message || message.seq <= this.#seen) break;
      if (message.author.id !== this.#me) count += 1;
    }
    return count;
  }

  /** look notes whether the page is looked at. */
  look(isLooking: boolean): void {
    this.#isLooking = isLooking;
  }

  /** follow notes whether the reader is at the bottom. */
  follow(isFollowing: boolean): void {
    this.#isFollowing = isFollowing;
  }

  /** clearLine takes the line away, because the reader has caught up. */
  clearLine(): void {
    this.#newAfter = undefined;
  }

  /** Where the line stands at first is where the reader had stopped. */
  #decide(): void {
    if (this.#isDecided || !this.#open.room) return;
    const { subscription } = this.#open;
    if (subscription && subscription.unread > 0) {
      this.#newAfter = subscription.membership.readSeq;
      this.#seen = this.#newAfter;
      // Until the feed says where the reader stands, nothing counts as seen.
      this.#isFollowing = false;
    }
    this.#isDecided = true;
  }

  #keepUp(): void {
    const { timeline, subscription, id } = this.#open;
    const head = timeline.messages.at(-1)?.seq ?? 0;
    if (this.#isFollowing) this.#seen = head;
    if (!this.#isDecided || !subscription || head === 0) return;
    if (this.#isFollowing && this.#isLooking && timeline.isWhole) {
      this.#rooms.markRead(id, head);
      return;
    }
    const { readSeq } = subscription.membership;
    if (head <= readSeq) return;
    // A line that the reader may be looking at stays where it is.
    if (this.#newAfter === undefined || (this.#isFollowing && this.#newAfter < readSeq)) {
      this.#newAfter = readSeq;
    }
  }
}
