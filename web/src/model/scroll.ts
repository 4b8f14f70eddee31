/** Geometry of a scrolled box, in CSS pixels. */
export interface Geometry {
  /** How far the content is scrolled. */
  readonly offset: number;
  /** The height of what is seen. */
  readonly viewport: number;
  /** The height of all content. */
  readonly size: number;
}

/** Pixels: so close to the bottom counts as being there. */
const bottomSlack = 32;

/** isAtBottom tells whether the newest content is in view. */
export function isAtBottom({ offset, viewport, size }: Geometry): boolean {
  return size - viewport - offset <= bottomSlack;
}

/** isNearTop tells whether it is time to load older content: two screens ahead of the top. */
export function isNearTop({ offset, viewport }: Geometry): boolean {
  return offset < 2 * viewport;
}

/** isNearBottom tells whether it is time to load newer content: two screens ahead of the bottom. */
export function isNearBottom({ offset, viewport, size }: Geometry): boolean {
  return size - viewport - offset < 2 * viewport;
}

/**
 * Follower decides whether the feed follows new messages. It stops when the
 * reader moves up, and goes on when the bottom is reached again. That content
 * has grown below is no move of the reader.
 */
export class Follower {
  #isFollowing = true;
  #offset = 0;

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** scrolled takes notice of a scroll position; the bottom is not the end while newer content is still to load. */
  scrolled(geometry: Geometry, moreAfter = false): void {
    if (moreAfter) this.#isFollowing = false;
    else if (isAtBottom(geometry)) this.#isFollowing = true;
    else if (geometry.offset < this.#offset) this.#isFollowing = false;
    this.#offset = geometry.offset;
  }

  /** follow starts following, because the reader asked for the newest. */
  follow(): void {
    this.#isFollowing = true;
  }

  /** leave stops following, because the reader is taken elsewhere. */
  leave(): void {
    this.#isFollowing = false;
  }
}

/** hasPrepended tells whether rows were put before what was first, rather than anywhere else. */
export function hasPrepended(
  before: readonly { readonly key: string }[],
  after: readonly { readonly key: string }[],
): boolean {
  const grown = after.length - before.length;
  const first = before[0];
  return first !== undefined && grown > 0 && after[grown]?.key === first.key;
}

/** So many screens, scrolled in one go, still pass before the eyes. A jump is longer. */
const screensInPassing = 3;

/** Sight is which messages are on the screen at one moment, by seq, and where the box is scrolled to. */
export interface Sight {
  readonly first: number;
  readonly last: number;
  /** The newest message that was loaded. */
  readonly newest: number;
  readonly geometry: Geometry;
}

/**
 * Passage joins what is on the screen from one moment to the next. A browser that
 * is busy tells of few moments while it scrolls: what passed in between was seen,
 * if it was there before.
 */
export class Passage {
  #before: Sight | undefined;

  /** jump notes that the feed itself goes elsewhere: nothing passes in between. */
  jump(): void {
    this.#before = undefined;
  }

  /** from gives the first message that is on the screen or has just passed. */
  from(sight: Sight): number {
    const before = this.#before;
    this.#before = sight;
    if (!before || before.last >= sight.first || sight.first - 1 > before.newest)
      return sight.first;
    const way = Math.abs(sight.geometry.offset - before.geometry.offset);
    return way > screensInPassing * sight.geometry.viewport ? sight.first : before.last + 1;
  }
}
