import type { Link } from '../model/link';
import { startTimer, type Timer } from '../model/timer';
import type { Presence, PresenceState, User } from '../model/wire';

/** How many people the server allows one socket to watch. */
const watchedMost = 500;

/** Milliseconds in which the screen settles before the server is asked. */
const pause = 100;

/** Presences tracks the presence of all people on screen. */
export class Presences {
  readonly #link: Link;
  readonly #timer: Timer;
  readonly #onProfiles: (users: readonly User[]) => void;
  #states = $state.raw<ReadonlyMap<number, PresenceState>>(new Map());
  /** The people that each view shows. */
  readonly #views = new Map<object, readonly number[]>();
  #watched = '';
  #isWaiting = false;

  /** `onProfiles` receives the profiles of people whom a view shows. */
  constructor(
    link: Link,
    timer: Timer = startTimer,
    onProfiles: (users: readonly User[]) => void = () => undefined,
  ) {
    this.#link = link;
    this.#timer = timer;
    this.#onProfiles = onProfiles;
    link.on('profile:put', ({ user }) => {
      onProfiles([user]);
    });
    link.on('presence', ({ presence }) => {
      this.#apply(presence, []);
    });
    link.on('ready', ({ presence = [] }) => {
      this.#states = stated(presence);
      this.#watched = ''; // a new socket watches nobody
      this.#watchSoon();
    });
  }

  /** of returns a user's state; undefined if the user is offline or not watched. */
  of(user: number): PresenceState | undefined {
    return this.#states.get(user);
  }

  /** isThere reports whether a user is online or away. */
  isThere(user: number): boolean {
    return this.#states.has(user);
  }

  /** note applies an answer about some users: those without an entry are offline. */
  note(users: readonly number[], presence: readonly Presence[]): void {
    this.#apply(presence, users);
  }

  /** watch watches the people that one view shows, instead of those that it showed before. */
  watch(view: object, users: readonly number[]): void {
    if (users.length === 0) this.#views.delete(view);
    else this.#views.set(view, users);
    this.#watchSoon();
  }

  /** clear drops all states, because the user has changed. */
  clear(): void {
    this.#states = new Map();
    this.#views.clear();
    this.#watched = '';
  }

  #watchSoon(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#timer(() => {
      this.#isWaiting = false;
      void this.#watch();
    }, pause);
  }

  async #watch(): Promise<void> {
    const users = [...new Set([...this.#views.values()].flat())].slice(0, watchedMost);
    const wanted = users.join();
    if (wanted === this.#watched) return;
    this.#watched = wanted;
    try {
      const { presence, profiles = [] } = await this.#link.command('presence:watch', {
        users,
        profiles: true,
      });
      this.#onProfiles(profiles);
      if (this.#watched === wanted) this.#apply(presence, users);
    } catch {
      this.#watched = ''; // the next `ready` asks again
    }
  }

  #apply(presence: readonly Presence[], offline: readonly number[]): void {
    const states = new Map(this.#states);
    for (const user of offline) states.delete(user);
    for (const { user, state } of presence) {
      if (state === 'offline') states.delete(user);
      else states.set(user, state);
    }
    this.#states = states;
  }
}

function stated(presence: readonly Presence[]): Map<number, PresenceState> {
  const states = new Map<number, PresenceState>();
  for (const { user, state } of presence) if (state !== 'offline') states.set(user, state);
  return states;
}
