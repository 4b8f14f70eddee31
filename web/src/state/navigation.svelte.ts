import { hasEnded, homePath, landingPath, routeOf, wantedIn, type Route } from '../model/route';

/** Where an entry of the history stands where one pane is shown at a time: the list, a room, what is open above. */
type Depth = 0 | 1 | 2;

/**
 * Navigation is the page's address: read it as a route, change it without a
 * page load. Where there is room for one pane, as on a phone, the history is
 * kept as a stack: the list, then one room, then what is open above it. So Back
 * closes what is open and then shows the list, whatever rooms were visited.
 */
export class Navigation {
  #path = $state('/');
  #search = $state('');
  #route: Route = $derived(routeOf(this.#path));
  readonly #window: Window;
  /** How to close each thing that is open above the page, the last one on top. */
  readonly #layers: (() => void)[] = [];
  /** Whether an entry of the history is just being left by ourselves: that takes a moment. */
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

  /** Where one wanted to go when one was led to the landing page; undefined if nowhere in particular. */
  get wanted(): string | undefined {
    return wantedIn(this.#search);
  }

  /** Whether one was led to the landing page since the session had ended. */
  get hasEnded(): boolean {
    return hasEnded(this.#search);
  }

  /** Leads to the landing page, from where one comes back here after logging in if `toComeBack`. */
  leave(toComeBack: boolean): void {
    const path = toComeBack ? landingPath(this.#path) : '/';
    this.#window.history.replaceState(null, '', path);
    this.#read();
  }

  /** Shows another page and remembers the present one for Back. */
  go(path: string): void {
    if (path === this.#path) return;
    if (this.#move(path)) return;
    this.#window.history.pushState(null, '', path + this.#kept(path));
    this.#read();
  }

  /** Shows another page in the place of the present one: Back does not lead here again. */
  replace(path: string): void {
    if (path === this.#path) return;
    if (this.#move(path)) return;
    this.#window.history.replaceState(null, '', path + this.#kept(path));
    this.#read();
  }

  /** Goes from one place of home to another in the history that is kept as a stack, and tells whether it is. */
  #move(path: string): boolean {
    if (!this.#isStacked || routeOf(path).page !== 'home') return false;
    this.#path = path;
    this.stack();
    return true;
  }

  /** The forms of the landing page share what its address says. */
  #kept(path: string): string {
    return this.#route.page === 'landing' && routeOf(path).page === 'landing' ? this.#search : '';
  }

  /** Lets a link work within the page, unless the reader asked for another tab or window. */
  readonly follow = (event: MouseEvent & { currentTarget: HTMLAnchorElement }): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    this.go(event.currentTarget.pathname);
  };

  /** cover says that something is open above the page, and how to close it; the result says that it is closed. */
  cover(close: () => void): () => void {
    this.#layers.push(close);
    this.stack();
    return () => {
      const at = this.#layers.indexOf(close);
      if (at >= 0) this.#layers.splice(at, 1);
      // A menu closes just before the dialog opens that it leads to.
      this.#window.setTimeout(() => {
        this.stack();
      });
    };
  }

  /** stack brings the history into the order that it should have, where it is kept as a stack. */
  stack(): void {
    if (this.#isLeaving || !this.#isStacked) return;
    const { history, location } = this.#window;
    const place: Depth = this.#route.page === 'home' && this.#route.room !== undefined ? 1 : 0;
    const wanted: Depth = this.#layers.length > 0 ? 2 : place;
    let here = depthOf(history.state);
    if (here === undefined) {
      // A link led here: the list is put before it.
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
