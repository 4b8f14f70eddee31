import type { News } from './notifier.svelte';

/** DesktopState is whether the browser lets us show notifications. */
export type DesktopState = 'granted' | 'denied' | 'default' | 'unsupported' | 'insecure';

/** desktopState returns whether the browser lets us show notifications. */
export function desktopState(): DesktopState {
  if (!window.isSecureContext) return 'insecure';
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

/** Milliseconds after which a notification can be closed for certain, on Linux desktops. */
const settled = 500;

/** Desktop shows the notifications of a tab that is open but hidden. */
export class Desktop {
  readonly #open: (news: News) => void;
  /** The notification of each room, with the function that closes it. */
  readonly #shown = new Map<number, () => void>();

  /** `open` shows what the user has clicked. */
  constructor(open: (news: News) => void) {
    this.#open = open;
  }

  /** show shows the news of a room instead of earlier ones. */
  async show(news: News): Promise<void> {
    const options = { tag: tagOf(news.room), body: news.text, silent: true, data: dataOf(news) };
    const container = (navigator as Partial<Navigator>).serviceWorker;
    const registration = await container?.getRegistration().catch(() => undefined);
    if (registration?.active) {
      await registration.showNotification(news.title, options);
      this.#shown.set(news.room, () => void closeIn(registration, news.room));
      return;
    }
    this.#shown.get(news.room)?.();
    const shown = new Notification(news.title, options);
    shown.onclick = () => {
      window.focus();
      shown.close();
      this.#open(news);
    };
    const since = performance.now();
    this.#shown.set(news.room, () => {
      setTimeout(() => shown.close(), Math.max(0, settled - (performance.now() - since)));
    });
  }

  /** close takes the notification of a room away. */
  close(room: number): void {
    this.#shown.get(room)?.();
    this.#shown.delete(room);
  }
}

/** The worker's notifications of the same room have the same tag, so that each replaces the other. */
const tagOf = (room: number) => `room:${room}`;

const dataOf = ({ room, seq }: News) => ({ room, seq, at: Date.now() });

async function closeIn(registration: ServiceWorkerRegistration, room: number): Promise<void> {
  for (const shown of await registration.getNotifications({ tag: tagOf(room) })) shown.close();
}
