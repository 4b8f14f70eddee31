import { hasEnded, landingPath, routeOf, wantedIn, type Route } from '../model/route';

/** Navigation is the page's address: read it as a route, change it without a page load. */
export class Navigation {
  #path = $state('/');
  #search = $state('');
  #route: Route = $derived(routeOf(this.#path));
  readonly #window: Window;

  constructor(own: Window = window) {
    this.#window = own;
    this.#read();
    own.addEventListener('popstate', () => {
      this.#read();
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
    this.#window.history.pushState(null, '', path + this.#kept(path));
    this.#read();
  }

  /** Shows another page in the place of the present one: Back does not lead here again. */
  replace(path: string): void {
    if (path === this.#path) return;
    this.#window.history.replaceState(null, '', path + this.#kept(path));
    this.#read();
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
}
