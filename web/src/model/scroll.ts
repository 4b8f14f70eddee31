/** Geometry of a scrolling box, in CSS pixels. */
export interface Geometry {
  /** How far the content is scrolled. */
  readonly offset: number;
  /** The height of the visible part. */
  readonly viewport: number;
  /** The height of all content. */
  readonly size: number;
}

/** Pixels from the bottom that still count as being at the bottom. */
const bottomSlack = 32;

/** isAtBottom reports whether the newest content is visible. */
export function isAtBottom({ offset, viewport, size }: Geometry): boolean {
  return size - viewport - offset <= bottomSlack;
}

/** isNearTop reports whether to load older content: two screens before the top. */
export function isNearTop({ offset, viewport }: Geometry): boolean {
  return offset < 2 * viewport;
}

/** isNearBottom reports whether to load newer content: two screens before the bottom. */
export function isNearBottom({ offset, viewport, size }: Geometry): boolean {
  return size - viewport - offset < 2 * viewport;
}

/**
 * Follower decides whether the feed follows new messages. It stops when the reader scrolls up,
 * and continues when the bottom is reached again. Growing content is not scrolling.
 */
export class Follower {
  #isFollowing = true;
  #offset = 0;

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /**
   * scrolled handles a scroll position; the bottom is not the end while newer content is not
   * loaded.
   */
  scrolled(geometry: Geometry, moreAfter = false): void {
    if (moreAfter) this.#isFollowing = false;
    else if (isAtBottom(geometry)) this.#isFollowing = true;
    else if (geometry.offset < this.#offset) this.#isFollowing = false;
    this.#offset = geometry.offset;
  }

  /** follow starts following, because the reader wants the newest messages. */
  follow(): void {
    this.#isFollowing = true;
  }

  /** leave stops following, because the reader is taken to another position. */
  leave(): void {
    this.#isFollowing = false;
  }
}

/** hasPrepended reports whether rows were inserted only before the first one. */
export function hasPrepended(
  before: readonly { readonly key: string }[],
  after: readonly { readonly key: string }[],
): boolean {
  const grown = after.length - before.length;
  const first = before[0];
  return first !== undefined && grown > 0 && after[grown]?.key === first.key;
}
