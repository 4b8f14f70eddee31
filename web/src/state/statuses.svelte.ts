import { startTimer, type Timer } from '../model/timer';
import type { Status, User } from '../model/wire';
import type { Profiles } from './profiles.svelte';

/** The longest time that browsers measure, in milliseconds. */
const longest = 2 ** 31 - 1;

/** Statuses knows which statuses have not ended. */
export class Statuses {
  readonly #profiles: Profiles;
  readonly #timer: Timer;
  #now = $state(Date.now());
  /** When the next status ends, and how to stop waiting for it. */
  #next = Infinity;
  #stop: () => void = () => undefined;

  constructor(profiles: Profiles, timer: Timer = startTimer) {
    this.#profiles = profiles;
    this.#timer = timer;
  }

  /** of returns the present status of a user; undefined if there is none, or it has ended. */
  of(user: User): Status | undefined {
    const { status } = this.#profiles.of(user);
    if (!status?.until) return status;
    const end = Date.parse(status.until);
    const now = Math.max(this.#now, Date.now());
    if (end <= now) return undefined;
    if (end < this.#next) this.#wait(end, now);
    return status;
  }

  /** line returns the status in one line, to follow the presence; "" without one. */
  line(user: User): string {
    const status = this.of(user);
    return status ? ` · ${[status.emoji, status.text].filter(Boolean).join(' ')}` : '';
  }

  #wait(end: number, now: number): void {
    this.#stop();
    this.#next = end;
    this.#stop = this.#timer(
      () => {
        this.#next = Infinity;
        this.#now = Date.now();
      },
      Math.min(end - now, longest),
    );
  }
}
