/** When the system's zone is looked up again: whoever travels comes back to the page in between. */
const signs = ['focus', 'pageshow', 'visibilitychange'] as const;

const systemZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Zone follows the time zone of the system. It lives as long as the page. */
export class Zone {
  #name = $state<string>();

  /** `look` gives the zone of the system. */
  constructor(look: () => string = systemZone) {
    let last = look();
    const follow = () => {
      const now = look();
      if (now !== last) this.#name = last = now;
    };
    for (const sign of signs) window.addEventListener(sign, follow, true);
  }

  /** The zone once it has changed; undefined while it is the one that the page began with. */
  get name(): string | undefined {
    return this.#name;
  }
}
