/** OwnSide is the side of my own messages: right, left, or the same side as all others. */
export type OwnSide = 'right' | 'left' | 'flat';

/** The key that stored-theme.js reads before the first paint. */
const key = 'partychat.own';

/**
 * Display is how the reader wants messages shown, stored in this browser. The style sheets read
 * it from the root's data attributes.
 */
export class Display {
  #own: OwnSide = $state('right');
  readonly #root: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
    const stored = root.dataset.own;
    if (stored === 'left' || stored === 'flat') this.#own = stored;
  }

  get own(): OwnSide {
    return this.#own;
  }

  /** chooseOwn sets where my own messages stand. */
  chooseOwn(side: OwnSide): void {
    this.#own = side;
    if (side === 'right') delete this.#root.dataset.own;
    else this.#root.dataset.own = side;
    try {
      if (side === 'right') localStorage.removeItem(key);
      else localStorage.setItem(key, side);
    } catch {
      // Without storage the choice lasts for the lifetime of the page.
    }
  }
}
