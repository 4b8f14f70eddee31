/** What the service worker uses of its global scope; the types of pages lack it. */
export interface WorkerScope {
  readonly registration: Pick<
    ServiceWorkerRegistration,
    'getNotifications' | 'pushManager' | 'showNotification'
  >;
  readonly clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly Window[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly location: { readonly origin: string };
  addEventListener<K extends keyof WorkerEvents>(
    type: K,
    listener: (event: WorkerEvents[K]) => void,
  ): void;
}

/** Window is a page of ours. */
export interface Window {
  readonly visibilityState: DocumentVisibilityState;
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

interface WaitingEvent {
  waitUntil(work: Promise<unknown>): void;
}

/** WorkerEvents are the events that the worker listens to. */
export interface WorkerEvents {
  push: WaitingEvent & { readonly data: { text(): string } | null };
  notificationclick: WaitingEvent & { readonly notification: Notification };
  pushsubscriptionchange: WaitingEvent & { readonly oldSubscription?: PushSubscription | null };
}
