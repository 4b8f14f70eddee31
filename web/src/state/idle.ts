import type { Link } from '../model/link';
import { startTimer, type Timer } from '../model/timer';

/** Milliseconds without activity after which I count as away. */
const awayAfter = 600_000;

/** Events that show activity. */
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'] as const;

/**
 * Idle reports to the server when nobody has used or looked at this tab for ten minutes, and when
 * somebody is back. A user is away when all tabs are.
 */
export class Idle {
  readonly #link: Link;
  readonly #timer: Timer;
  readonly #onChange: (isAway: boolean) => void;
  #isAway = false;
  #cancel: (() => void) | undefined;
  #lastSign = 0;

  constructor(link: Link, onChange: (isAway: boolean) => void, timer: Timer = startTimer) {
    this.#link = link;
    this.#timer = timer;
    this.#onChange = onChange;
    for (const sign of signs) {
      window.addEventListener(sign, () => this.#notice(), { passive: true, capture: true });
    }
    document.addEventListener('visibilitychange', () => this.#notice());
    // A new socket starts as online.
    link.on('ready', () => {
      if (this.#isAway) this.#tell();
    });
    this.#notice();
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  #notice(): void {
    if (document.visibilityState === 'hidden') return;
    // Pointer moves arrive a hundred times a second.
    if (!this.#isAway && this.#cancel && Date.now() - this.#lastSign < 1_000) return;
    this.#lastSign = Date.now();
    this.#cancel?.();
    this.#cancel = this.#timer(() => {
      this.#set(true);
    }, awayAfter);
    this.#set(false);
  }

  #set(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#onChange(isAway);
    this.#tell();
  }

  #tell(): void {
    const state = this.#isAway ? 'away' : 'online';
    this.#link.command('presence:set', { state }).catch(() => undefined);
  }
}
