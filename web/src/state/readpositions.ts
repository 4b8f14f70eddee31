import type { Link } from '../model/link';
import { startTimer } from '../model/timer';
import type { Rooms } from './rooms.svelte';

/** Minimum milliseconds between two read positions sent for one room. */
const rest = 1_000;

/** ReadPositions sends my read positions to the server, at most once a second for each room. */
export class ReadPositions {
  readonly #link: Link;
  readonly #rooms: Rooms;
  /** Rooms whose position was sent less than a second ago, with that position. */
  readonly #sent = new Map<number, number>();

  constructor(link: Link, rooms: Rooms) {
    this.#link = link;
    this.#rooms = rooms;
  }

  /** send sends the room's read position, now or when a second has passed. */
  send(room: number): void {
    if (this.#sent.has(room)) return;
    const seq = this.#positionIn(room);
    this.#sent.set(room, seq);
    this.#tell(room, seq);
    startTimer(() => {
      this.#sent.delete(room);
      if (this.#positionIn(room) !== seq) this.send(room);
    }, rest);
  }

  /** flush sends waiting positions at once, because the page is closing. */
  flush(): void {
    for (const [room, sent] of this.#sent) {
      const seq = this.#positionIn(room);
      if (seq !== sent) this.#tell(room, seq);
    }
  }

  /** clear drops all positions, because the user has changed. */
  clear(): void {
    this.#sent.clear();
  }

  #positionIn(room: number): number {
    return this.#rooms.get(room)?.membership.readSeq ?? 0;
  }

  #tell(room: number, seq: number): void {
    // The server ignores a position from before messages were marked as unread elsewhere.
    const marked = this.#rooms.get(room)?.membership.marked ?? 0;
    this.#link.command('room:read', { room, seq, marked }).catch(() => {
      this.#sent.delete(room);
      this.#rooms.doubt(room);
    });
  }
}
