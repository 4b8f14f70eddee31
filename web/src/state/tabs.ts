import { startTimer } from '../model/timer';

/** Milliseconds for which a tab keeps the others from doing the same thing. */
const doneFor = 3_000;

const visible = 'partychat:visible';

/**
 * Tabs coordinates the tabs of this browser by Web Locks, which end with their tab. Without them,
 * as over plain HTTP, each tab acts for itself.
 */
export class Tabs {
  readonly #locks: LockManager | undefined;
  #hide: (() => void) | undefined;

  constructor(locks: LockManager | undefined = (navigator as Partial<Navigator>).locks) {
    this.#locks = locks;
    const follow = () => {
      this.#follow(document.visibilityState === 'visible');
    };
    document.addEventListener('visibilitychange', follow);
    // The browser does not keep a page for Back that holds a lock.
    window.addEventListener('pagehide', () => {
      this.#follow(false);
    });
    window.addEventListener('pageshow', follow);
    follow();
  }

  /** isAnyVisible reports whether a tab of this server is on the screen. */
  async isAnyVisible(): Promise<boolean> {
    if (document.visibilityState === 'visible') return true;
    const held = (await this.#locks?.query().catch(() => undefined))?.held;
    return held?.some(({ name }) => name === visible) ?? false;
  }

  /** once runs a task unless another tab has just run the one with the same key. */
  async once(key: string, task: () => void): Promise<void> {
    if (!this.#locks) {
      task();
      return;
    }
    await new Promise<void>((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        if (lock) task();
        resolve();
        return lock ? new Promise((end) => startTimer(end, doneFor)) : undefined;
      };
      this.#locks?.request(`partychat:once:${key}`, { ifAvailable: true }, hold).catch(resolve);
    });
  }

  /** All visible tabs hold the same lock. */
  #follow(isVisible: boolean): void {
    if (!isVisible) {
      this.#hide?.();
      this.#hide = undefined;
      return;
    }
    if (this.#hide) return;
    const hidden = new Promise<void>((resolve) => (this.#hide = resolve));
    this.#locks?.request(visible, { mode: 'shared' }, () => hidden).catch(() => undefined);
  }
}
