import type { Api } from '../api';
import { type Failure, failureFrom } from '../model/failure';
import type { Link } from '../model/link';
import {
  byActivity,
  type Listed,
  merge,
  withMessage,
  withRead,
  withRev,
  withRoom,
} from '../model/subscriptions';
import { startTimer } from '../model/timer';
import type { GoneReason, Known, Message, Ready, Room, Subscription } from '../model/wire';

/** Seconds before loading the rest of the list is retried. */
const listRetry = 5;

/**
 * Bytes of `auth` reserved for everything except rooms, with a user and a rev of 16 digits each.
 */
const authFrame = 109;

/**
 * The key of the epoch in the storage. Kept messages may be older than the page, so a page must
 * recognise also a backup that was restored before it was loaded.
 */
const epochKey = 'epoch';

/** RoomsOptions are the dependencies of Rooms. */
export interface RoomsOptions {
  api: Api;
  link: Link;
  storage?: Storage | undefined;
  /** The id of the signed-in user. */
  me: () => number | undefined;
  /** Called with the list when the server has sent the rooms' revs. */
  onListed: (rooms: readonly Subscription[]) => void;
  /** Called with the rev of a live change of a room other than a message. */
  onRev: (room: number, rev: number) => void;
  /** Called when a room's read position may be ahead of the server's. */
  onRead: (room: number) => void;
  /** Called when the server has restored a backup: nothing that the page knows holds any more. */
  onRestored: () => void;
  /** Called when a room has left the list without a request from this page. */
  onGone: (room: Subscription, reason: GoneReason) => void;
}

/**
 * Rooms is the list of rooms that I have joined. My user's stream keeps it equal to the server's
 * list: on each connection, `ready` contains what has changed since the known revs.
 * docs/PROTOCOL.md, "Reconnecting".
 */
