import { shownName } from '../model/person';
import type { Link } from '../model/link';
import { startTimer, type Timer } from '../model/timer';
import type { Author } from '../model/wire';

/** Milliseconds between two reports that somebody is still typing. */
const tellEvery = 3_000;

/** Milliseconds without a key after which typing has stopped. */
const restAfter = 2_000;

interface Typist {
  readonly user: Author;
  readonly cancel: () => void;
}

/**
 * Typists knows who is typing in which room. Each entry expires by itself, even if events are
 * lost.
 */
export class Typists {
  readonly #timer: Timer;
  readonly #rooms = new Map<number, Map<number, Typist>>();
  #names = $state.raw<ReadonlyMap<number, readonly string[]>>(new Map());

  constructor(link: Link, timer: Timer = startTimer) {
    this.#timer = timer;
    link.on('room:typing', ({ room, user, forMs }) => {
      this.#drop(room, user.id);
      if (forMs > 0) this.#add(room, user, forMs);
      this.#publish(room);
    });
    link.on('message:put', ({ message }) => {
      if (this.#drop(message.room, message.author.id)) this.#publish(message.room);
    });
    link.on('ready', () => {
      for (const [room, typists] of this.#rooms) {
        for (const id of [...typists.keys()]) this.#drop(room, id);
        this.#publish(room);
      }
    });
  }

  /**
   * in returns the names of those who are typing in the room, in the order in which they started.
   */
  in(room: number): readonly string[] {
    return this.#names.get(room) ?? [];
  }

  #add(room: number, user: Author, milliseconds: number): void {
    const cancel = this.#timer(() => {
      this.#drop(room, user.id);
      this.#publish(room);
    }, milliseconds);
    const typists = this.#rooms.get(room) ?? new Map<number, Typist>();
    this.#rooms.set(room, typists.set(user.id, { user, cancel }));
  }

  #drop(room: number, user: number): boolean {
    const typists = this.#rooms.get(room);
    typists?.get(user)?.cancel();
    return typists?.delete(user) ?? false;
  }

  #publish(room: number): void {
    const names = [...(this.#rooms.get(room)?.values() ?? [])].map(({ user }) => shownName(user));
    const known = this.#names.get(room) ?? [];
    if (names.length === known.length && names.every((name) => known.includes(name))) return;
    this.#names = new Map(this.#names).set(room, names);
  }
}

/** MyTyping reports to the others in one room that I am typing, no more often than needed. */
export class MyTyping {
  readonly #room: number;
  readonly #link: Link;
  readonly #timer: Timer;
  #endSilence: (() => void) | undefined;
  #endRest: (() => void) | undefined;

  constructor(room: number, link: Link, timer: Timer = startTimer) {
    this.#room = room;
    this.#link = link;
    this.#timer = timer;
  }

  /** key records a keystroke. */
  key(): void {
    this.#endRest?.();
    this.#endRest = this.#timer(() => {
      this.stop();
    }, restAfter);
    if (this.#endSilence) return;
    this.#tell('typing:start');
    this.#endSilence = this.#timer(() => (this.#endSilence = undefined), tellEvery);
  }

  /**
   * stop ends the report: the message was sent, the room left, or nothing was typed for a while.
   */
  stop(): void {
    if (!this.#endRest) return;
    this.#endRest();
    this.#endSilence?.();
    this.#endRest = this.#endSilence = undefined;
    this.#tell('typing:stop');
  }

  #tell(what: 'typing:start' | 'typing:stop'): void {
    this.#link.command(what, { room: this.#room }).catch(() => undefined);
  }
}
