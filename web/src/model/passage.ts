import type { Geometry } from './scroll';

/**
 * Content scrolled by at most this many screens at once still counts as seen. A longer distance
 * is a jump.
 */
const screensInPassing = 3;

/** Sight is the range of messages on screen at one moment, by seq, and the scroll position. */
export interface Sight {
  readonly first: number;
  readonly last: number;
  /** The newest loaded message. */
  readonly newest: number;
  readonly geometry: Geometry;
}

/**
 * Passage connects what is on screen from one moment to the next. A busy browser reports few
 * scroll positions: messages in between were seen if they existed before.
 */
export class Passage {
  #before: Sight | undefined;

  /**
   * jump records that the feed itself scrolls to another position: nothing in between is seen.
   */
  jump(): void {
    this.#before = undefined;
  }

  /** from returns the first message that is on screen or has just been scrolled past. */
  from(sight: Sight): number {
    const before = this.#before;
    this.#before = sight;
    if (!before || before.last >= sight.first || sight.first - 1 > before.newest)
      return sight.first;
    const way = Math.abs(sight.geometry.offset - before.geometry.offset);
    return way > screensInPassing * sight.geometry.viewport ? sight.first : before.last + 1;
  }
}
