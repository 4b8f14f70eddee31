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
