import { nextDay, startOfDay } from '../model/time';

/** Calendar knows which day it is, in the system's time zone. Made by a component, it ends with that. */
export class Calendar {
  readonly #zone: () => string | undefined;
  #today = $state(startOfDay(Date.now()));
  #midnights = $state(0);

  /** `zone` gives the name of the zone, once it has changed. */
  constructor(zone: () => string | undefined) {
    this.#zone = zone;
    $effect(() => {
      void [zone(), this.#midnights];
      const now = Date.now();
      this.#today = startOfDay(now);
      const stop = setTimeout(() => (this.#midnights += 1), nextDay(now) - now);
      return () => clearTimeout(stop);
    });
  }

  /** The local midnight before now, in milliseconds. */
  get today(): number {
    return this.#today;
  }

  /** The time zone; undefined while it is the one that the page began with. */
  get zone(): string | undefined {
    return this.#zone();
  }
}
