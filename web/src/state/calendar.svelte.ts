import { nextDay, startOfDay } from '../model/time';

/**
 * Calendar knows the current day in the system's time zone. Create it in a component; it ends
 * with the component.
 */
export class Calendar {
  readonly #zone: () => string | undefined;
  #today = $state(startOfDay(Date.now()));
  #midnights = $state(0);

  /** `zone` returns the name of the zone if it has changed. */
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

  /** The most recent local midnight, in milliseconds. */
  get today(): number {
    return this.#today;
  }

  /** The time zone if it has changed since the page was opened; otherwise undefined. */
  get zone(): string | undefined {
    return this.#zone();
  }
}
