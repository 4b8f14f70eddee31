import { hasEnded, homePath, landingPath, routeOf, wantedIn, type Route } from '../model/route';

/**
 * The depth of a history entry where one pane is shown at a time: the list, a room, or what is
 * open above it.
 */
type Depth = 0 | 1 | 2;

/**
 * Navigation is the page's address: it can be read as a route and changed without a page load.
 * Where only one pane fits, as on a phone, the history is kept as a stack: the list, one room,
 * then what is open above it. So Back closes what is open and then shows the list, whatever rooms
 * were visited.
 */
export class Navigation {
  #path = $state('/');
  #search = $state('');
  #route: Route = $derived(routeOf(this.#path));
  readonly #window: Window;
  /** Functions that close what is open above the page, the topmost last. */
  readonly #layers: (() => void)[] = [];
  /** Whether we are going back in the history ourselves, which takes a moment. */
  #isLeaving = false;

  constructor(own: Window = window) {
    this.#window = own;
    this.#read();
    own.addEventListener('popstate', () => {
      this.#returned();
    });
  }

  #read(): void {
    this.#path = this.#window.location.pathname;
    this.#search = this.#window.location.search;
  }

  get route(): Route {
    return this.#route;
  }

  /** The address that was wanted before the landing page; undefined if there is none. */
  get wanted(): string | undefined {
    return wantedIn(this.#search);
  }

  /** Whether the landing page is shown because the session had ended. */
  get hasEnded(): boolean {
    return hasEnded(this.#search);
  }

  /** Shows the landing page; with `toComeBack`, logging in returns here. */
  leave(toComeBack: boolean): void {
    const path = toComeBack ? landingPath(this.#path) : '/';
    this.#window.history.replaceState(null, '', path);
    this.#read();
  }

  /** Shows another page and adds the present one to the history for Back. */
  go(path: string): void {
    if (path === this.#path) return;
    if (this.#move(path)) return;
    this.#window.history.pushState(null, '', path + this.#kept(path));
    this.#read();
  }

  /** Shows another page in place of the present one: Back does not return here. */
  replace(path: string): void {
    if (path === this.#path) return;
    if (this.#move(path)) return;
    this.#window.history.replaceState(null, '', path + this.#kept(path));
    this.#read();
  }

  /**
   * Moves between addresses of home in the stacked history, and reports whether the history is
   * stacked.
   */
  #move(path: string): boolean {
    if (!this.#isStacked || routeOf(path).page !== 'home') return false;
    this.#path = path;
    this.stack();
    return true;
  }

  /** The forms of the landing page share the parameters of its address. */
  #kept(path: string): string {
    return this.#route.page === 'landing' && routeOf(path).page === 'landing' ? this.#search : '';
  }

  /** Makes a link work within the page, unless the reader wants another tab or window. */
  readonly follow = (event: MouseEvent & { currentTarget: HTMLAnchorElement }): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    this.go(event.currentTarget.pathname);
  };

  /**
   * cover registers that something is open above the page, and how to close it; call the returned
   * function when it is closed.
   */
  cover(close: () => void): () => void {
    this.#layers.push(close);
    this.stack();
    return () => {
      const at = this.#layers.indexOf(close);
      if (at >= 0) this.#layers.splice(at, 1);
      // A menu closes just before the dialog that it opens.
      this.#window.setTimeout(() => {
        this.stack();
      });
    };
  }

  /** stack corrects the order of the history, where it is kept as a stack. */
  stack(): void {
    if (this.#isLeaving || !this.#isStacked) return;
    const { history, location } = this.#window;
    const place: Depth = this.#route.page === 'home' && this.#route.room !== undefined ? 1 : 0;
    const wanted: Depth = this.#layers.length > 0 ? 2 : place;
    let here = depthOf(history.state);
    if (here === undefined) {
      // A link led here: insert the list before it.
      history.replaceState({ depth: 0 }, '', homePath());
      here = 0;
    }
    if (here > wanted) {
      this.#isLeaving = true;
      history.back();
      return;
    }
    if (here < place) {
      history.pushState({ depth: place }, '', this.#path);
      here = place;
    } else if (location.pathname !== this.#path) {
      history.replaceState({ depth: here }, '', this.#path);
    }
    if (here < wanted) history.pushState({ depth: wanted }, '', this.#path);
  }

  /** Whether the history is kept as a stack here. */
  get #isStacked(): boolean {
    return this.#route.page === 'home' && !this.#window.matchMedia('(width >= 40em)').matches;
  }

  #returned(): void {
    if (this.#isLeaving) {
      this.#isLeaving = false;
      this.stack();
      return;
    }
    const close = this.#isStacked ? this.#layers.pop() : undefined;
    if (close) close();
    else this.#read();
    this.stack();
  }
}

function depthOf(state: unknown): Depth | undefined {
  return (state as { depth?: Depth } | null)?.depth;
}
