/** Route is the screen that an address of the client shows. */
export type Route =
  | { page: 'landing'; form: 'none' | 'signUp' | 'logIn' }
  /** `seq` is the message to show. */
  | { page: 'home'; room: number | undefined; seq?: number | undefined }
  | { page: 'join'; token: string | undefined }
  | { page: 'notFound' };

/** routeOf reads the path of an address. */
export function routeOf(path: string): Route {
  switch (path) {
    case '/':
      return { page: 'landing', form: 'none' };
    case '/register':
      return { page: 'landing', form: 'signUp' };
    case '/login':
      return { page: 'landing', form: 'logIn' };
    case '/home':
    case '/home/':
      return { page: 'home', room: undefined };
  }
  const join = /^\/join(?:\/([\w-]*))?$/.exec(path);
  if (join) return { page: 'join', token: join[1] || undefined };
  const [, id, at] = /^\/home\/([1-9]\d{0,15})(?:\/([1-9]\d{0,15}))?$/.exec(path) ?? [];
  const room = Number(id);
  const seq = at === undefined ? at : Number(at);
  return Number.isSafeInteger(room) ? { page: 'home', room, seq } : { page: 'notFound' };
}

/** homePath returns the address of a room, of a message in it, or of home without a room. */
export function homePath(room?: number, seq?: number): string {
  return ['/home', room, seq].filter(Boolean).join('/');
}

/**
 * Parameters of the landing page's address: the wanted address, and whether the session had
 * ended.
 */
const wantedKey = 'to';
const endedKey = 'ended';

/** landingPath returns the landing page's address for somebody who wanted to open the path. */
export function landingPath(wanted: string): string {
  return wanted === homePath() ? '/' : `/?${new URLSearchParams({ [wantedKey]: wanted })}`;
}

/**
 * wantedIn returns the address to open after logging in; undefined if it is not an address of
 * home.
 */
export function wantedIn(search: string): string | undefined {
  const wanted = new URLSearchParams(search).get(wantedKey) ?? '';
  return routeOf(wanted).page === 'home' ? wanted : undefined;
}

/** hasEnded reports whether the server found that this browser's session had ended. */
export function hasEnded(search: string): boolean {
  return new URLSearchParams(search).has(endedKey);
}
