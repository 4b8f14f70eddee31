import { createPushApi, type PushApi } from '../api/push';
import type { Request } from '../api/request';
import { m } from '../messages';
import { startTimer } from '../model/timer';

/**
 * PushState is whether this device receives pushes, or why it cannot: `insecure` without HTTPS,
 * `install` where only installed apps can (iOS), `denied` if the browser's settings forbid it,
 * `unavailable` if the server sends none.
 */
export type PushState =
  'on' | 'off' | 'denied' | 'insecure' | 'install' | 'unsupported' | 'unavailable';

/** Milliseconds after which a browser whose push service cannot be reached is given up. */
const patience = 10_000;

/** Where the choice of a user on this device is kept: the user's id. */
const chosenKey = 'partychat:push';

/** PushDevice makes this browser receive pushes. */
export class PushDevice {
  readonly #api: PushApi;
  readonly #storage: Storage | undefined;
  readonly #me: () => number | undefined;
  #state = $state<PushState>();
  #showsText = $state(true);
  #key = '';
  #id = '';

  constructor(request: Request, storage: Storage | undefined, me: () => number | undefined) {
    this.#api = createPushApi(request);
    this.#storage = storage;
    this.#me = me;
  }

  /** Undefined while it is not known. */
  get state(): PushState | undefined {
    return this.#state;
  }

  /** Whether the user has turned on pushes in this browser. */
  get hasChosen(): boolean {
    return this.#storage?.getItem(chosenKey) === String(this.#me());
  }

  get showsText(): boolean {
    return this.#showsText;
  }

  /**
   * look compares what the browser, the server and the user's choice say. A subscription that the
   * browser has lost is renewed: browsers do not report it.
   */
  async look(): Promise<void> {
    const { key, devices } = await this.#api.info();
    const mine = devices.find(({ current }) => current);
    this.#key = key ?? '';
    this.#id = mine?.id ?? '';
    this.#showsText = mine?.showsText ?? this.#showsText;
    this.#state = key ? this.#possible() : 'unavailable';
    if (this.#state === 'denied') await this.#remove();
    if (this.#state !== 'off' || Notification.permission !== 'granted') return;
    const registration = await navigator.serviceWorker.getRegistration();
    const has = Boolean(await registration?.pushManager.getSubscription());
    if (mine && has) this.#state = 'on';
    else if (this.hasChosen) await this.#subscribe();
  }

  /** turnOn asks for permission, so it must follow a click. It rejects with words for people. */
  async turnOn(): Promise<void> {
    if ((await Notification.requestPermission()) !== 'granted') {
      this.#state = this.#possible();
      return;
    }
    await this.#subscribe();
    this.#choose(true);
  }

  async turnOff(): Promise<void> {
    this.#choose(false);
    await this.#remove();
    this.#state = 'off';
    const registration = await navigator.serviceWorker.getRegistration();
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
  }

  /** showText chooses whether pushes to this device have the text of messages. */
  async showText(showsText: boolean): Promise<void> {
    const before = this.#showsText;
    this.#showsText = showsText;
    try {
      await this.#subscribe();
    } catch (thrown) {
      this.#showsText = before;
      throw thrown;
    }
  }

  /** clear forgets the user, whose session the server has ended, with its subscription. */
  clear(): void {
    this.#state = undefined;
    this.#showsText = true;
    this.#id = '';
  }

  #possible(): PushState {
    if (!window.isSecureContext) return 'insecure';
    const app = navigator as Navigator & { standalone?: boolean };
    if (!('PushManager' in window) || !('serviceWorker' in navigator)) {
      return app.standalone === false ? 'install' : 'unsupported';
    }
    return Notification.permission === 'denied' ? 'denied' : 'off';
  }

  async #subscribe(): Promise<void> {
    const subscription = await inTime(subscribe(this.#key));
    const { endpoint, keys } = subscription.toJSON();
    const { id } = await this.#api.put({
      endpoint: endpoint ?? '',
      keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' },
      showsText: this.#showsText,
    });
    this.#id = id;
    this.#state = 'on';
  }

  async #remove(): Promise<void> {
    if (this.#id) await this.#api.remove(this.#id);
    this.#id = '';
  }

  #choose(isOn: boolean): void {
    try {
      if (isOn) this.#storage?.setItem(chosenKey, String(this.#me()));
      else this.#storage?.removeItem(chosenKey);
    } catch {
      // The storage is full: then it must be chosen again if the browser loses it.
    }
  }
}

async function subscribe(key: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register('/worker.js', { updateViaCache: 'none' });
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await pushManager.subscribe(options);
  } catch (thrown) {
    // It is subscribed with the key of another server, or with one that was lost.
    if (!(thrown instanceof DOMException) || thrown.name !== 'InvalidStateError') throw thrown;
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  }
}

/** Browsers wait for ever for a push service that cannot be reached. */
function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = startTimer(() => {
      reject(new Error(m.push.serviceAway()));
    }, patience);
    work.then(resolve, () => reject(new Error(m.push.serviceAway()))).finally(cancel);
  });
}
