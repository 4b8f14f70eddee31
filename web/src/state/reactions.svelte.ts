import type { Link } from '../model/link';
import { withReaction, type Wish } from '../model/reactions';
import type { Timer } from '../model/timer';
import type { ReactionChange, ReactionPut } from '../model/wire';
import type { Rooms } from './rooms.svelte';
import type { Timelines } from './timelines.svelte';
import type { Toasts } from './toasts.svelte';
import { Wishes } from './wishes.svelte';

/** ReactionsOptions are the dependencies of Reactions. */
export interface ReactionsOptions {
  link: Link;
  rooms: Rooms;
  timelines: Timelines;
  toasts: Toasts;
  /** The id of the signed-in user. */
  me: () => number | undefined;
  tabStorage?: Storage | undefined;
  timer?: Timer;
}

/**
 * Reactions keeps those of the rooms on screen up to date, and my own until the server has
 * acknowledged them. They are shown at once. Asking for the same reaction twice changes nothing,
 * so each is repeated until it is answered.
 */
export class Reactions {
  readonly #options: ReactionsOptions;
  readonly #wishes: Wishes<Wish>;
  readonly #listeners = new Set<(room: number, change: ReactionChange, rev: number) => void>();

  constructor(options: ReactionsOptions) {
    this.#options = options;
    const { link, timelines } = options;
    this.#wishes = new Wishes<Wish>({
      ...options,
      key: 'partychat:reactions',
      isSame: isAbout,
      send: async ({ room, seq, emoji, on }) => {
        const { rev } = await link.command('message:react', { room, seq, emoji, on });
        timelines.find(room)?.noteHead(rev);
      },
    });
  }

  /** wishesFor returns my reactions to a message that the server has not acknowledged. */
  wishesFor(me: number, room: number, seq: number): readonly Wish[] {
    return this.#wishes.list.filter(
      (wish) => wish.user === me && wish.room === room && wish.seq === seq,
    );
  }

  /** react asks for a reaction, or takes it back. The latest wish for an emoji counts. */
  react(wish: Wish): void {
    this.#wishes.add(wish);
  }

  /** take applies reactions that have arrived. */
  take({ room, rev, changes = [] }: ReactionPut): void {
    const { me, rooms, timelines } = this.#options;
    const first = rev - Math.max(0, changes.length - 1);
    rooms.noteRevs(room, rev, first);
    const timeline = timelines.find(room);
    if (!timeline) return;
    for (const [i, change] of changes.entries()) {
      const at = first + i;
      if (timeline.rev !== undefined && at <= timeline.rev) continue;
      // A change can only be added to the state before it. Otherwise the message is read anew.
      if (timeline.rev !== at - 1) break;
      const known = timeline.messages.find(({ seq }) => seq === change.seq);
      if (known && known.rev < at) timeline.put(withReaction(known, change, at, me() ?? 0));
      else {
        timeline.note(at);
        if (!known) for (const listener of this.#listeners) listener(room, change, at);
      }
    }
    timeline.noteHead(rev);
  }

  /**
   * onOther calls back with changes of messages that the room's timeline does not have, each
   * with its rev, until the returned function is called.
   */
  onOther(listener: (room: number, change: ReactionChange, rev: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** clear drops the previous user's wishes. */
  clear(): void {
    this.#wishes.clear();
  }
}

function isAbout(a: Wish, b: Wish): boolean {
  return a.user === b.user && a.room === b.room && a.seq === b.seq && a.emoji === b.emoji;
}