export class Rooms {
  readonly #options: RoomsOptions;
  #byId = new Map<number, Listed>();
  /**
   * While the whole list is being read: the rooms known to be in it, or to have left it, which a
   * page in flight may not reflect yet. undefined once the list is complete.
   */
  #listed: Map<number, boolean> | undefined = new Map();
  /** Counts the reads of the list; an answer to an earlier one is ignored. */
  #reading = 0;
  #epoch: string | undefined;
  #isOpen = false;
  /** The largest `auth` that the server accepts, in bytes. */
  #authBytes = 0;
  #list = $state.raw<readonly Subscription[]>([]);
  #isLoaded = $state(false);
  #failure = $state.raw<Failure>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#epoch = options.storage?.getItem(epochKey) ?? undefined;
    const { link } = options;
    link.known = () => this.#known();
    link.onState((state) => {
      this.#isOpen = state === 'open';
    });
    link.on('ready', (ready) => {
      this.#catchUp(ready);
    });
    link.on('room:put', ({ subscription }) => {
      this.#take(subscription);
      this.#publish();
    });
    link.on('room:changed', ({ room, rev = room.rev }) => {
      this.#update(room.id, (known) => withRoom(known, room, rev));
      options.onRev(room.id, rev);
    });
    link.on('room:gone', ({ room, reason }) => {
      this.#lose(room, reason);
    });
    for (const event of ['member:put', 'member:gone'] as const) {
      link.on(event, ({ room, rev = 0 }) => {
        this.#update(room, (known) => withRev(known, rev));
        options.onRev(room, rev);
      });
    }
    link.on('message:put', ({ message }) => {
      this.#update(message.room, (known) => withMessage(known, message, options.me()));
    });
  }

  /** My rooms, by name. */
  get list(): readonly Subscription[] {
    return this.#list;
  }

  /** Whether the list is known. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Why the list could not be loaded. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** get returns one of my rooms, or undefined if it is not in the list. */
  get(room: number): Subscription | undefined {
    return this.#list.find((known) => known.id === room);
  }

  /** load loads the list; a failure is recorded. */
  load(): Promise<void> {
    this.#failure = undefined;
    return this.#read();
  }

  /** subscribe joins a room, or rejects with a Failure. */
  async subscribe(room: number): Promise<Subscription> {
    return this.put(await this.#options.api.subscriptions.add(room));
  }

  /**
   * unsubscribe leaves a room, or rejects with a Failure. `room:gone` removes it from the list, and
   * without a connection the answer does: an answer that comes late could remove a room that I have
   * joined again elsewhere, but then `ready` returns it.
   */
  async unsubscribe(room: number): Promise<void> {
    await this.#options.api.subscriptions.remove(room);
    if (!this.#isOpen) this.#lose(room, 'left');
  }

  /**
   * put applies the answer to a call, unless an event has since removed the room from the list.
   * It returns what is known of the room.
   */
  put(subscription: Subscription): Subscription {
    const { id, membership } = subscription;
    const isListed = this.#byId.has(id) || (this.#listed && this.#listed.get(id) !== false);
    if (!isListed && (membership.rev ?? 1) <= this.#options.link.rev) return subscription;
    const taken = this.#take(subscription);
    this.#publish();
    return taken;
  }

  /**
   * noteSent moves a room's head to my stored message. Earlier messages may still be in flight.
   */
  noteSent(message: Message): void {
    this.#update(message.room, (known) => ({
      ...withMessage({ ...known, rev: message.rev - 1 }, message, this.#options.me()),
      rev: known.rev,
    }));
  }

  /** noteRevs applies the revs of live changes of a room, from the first to rev. */
  noteRevs(room: number, rev: number, first: number): void {
    this.#update(room, (known) => withRev(known, rev, first));
  }

  /**
   * noteName updates a room's name and topic at its rev. Other changes up to that rev may be in
   * flight.
   */
  noteName(room: Room): void {
    this.#update(room.id, (known) => ({ ...withRoom(known, room, room.rev), rev: known.rev }));
  }

  /** markRead moves a room's read position past this many messages that counted as unread. */
  markRead(room: number, seq: number, counted = 0): void {
    const known = this.#byId.get(room);
    if (!known || seq <= known.membership.readSeq) return;
    this.#update(room, (subscription) => withRead(subscription, seq, counted));
    this.#options.onRead(room);
  }

  /**
   * doubt records that our state of a room may differ from the server's: the next `ready` must
   * include the room.
   */
  doubt(room: number): void {
    this.#update(room, (known) => ({ ...known, isUnsure: true }));
  }

  /** clear drops the list, because the user has changed. */
  clear(): void {
    this.#reading += 1;
    this.#byId.clear();
    this.#listed = new Map();
    this.#options.link.rev = 0;
    this.#isLoaded = false;
    this.#failure = undefined;
    this.#publish();
  }

  /**
   * The known revs, once the list is complete: if not all rooms fit, those that changed last. The
   * others arrive with `ready`.
   */
  #known(): Known | undefined {
    const { link, me } = this.#options;
    const user = me();
    if (this.#listed || !link.rev || !user) return undefined;
    const rooms: Known['rooms'] = {};
    let left = this.#authBytes - authFrame;
    for (const { id, rev, isUnsure } of [...this.#byId.values()].reverse()) {
      left -= `"${id}":${rev},`.length;
      if (left < 0) break;
      if (!isUnsure) rooms[id] = rev;
    }
    return { user, epoch: this.#epoch, rev: link.rev, rooms };
  }

  /**
   * Applies the changes made while there was no connection, or the first page of the whole list.
   */
  #catchUp({ epoch, rev = 0, subscriptions, delta, gone = [], next, limits }: Ready): void {
    this.#noteEpoch(epoch);
    this.#reading += 1;
    this.#options.link.rev = rev;
    this.#authBytes = limits.auth ?? 0;
    if (!delta) this.#listed = new Map();
    for (const { room, reason } of gone) this.#lose(room, reason);
    this.#takePage(subscriptions, next);
    if (next !== undefined) void this.#read(next);
    this.#isLoaded = true;
    this.#failure = undefined;
  }

  /** Reads the list from one page on. A `ready` in the meantime cancels that. */
  async #read(after?: string): Promise<void> {
    const reading = this.#reading;
    try {
      do {
        const page = await this.#options.api.subscriptions.list(after);
        if (this.#reading !== reading) return;
        after = page.next;
        this.#takePage(page.subscriptions, after);
        this.#isLoaded = true;
      } while (after !== undefined);
    } catch (thrown) {
      if (this.#reading !== reading) return;
      const failure = failureFrom(thrown);
      if (!this.#isLoaded) {
        this.#failure = failure;
        return;
      }
      // The request was refused, for example after too many requests.
      startTimer(
        () => {
          if (this.#reading === reading) void this.#read(after);
        },
        1_000 * Math.max(listRetry, failure.retryAfter ?? 0),
      );
    }
  }

  /**
   * Applies a page of the list and, after the last page, removes the rooms that the whole list
   * did not contain.
   */
  #takePage(page: readonly Subscription[], next: string | undefined): void {
    for (const room of page) {
      const { id, membership } = room;
      if (this.#listed?.get(id) === false) continue;
      const { readSeq } = this.#take(room).membership;
      if (readSeq > membership.readSeq) this.#options.onRead(id);
    }
    if (this.#listed && next === undefined) {
      for (const id of this.#byId.keys()) if (!this.#listed.get(id)) this.#byId.delete(id);
      this.#listed = undefined;
    }
    this.#publish();
    this.#options.onListed(this.#list);
  }

  #take(subscription: Subscription): Subscription {
    const { id } = subscription;
    const merged = merge(this.#byId.get(id), subscription);
    this.#set(merged);
    this.#listed?.set(id, true);
    return merged;
  }

  #update(room: number, change: (known: Listed) => Listed): void {
    const known = this.#byId.get(room);
    if (!known) return;
    this.#set(change(known));
    this.#publish();
  }

  /** Moves a room to the end, as the one that changed last. */
  #set(room: Listed): void {
    this.#byId.delete(room.id);
    this.#byId.set(room.id, room);
  }

  #lose(room: number, reason: GoneReason): void {
    const known = this.#byId.get(room);
    this.#listed?.set(room, false);
    if (!known) return;
    this.#byId.delete(room);
    this.#publish();
    this.#options.onGone(known, reason);
  }

  #noteEpoch(epoch: string | undefined): void {
    const { storage, onRestored } = this.#options;
    const before = this.#epoch;
    if (!epoch || epoch === before) return;
    this.#epoch = epoch;
    try {
      storage?.setItem(epochKey, epoch);
    } catch {
      storage?.removeItem(epochKey); // otherwise the page would be loaded again and again
    }
    if (before) onRestored();
  }

  #publish(): void {
    this.#list = [...this.#byId.values()].sort(byActivity);
  }
}
