import { failureFrom } from '../model/failure';
import type { Link } from '../model/link';
import { startTimer, type Timer } from '../model/timer';
import type { Toasts } from './toasts.svelte';

/** Seconds until an unanswered wish is sent again, if no new connection comes first. */
const retryAfter = 5;

/** WishesOptions are what Wishes works with. */
export interface WishesOptions<W> {
  link: Link;
  toasts: Toasts;
  /** The id of the signed-in user. */
  me: () => number | undefined;
  tabStorage?: Storage | undefined;
  timer?: Timer;
  /** Where the wishes of this tab are kept, so that they survive a reload. */
  key: string;
  /** Whether two wishes are about the same thing, so that the later one replaces the earlier. */
  isSame: (a: W, b: W) => boolean;
  /** Sends a wish, or rejects with a Failure. */
  send: (wish: W) => Promise<void>;
}

/**
 * Wishes are changes of mine that the server has not acknowledged. Wishing the same again changes
 * nothing, so each is sent, one after the other, until it is answered.
 */
export class Wishes<W extends { readonly user: number }> {
  readonly #options: WishesOptions<W>;
  #list = $state.raw<readonly W[]>([]);
  #isSending = false;
  #stopTimer: () => void = () => undefined;

  constructor(options: WishesOptions<W>) {
    this.#options = options;
    this.#list = this.#stored();
    options.link.on('ready', () => void this.#send());
    void this.#send();
  }

  /** The wishes that are not answered, in their order. */
  get list(): readonly W[] {
    return this.#list;
  }

  /** add sends a wish. The latest about a thing counts. */
  add(wish: W): void {
    this.#put([...this.#list.filter((other) => !this.#options.isSame(other, wish)), wish]);
    void this.#send();
  }

  /** clear drops the previous user's wishes. */
  clear(): void {
    this.#stopTimer();
    this.#put([]);
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#stopTimer();
    try {
      for (;;) {
        const wish = this.#list.find(({ user }) => user === this.#options.me());
        if (!wish || !(await this.#sendOne(wish))) return;
        // A later wish about the same thing has replaced it, and stays.
        this.#put(this.#list.filter((other) => other !== wish));
      }
    } finally {
      this.#isSending = false;
    }
  }

  /** Reports whether the wish has been answered, even if the answer is a refusal. */
  async #sendOne(wish: W): Promise<boolean> {
    const { send, toasts, timer = startTimer } = this.#options;
    try {
      await send(wish);
      return true;
    } catch (thrown) {
      const failure = failureFrom(thrown);
      if (failure.isPassing) {
        this.#stopTimer = timer(
          () => void this.#send(),
          1_000 * (failure.retryAfter ?? retryAfter),
        );
        return false;
      }
      toasts.show(failure.message, 'error');
      return true;
    }
  }

  #put(list: readonly W[]): void {
    this.#list = list;
    try {
      this.#options.tabStorage?.setItem(this.#options.key, JSON.stringify(list));
    } catch {
      // Storage may be full; then they do not survive a reload.
    }
  }

  #stored(): readonly W[] {
    try {
      const { key, tabStorage } = this.#options;
      const stored: unknown = JSON.parse(tabStorage?.getItem(key) ?? '[]');
      return Array.isArray(stored) ? (stored as W[]) : [];
    } catch {
      return [];
    }
  }
}
