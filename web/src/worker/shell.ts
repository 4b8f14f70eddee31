/** Version is a version of the app. Its paths contain hashes of the files' content. */
export interface Version {
  /** The page that shows the app at each of its addresses. */
  readonly shell: string;
  /** All files that are kept, including the shell. */
  readonly files: readonly string[];
}

/** What keepShell uses of the worker's global scope; the types of pages lack it. */
export interface ShellScope {
  readonly caches: CacheStorage;
  readonly fetch: typeof fetch;
  readonly location: { readonly origin: string };
  skipWaiting(): Promise<void>;
  addEventListener<K extends keyof ShellEvents>(
    type: K,
    listener: (event: ShellEvents[K]) => void,
  ): void;
}

interface WaitingEvent {
  waitUntil(work: Promise<unknown>): void;
}

/** ShellEvents are the events that keepShell listens to. */
export interface ShellEvents {
  install: WaitingEvent;
  activate: WaitingEvent;
  message: { readonly data: unknown };
  fetch: { readonly request: Request; respondWith(answer: Promise<Response>): void };
}

const prefix = 'partychat:app:';

/** The number of earlier versions that are kept, for tabs that still run them. */
const earlierMost = 1;

/**
 * keepShell opens the app without a network, and keeps each version whole while the server is
 * upgraded. It stores only files of the app, which are the same for everyone, and never answers of
 * the API. `onRefused` is called when the server shows the app to nobody: there is no session.
 */
export function keepShell(
  scope: ShellScope,
  version: Version,
  onRefused: () => Promise<void> = () => Promise.resolve(),
): void {
  scope.addEventListener('install', (event) => {
    event.waitUntil(install(scope.caches, version));
  });
  scope.addEventListener('activate', (event) => {
    event.waitUntil(tidy(scope.caches, version));
  });
  scope.addEventListener('message', ({ data }) => {
    // The user has asked for this version.
    if ((data as { kind?: string } | null)?.kind === 'activate') void scope.skipWaiting();
  });
  scope.addEventListener('fetch', (event) => {
    const { method, url, mode } = event.request;
    const { origin, pathname } = new URL(url);
    if (method !== 'GET' || origin !== scope.location.origin) return;
    if (mode === 'navigate') {
      if (/^\/home(\/|$)/.test(pathname))
        event.respondWith(page(scope, event.request, version, onRefused));
    } else if (pathname.startsWith('/assets/')) {
      event.respondWith(file(scope, event.request));
    }
  });
}

/** The cache of a version is named by its shell, whose hash depends on all that it loads. */
const cacheOf = ({ shell }: Version) => prefix + shell;

/** Stores the files, all or none. Those that an earlier version has are not loaded again. */
async function install(caches: CacheStorage, version: Version): Promise<void> {
  const name = cacheOf(version);
  const cache = await caches.open(name);
  try {
    const store = async (path: string) => {
      const known = await caches.match(path);
      if (known) await cache.put(path, known);
      else await cache.add(path);
    };
    await Promise.all(version.files.map(store));
  } catch (thrown) {
    await caches.delete(name); // there is no space, or no network: the browser tries again
    throw thrown;
  }
}

/** Deletes versions that no tab needs any more. */
async function tidy(caches: CacheStorage, version: Version): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix));
  const earlier = names.filter((name) => name !== cacheOf(version));
  const left = Math.max(0, earlier.length - earlierMost);
  await Promise.all(earlier.slice(0, left).map((name) => caches.delete(name)));
}

/** The server decides who sees the app. If it cannot be reached, the app says so itself. */
async function page(
  scope: ShellScope,
  request: Request,
  version: Version,
  onRefused: () => Promise<void>,
): Promise<Response> {
  const shell = () => scope.caches.match(version.shell);
  try {
    const response = await scope.fetch(request);
    if (response.type === 'opaqueredirect') await onRefused();
    // A proxy answers for a server that restarts.
    const isAway = [502, 503, 504].includes(response.status);
    return (isAway && (await shell())) || response;
  } catch (thrown) {
    const found = await shell();
    if (found) return found;
    throw thrown;
  }
}

/** The content of a file never changes, because its name has a hash of it. */
async function file(scope: ShellScope, request: Request): Promise<Response> {
  return (await scope.caches.match(request.url)) ?? scope.fetch(request);
}
