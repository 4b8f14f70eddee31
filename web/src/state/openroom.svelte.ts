import type { Api } from '../api';
import { type Failure, failureFrom } from '../model/failure';
import type { Link } from '../model/link';
import type { Room, Subscription } from '../model/wire';
import type { Rooms } from './rooms.svelte';
import type { RoomTimeline, Timelines } from './timelines.svelte';

/** OpenRoomOptions are the dependencies of an OpenRoom. */
export interface OpenRoomOptions {
  api: Api;
  link: Link;
  rooms: Rooms;
  timelines: Timelines;
}

/**
 * OpenRoom is the room on screen: one of mine, or a public one that I watch while it is open.
 */
export class OpenRoom {
  readonly id: number;
  readonly #options: OpenRoomOptions;
  readonly #timeline: RoomTimeline;
  #found = $state.raw<Room>();
  #failure = $state.raw<Failure>();
  #isWatched = false;
  #isClosed = false;
  #stopListening: (() => void)[] = [];

  constructor(id: number, options: OpenRoomOptions) {
    this.id = id;
    this.#options = options;
    this.#timeline = options.timelines.of(id);
    this.#stopListening = this.#listen();
    const known = options.rooms.get(id);
    // Events may have been missing for a while, for a user who was removed and has joined again.
    if (known) this.#timeline.noteHead(known.rev);
    else void this.#find();
  }

  /** The room; undefined until it is loaded. */
  get room(): Room | undefined {
    return this.subscription ?? this.#found;
  }

  /** My subscription; undefined if I only watch the room. */
  get subscription(): Subscription | undefined {
    return this.#options.rooms.get(this.id);
  }

  get timeline(): RoomTimeline {
    return this.#timeline;
  }

  /** Why the room cannot be shown: `not_found`, most likely. */
  get failure(): Failure | undefined {
    return this.room ? undefined : (this.#failure ?? this.#timeline.failure);
  }

  /** subscribe joins the room, or rejects with a Failure. */
  async subscribe(): Promise<void> {
    await this.#options.rooms.subscribe(this.id);
    this.#unwatch();
  }

  /** retry retries what failed. */
  retry(): void {
    void this.#find();
    void this.#timeline.load();
  }

  /** close stops watching the room. */
  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stopListening) stop();
    this.#unwatch();
    if (this.subscription) this.#timeline.rest();
    else this.#options.timelines.forget(this.id);
  }

  #listen(): (() => void)[] {
    const { link } = this.#options;
    return [
      link.on('ready', () => {
        this.#isWatched = false; // a new socket watches nothing
        // A room that does not exist, or is hidden from me, will not appear by trying again.
        if (!this.subscription && this.#failure?.code !== 'not_found') void this.#find();
      }),
      // I have left it in another tab, or have been removed or banned.
      link.on('room:gone', ({ room }) => {
        if (room === this.id) void this.#find();
      }),
      link.on('room:changed', ({ room }) => {
        if (room.id === this.id && this.#found) this.#found = room;
      }),
      this.#timeline.onSync(({ room }) => {
        if (room && this.#found) this.#found = room;
      }),
    ];
  }

  /** Loads the room over REST, and then subscribes to its events. */
  async #find(): Promise<void> {
    this.#failure = undefined;
    try {
      const { room, subscription } = await this.#options.api.rooms.get(this.id);
      if (this.#isClosed) return;
      if (subscription) {
        this.#options.rooms.put(subscription);
        return;
      }
      this.#found = room;
      await this.#watch();
    } catch (thrown) {
      if (this.#isClosed) return;
      this.#failure = failureFrom(thrown);
      // A room that was visible so far may no longer be.
      if (!this.#failure.isPassing) this.#found = undefined;
    }
  }

  async #watch(): Promise<void> {
    try {
      const { room } = await this.#options.link.command('room:watch', { room: this.id });
      if (this.#isClosed || this.subscription) return;
      this.#isWatched = true;
      this.#found = room;
      this.#timeline.noteHead(room.rev);
    } catch {
      // Without a connection there are no events; the next `ready` tries again.
    }
  }

  #unwatch(): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    this.#options.link.command('room:unwatch', { room: this.id }).catch(() => undefined);
  }
}
