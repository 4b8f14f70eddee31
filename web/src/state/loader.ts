import type { Link } from '../model/link';
import { startTimer, type Timer } from '../model/timer';

/** Milliseconds after which loading is retried, if no new connection comes first. */
const retryAfter = 10_000;

/**
 * Loader loads code on demand. It retries failures with each new connection, and periodically: so
 * a room opened offline becomes complete by itself.
 */
export class Loader {
  readonly #timer: Timer;
  #waiting: (() => void)[] = [];
  #stopTimer: () => void = () => undefined;

  constructor(link: Link, timer: Timer = startTimer) {
    this.#timer = timer;
    link.on('ready', () => {
      this.retry();
    });
  }

  /** retry retries failures, because the network may be back. */
  retry(): void {
    this.#stopTimer();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const again of waiting) again();
  }

  /** get returns what `load` imports, once it succeeds. It never rejects. */
  get<T>(load: () => Promise<T>): Promise<T> {
    return load().catch(
      () =>
        new Promise<T>((resolve) => {
          if (this.#waiting.length === 0) {
            this.#stopTimer = this.#timer(() => {
              this.retry();
            }, retryAfter);
          }
          this.#waiting.push(() => {
            resolve(this.get(load));
          });
        }),
    );
  }
}
