import type { Link } from '../model/link';
import { startTimer, type Timer } from '../model/timer';
import type { Presence, PresenceState } from '../model/wire';

/** The most people that the server lets one watch at a time. */
const watchedMost = 500;

/** Milliseconds in which what is shown settles before the server is told of it. */
const pause = 100;

/** Presences says who is there, of all who are shown just now. */
export class Presences {
  readonly #link: Link;
  readonly #timer: Timer;
  #states = $state.raw<ReadonlyMap<number, PresenceState>>(new Map());
  /** Whom each view shows. */
  readonly #views = new Map<object, readonly number[]>();
  #watched = '';
  #isWaiting = false;

  constructor(link: Link, timer: Timer = startTimer) {
    this.#link = link;
    this.#timer = timer;
    link.on('presence', ({ presence }) => {
      this.#apply(presence, []);
    });
    link.on('ready', ({ presence = [] }) => {
      this.#states = stated(presence);
      this.#watched = ''; // a new socket watches nobody
      this.#watchSoon();
    });
  }

  /** of gives how someone is; undefined if that person is not there, or not watched. */
  of(user: number): PresenceState | undefined {
    return this.#states.get(user);
  }

  /** isThere tells whether someone is there, away or not. */
  isThere(user: number): boolean {
    return this.#states.has(user);
  }

  /** note takes what an answer has said of some users: those without an entry are offline. */
  note(users: readonly number[], presence: readonly Presence[]): void {
    this.#apply(presence, users);
  }

  /** watch asks for news of all that one view shows, in the place of what it showed before. */
  watch(view: object, users: readonly number[]): void {
    if (users.length === 0) this.#views.delete(view);
    else this.#views.set(view, users);
    this.#watchSoon();
  }

  /** clear forgets everybody, because somebody else is signed in. */
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
      const { presence } = await this.#link.command('presence:watch', { users });
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
