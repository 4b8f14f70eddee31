import type { Link } from '../model/link';

/** AppWorkerOptions are the dependencies of AppWorker. */
export interface AppWorkerOptions {
  link: Link;
  /** Shows what the user has clicked in a notification. */
  open: (path: string) => void;
  /** The browser's workers; undefined where it has none, as over plain HTTP. */
  container?: ServiceWorkerContainer | undefined;
  reload?: () => void;
}

/**
 * AppWorker registers the service worker, and notices new versions of the app: those that the
 * browser finds itself, and those that may be there after each reconnect.
 */
export class AppWorker {
  readonly #reload: () => void;
  readonly #container: ServiceWorkerContainer | undefined;
  #registration: ServiceWorkerRegistration | undefined;
  #isReady = $state(false);
  /** Whether this tab has asked for the new version. */
  #isTaking = false;

  constructor({ link, open, ...options }: AppWorkerOptions) {
    const { container = (navigator as Partial<Navigator>).serviceWorker } = options;
    this.#reload = options.reload ?? (() => location.reload());
    this.#container = container;
    if (!container) return;
    void this.#register(container);
    link.on('ready', () => {
      // Without a network, or after too many requests, the next connection asks again.
      this.#registration?.update().catch(() => undefined);
    });
    container.addEventListener('controllerchange', () => {
      if (this.#isTaking) this.#reload();
    });
    container.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const { kind, path } = data as { kind?: string; path?: string };
      if (kind === 'open' && path && path !== location.pathname) open(path);
    });
  }

  /** Whether a new version waits for the user. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** take starts the new version. Drafts and unsent messages are kept. */
  take(): void {
    this.#isTaking = true;
    const waiting = this.#registration?.waiting;
    if (waiting) waiting.postMessage({ kind: 'activate' });
    else this.#reload(); // another tab has started it
  }

  /** forget deletes what the worker keeps of the account whose session has ended. */
  forget(): void {
    this.#container?.controller?.postMessage({ kind: 'forget' });
  }

  /** later leaves the new version for the next start of the app. */
  later(): void {
    this.#isReady = false;
  }

  async #register(container: ServiceWorkerContainer): Promise<void> {
    try {
      const registration = await container.register('/worker.js', { updateViaCache: 'none' });
      this.#registration = registration;
      const look = () => {
        // Without a controller, this is the first version, which needs nobody's leave.
        if (registration.waiting && container.controller) this.#isReady = true;
      };
      look();
      registration.addEventListener('updatefound', () => {
        registration.installing?.addEventListener('statechange', look);
      });
    } catch {
      // The browser's settings forbid it, or there is no network: the app works without it.
    }
  }
}
