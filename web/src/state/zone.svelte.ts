/**
 * Events at which the system's zone is read again: somebody who travels returns to the page in
 * between.
 */
const signs = ['focus', 'pageshow', 'visibilitychange'] as const;

const systemZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Zone follows the system's time zone, for the lifetime of the page. */
export class Zone {
  #name = $state<string>();

  /** `look` returns the system's zone. */
  constructor(look: () => string = systemZone) {
    let last = look();
    const follow = () => {
      const now = look();
      if (now !== last) this.#name = last = now;
    };
    for (const sign of signs) window.addEventListener(sign, follow, true);
  }

  /** The zone if it has changed since the page was opened; otherwise undefined. */
  get name(): string | undefined {
    return this.#name;
  }
}
