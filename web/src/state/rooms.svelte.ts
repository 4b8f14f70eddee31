import type { Api } from '../api';
import { type Failure, failureFrom } from '../model/failure';
import type { Link } from '../model/link';
import { byName, merge, withMessage, withRead, withRoom } from '../model/subscriptions';
import { startTimer } from '../model/timer';
import type { GoneReason, Message, Subscription } from '../model/wire';

/** Milliseconds between two read positions that are sent for one room. */
const readRest = 1_000;

/** RoomsOptions are what Rooms works with. */
export interface RoomsOptions {
  api: Api;
  link: Link;
  /** The id of who is signed in. */
  me: () => number | undefined;
  /** Called when a room has left the list without this page asking for it. */
  onGone: (room: Subscription, reason: GoneReason) => void;
}

/** Rooms is the list of rooms that I have subscribed to. */
export class Rooms {
  readonly #options: RoomsOptions;
  #byId = new Map<number, Subscription>();
  /** Rooms that left the list since the last whole list was asked for: an answer on its way may still name them. */
  readonly #gone = new Set<number>();
  /** Rooms whose read position was sent just now, with the latest one since. */
  readonly #resting = new Map<number, number>();
  #list = $state.raw<readonly Subscription[]>([]);
  readonly #unread = $derived(this.#list.reduce((sum, room) => sum + room.unread, 0));
  #isLoaded = $state(false);
  #failure = $state.raw<Failure>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    const { link } = options;
    link.on('ready', ({ subscriptions }) => {
      this.#replaceAll(subscriptions);
    });
    link.on('room:put', ({ subscription }) => {
      this.put(subscription);
    });
    link.on('room:changed', ({ room }) => {
      this.#update(room.id, (known) => withRoom(known, room));
    });
    link.on('room:gone', ({ room, reason }) => {
      const known = this.#byId.get(room);
      this.#remove(room);
      if (known) options.onGone(known, reason);
    });
    link.on('message:put', ({ message }) => {
      this.noteMessage(message);
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

  /** Why the list could not be loaded, if so. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** How many messages wait unread, over all rooms. */
  get unread(): number {
    return this.#unread;
  }

  /** get gives one of my rooms; undefined if it is not in the list. */
  get(room: number): Subscription | undefined {
    return this.#list.find((known) => known.id === room);
  }

  /** load asks for the list; a failure is noted. */
  async load(): Promise<void> {
    this.#failure = undefined;
    this.#gone.clear();
    try {
      const subscriptions = await this.#options.api.subscriptions.list();
      for (const subscription of subscriptions) {
        if (!this.#gone.has(subscription.id)) this.#merge(subscription);
      }
      this.#isLoaded = true;
      this.#publish();
    } catch (thrown) {
      if (!this.#isLoaded) this.#failure = failureFrom(thrown);
    }
  }

  /** subscribe puts a room into my list, or rejects with a Failure. */
  async subscribe(room: number): Promise<Subscription> {
    return this.put(await this.#options.api.subscriptions.add(room));
  }

  /** unsubscribe takes a room out of my list, or rejects with a Failure. */
  async unsubscribe(room: number): Promise<void> {
    await this.#options.api.subscriptions.remove(room);
    this.#remove(room);
  }

  /** put takes the news of one room of mine and gives what is known of it then. */
  put(subscription: Subscription): Subscription {
    this.#gone.delete(subscription.id);
    const merged = this.#merge(subscription);
    this.#publish();
    return merged;
  }

  /** noteMessage moves a room's head to the message. */
  noteMessage(message: Message): void {
    this.#update(message.room, (known) => withMessage(known, message, this.#options.me()));
  }

  /** markRead moves a room's read position, here and on the server. */
  markRead(room: number, seq: number): void {
    const known = this.#byId.get(room);
    if (!known || seq <= known.membership.readSeq) return;
    this.#update(room, (subscription) => withRead(subscription, seq));
    this.#sendRead(room, seq);
  }

  /** clear forgets the list, because nobody or somebody else is signed in. */
  clear(): void {
    this.#byId.clear();
    this.#gone.clear();
    this.#isLoaded = false;
    this.#failure = undefined;
    this.#publish();
  }

  #replaceAll(subscriptions: readonly Subscription[]): void {
    const known = this.#byId;
    this.#byId = new Map(subscriptions.map((s) => [s.id, merge(known.get(s.id), s)]));
    this.#isLoaded = true;
    this.#failure = undefined;
    this.#publish();
    for (const { id, membership } of subscriptions) {
      const readSeq = this.#byId.get(id)?.membership.readSeq ?? 0;
      if (readSeq > membership.readSeq) this.#sendRead(id, readSeq);
    }
  }

  /** Tells the server, at most once a second per room. What is lost is sent again at the next `ready`. */
  #sendRead(room: number, seq: number): void {
    if (this.#resting.has(room)) {
      this.#resting.set(room, seq);
      return;
    }
    this.#options.link.command('room:read', { room, seq }).catch(() => {
      this.#resting.delete(room);
    });
    this.#resting.set(room, seq);
    startTimer(() => {
      const latest = this.#resting.get(room) ?? seq;
      this.#resting.delete(room);
      if (latest > seq) this.#sendRead(room, latest);
    }, readRest);
  }

  #merge(subscription: Subscription): Subscription {
    const merged = merge(this.#byId.get(subscription.id), subscription);
    this.#byId.set(merged.id, merged);
    return merged;
  }

  #update(room: number, change: (known: Subscription) => Subscription): void {
    const known = this.#byId.get(room);
    if (!known) return;
    this.#byId.set(room, change(known));
    this.#publish();
  }

  #remove(room: number): void {
    this.#gone.add(room);
    if (this.#byId.delete(room)) this.#publish();
  }

  #publish(): void {
    this.#list = [...this.#byId.values()].sort(byName);
  }
}
