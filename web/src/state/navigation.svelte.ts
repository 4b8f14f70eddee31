import { routeOf, type Route } from '../model/route';

/** Navigation is the page's address: read it as a route, change it without a page load. */
export class Navigation {
  #path = $state('/');
  #route: Route = $derived(routeOf(this.#path));
  readonly #window: Window;

  constructor(own: Window = window) {
    this.#window = own;
    this.#path = own.location.pathname;
    own.addEventListener('popstate', () => (this.#path = own.location.pathname));
  }

  get route(): Route {
    return this.#route;
  }

  /** Shows another page and remembers the present one for Back. */
  go(path: string): void {
    if (path === this.#path) return;
    this.#window.history.pushState(null, '', path);
    this.#path = path;
  }

  /** Shows another page in the place of the present one: Back does not lead here again. */
  replace(path: string): void {
    if (path === this.#path) return;
    this.#window.history.replaceState(null, '', path);
    this.#path = path;
  }

  /** Lets a link work within the page, unless the reader asked for another tab or window. */
  readonly follow = (event: MouseEvent & { currentTarget: HTMLAnchorElement }): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    this.go(event.currentTarget.pathname);
  };
}
