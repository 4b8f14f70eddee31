import type { Api } from '../api';
import { type Failure, failureFrom } from '../model/failure';
import type { Link } from '../model/link';
import { byName, merge, withMessage, withRead, withRoom } from '../model/subscriptions';
import { startTimer } from '../model/timer';
import type { GoneReason, Message, Subscription } from '../model/wire';

/** Milliseconds between two read positions that are sent for one room. */
const readRest = 1_000;

/** Seconds until the rest of the list is asked for again. */
const listRetry = 5;

/** RoomsOptions are what Rooms works with. */
export interface RoomsOptions {
  api: Api;
  link: Link;
  /** The id of who is signed in. */
  me: () => number | undefined;
  /** Called with rooms of the list that `ready` had no space for. */
  onListed: (rooms: readonly Subscription[]) => void;
  /** Called when a room has left the list without this page asking for it. */
  onGone: (room: Subscription, reason: GoneReason) => void;
}

/** Rooms is the list of rooms that I have subscribed to. */
export class Rooms {
  readonly #options: RoomsOptions;
  #byId = new Map<number, Subscription>();
  /** Rooms that left the list since `ready`: an answer on its way may still name them. */
  readonly #gone = new Set<number>();
  /** Rooms of which is known that they are in the whole list, while it is being read. */
  readonly #listed = new Set<number>();
  /** Counts the lists that were begun to be read; an answer for an earlier one is void. */
  #reading = 0;
  /** Rooms whose read position was sent just now, with the latest one since. */
  readonly #resting = new Map<number, number>();
  #list = $state.raw<readonly Subscription[]>([]);
  readonly #unread = $derived(this.#list.reduce((sum, room) => sum + room.unread, 0));
  #isLoaded = $state(false);
  #failure = $state.raw<Failure>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    const { link } = options;
    link.on('ready', ({ subscriptions, next }) => {
      this.#replaceAll(subscriptions, next);
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
    const reading = this.#reading;
    try {
      for (let after: string | undefined, more = true; more; more = after !== undefined) {
        const page = await this.#options.api.subscriptions.list(after);
        if (this.#reading !== reading) return; // `ready` brings the list, or nobody is signed in
        this.#mergeAll(page.subscriptions);
        after = page.next;
        this.#isLoaded = true;
        this.#publish();
      }
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
    this.#listed.add(subscription.id);
    const merged = this.#merge(subscription);
    this.#publish();
    return merged;
  }

  /** noteMessage moves a room's head to the message. */
  noteMessage(message: Message): void {
    this.#update(message.room, (known) => withMessage(known, message, this.#options.me()));
  }

  /** markRead moves a room's read position, here and on the server, over so many messages that counted as unread. */
  markRead(room: number, seq: number, counted = 0): void {
    const known = this.#byId.get(room);
    if (!known || seq <= known.membership.readSeq) return;
    this.#update(room, (subscription) => withRead(subscription, seq, counted));
    this.#sendRead(room, seq);
  }

  /** tellRead tells the server at once what else has been read: the page goes away. */
  tellRead(): void {
    for (const [room, seq] of this.#resting) {
      this.#options.link.command('room:read', { room, seq }).catch(() => undefined);
    }
  }

  /** clear forgets the list, because nobody or somebody else is signed in. */
  clear(): void {
    this.#reading += 1;
    this.#byId.clear();
    this.#gone.clear();
    this.#isLoaded = false;
    this.#failure = undefined;
    this.#publish();
  }

  /** Takes the first page of the whole list, and follows the others. */
  #replaceAll(subscriptions: readonly Subscription[], next: string | undefined): void {
    this.#reading += 1;
    this.#gone.clear();
    this.#listed.clear();
    this.#take(subscriptions);
    if (next === undefined) this.#keepListed();
    else void this.#readOn(next);
    this.#isLoaded = true;
    this.#failure = undefined;
    this.#publish();
  }

  /** Follows the list behind `ready`; without a connection, the next `ready` begins it anew. */
  async #readOn(next: string): Promise<void> {
    const reading = this.#reading;
    try {
      for (let after: string | undefined = next; after !== undefined;) {
        const page = await this.#options.api.subscriptions.list(after);
        if (this.#reading !== reading) return;
        this.#take(page.subscriptions);
        this.#options.onListed(page.subscriptions);
        after = page.next;
        if (after === undefined) this.#keepListed();
        this.#publish();
      }
    } catch (thrown) {
      if (this.#reading === reading) this.#readLater(next, thrown);
    }
  }

  /** Asks again for what could not be had, such as because of too many requests. */
  #readLater(next: string, thrown: unknown): void {
    const reading = this.#reading;
    startTimer(
      () => {
        if (this.#reading === reading) void this.#readOn(next);
      },
      1_000 * Math.max(listRetry, failureFrom(thrown).retryAfter ?? 0),
    );
  }

  /** Takes one page of the whole list. */
  #take(page: readonly Subscription[]): void {
    this.#mergeAll(page);
    for (const { id, membership } of page) {
      this.#listed.add(id);
      const readSeq = this.#byId.get(id)?.membership.readSeq ?? 0;
      if (readSeq > membership.readSeq) this.#sendRead(id, readSeq);
    }
  }

  /** Forgets the rooms that the whole list did not have. */
  #keepListed(): void {
    for (const id of this.#byId.keys()) if (!this.#listed.has(id)) this.#byId.delete(id);
  }

  #mergeAll(page: readonly Subscription[]): void {
    for (const room of page) if (!this.#gone.has(room.id)) this.#merge(room);
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
