import type { Link } from '../model/link';
import { startTimer, type Timer } from '../model/timer';

/** Milliseconds after which code is asked for again, if no new connection comes before. */
const retryAfter = 10_000;

/**
 * Loader loads code on demand. What could not be had is
 * tried again with each new connection, and now and then until it is there: so a
 * room opened offline becomes whole by itself.
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

  /** retry tries again what could not be had: the network may be back. */
  retry(): void {
    this.#stopTimer();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const again of waiting) again();
  }

  /** get gives what `load` imports, once it can be had. It never rejects. */
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
