/** Route is what an address of the client shows. */
export type Route =
  | { page: 'landing'; form: 'none' | 'signUp' | 'logIn' }
  | { page: 'home'; room: number | undefined }
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
  const id = /^\/home\/([1-9]\d{0,15})$/.exec(path)?.[1];
  const room = Number(id);
  return Number.isSafeInteger(room) ? { page: 'home', room } : { page: 'notFound' };
}

/** homePath is the address of a room, or of home without one. */
export function homePath(room?: number): string {
  return room === undefined ? '/home' : `/home/${room}`;
}

/** How the address of the landing page names where one wanted to go, and that the session had ended. */
const wantedKey = 'to';
const endedKey = 'ended';

/** landingPath is the address of the landing page for somebody who wanted to see the path. */
export function landingPath(wanted: string): string {
  return wanted === homePath() ? '/' : `/?${new URLSearchParams({ [wantedKey]: wanted })}`;
}

/** wantedIn gives where one comes to after logging in; undefined if the address names no place of home. */
export function wantedIn(search: string): string | undefined {
  const wanted = new URLSearchParams(search).get(wantedKey) ?? '';
  return routeOf(wanted).page === 'home' ? wanted : undefined;
}

/** hasEnded tells whether the server found that the session of this browser has ended. */
export function hasEnded(search: string): boolean {
  return new URLSearchParams(search).has(endedKey);
}
