import { type Failure, failureFrom } from './failure';
import { startTimer, type Timer } from './timer';
import type { Message } from './wire';

/** OutboxEntry is a message of mine that has not been acknowledged. */
export interface OutboxEntry {
  readonly clientId: string;
  readonly room: number;
  readonly body: string;
  /** When it was written, RFC 3339. */
  readonly createdAt: string;
  /** `failed` is final until the writer retries it. */
  readonly state: 'sending' | 'failed';
  /** Why it failed, in words for people. */
  readonly reason?: string;
}

/** OutboxStore keeps the entries. The outbox is their only writer. */
export interface OutboxStore {
  /** Gives all entries in the order in which they were first put. */
  load(): Promise<OutboxEntry[]>;
  put(entry: OutboxEntry): void;
  delete(clientId: string): void;
}

/** OutboxOptions are what an outbox works with. */
export interface OutboxOptions {
  /** Sends one message and gives it as stored, or rejects with a Failure. */
  send: (entry: OutboxEntry) => Promise<Message>;
  /** Takes the stored message, before the entry leaves the outbox. */
  onSent: (message: Message) => void;
  /** Called when the entries of a room have changed. */
  onChange: (room: number) => void;
  store: OutboxStore;
  newClientId: () => string;
  now?: () => Date;
  /** Gives a number from 0 up to 1, for jitter. */
  random?: () => number;
  timer?: Timer;
}

/** Milliseconds: the longest first wait before a send is repeated, and the longest of all. */
const firstWait = 1_000;
const longestWait = 30_000;

/**
 * Outbox brings messages to the server: per room one in flight, in the order
 * written, repeated with the same clientId until there is a final answer.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #now: () => Date;
  readonly #random: () => number;
  readonly #timer: Timer;
  readonly #rooms = new Map<number, Lane>();
  #running = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#random = options.random ?? Math.random;
    this.#timer = options.timer ?? startTimer;
  }

  /** The room's entries in the order written; a new array whenever one has changed. */
  entries(room: number): readonly OutboxEntry[] {
    return this.#rooms.get(room)?.entries ?? [];
  }

  /** load takes over what the store has kept. */
  async load(): Promise<void> {
    for (const entry of await this.#options.store.load()) {
      const lane = this.#lane(entry.room);
      if (lane.entries.some((known) => known.clientId === entry.clientId)) continue;
      this.#set(lane, [...lane.entries, entry]);
      this.#pump(lane);
    }
  }

  /** resume starts sending, at once, also what was waiting for another attempt. */
  resume(): void {
    this.#running = true;
    for (const lane of this.#rooms.values()) {
      lane.attempts = 0;
      this.#stopWaiting(lane);
      this.#pump(lane);
    }
  }

  /** pause stops sending; what is in flight may still be acknowledged. */
  pause(): void {
    this.#running = false;
    for (const lane of this.#rooms.values()) this.#stopWaiting(lane);
  }

  /** add writes a message to the room and sends it when its turn comes. */
  add(room: number, body: string): OutboxEntry {
    const lane = this.#lane(room);
    const entry: OutboxEntry = {
      clientId: this.#options.newClientId(),
      room,
      body,
      createdAt: this.#now().toISOString(),
      state: 'sending',
    };
    this.#options.store.put(entry);
    this.#set(lane, [...lane.entries, entry]);
    this.#pump(lane);
    return entry;
  }

  /** retry sends a failed entry again, under the same clientId. */
  retry(room: number, clientId: string): void {
    const lane = this.#lane(room);
    const entry = lane.entries.find((known) => known.clientId === clientId);
    if (entry?.state !== 'failed') return;
    const { body, createdAt } = entry;
    this.#replace(lane, { clientId, room, body, createdAt, state: 'sending' });
    this.#pump(lane);
  }

  /** delete gives up a failed entry. */
  delete(room: number, clientId: string): void {
    const lane = this.#lane(room);
    const entry = lane.entries.find((known) => known.clientId === clientId);
    if (entry?.state === 'failed') this.#remove(lane, clientId);
  }

  /** settle drops the entry of a message that is known to be stored. */
  settle(message: Message): void {
    const lane = this.#rooms.get(message.room);
    if (lane?.entries.some((known) => known.clientId === message.clientId)) {
      this.#remove(lane, message.clientId);
    }
  }

  /** clear forgets everything, because somebody else is signed in now. */
  clear(): void {
    this.pause();
    for (const lane of this.#rooms.values()) {
      for (const entry of lane.entries) this.#options.store.delete(entry.clientId);
      this.#set(lane, []);
    }
    this.#rooms.clear();
  }

  #lane(room: number): Lane {
    const known = this.#rooms.get(room);
    if (known) return known;
    const lane: Lane = { room, entries: [], inFlight: false, attempts: 0, stopWaiting: undefined };
    this.#rooms.set(room, lane);
    return lane;
  }

  #pump(lane: Lane): void {
    if (!this.#running || lane.inFlight || lane.stopWaiting) return;
    const next = lane.entries.find((entry) => entry.state === 'sending');
    if (next) void this.#send(lane, next);
  }

  async #send(lane: Lane, entry: OutboxEntry): Promise<void> {
    lane.inFlight = true;
    try {
      const message = await this.#options.send(entry);
      lane.attempts = 0;
      this.#options.onSent(message);
      this.settle(message);
    } catch (thrown) {
      this.#failed(lane, entry, failureFrom(thrown));
    } finally {
      lane.inFlight = false;
      this.#pump(lane);
    }
  }

  #failed(lane: Lane, entry: OutboxEntry, failure: Failure): void {
    // The event may have told of the message although its acknowledgement was lost.
    if (!lane.entries.includes(entry)) return;
    if (failure.code === 'unauthenticated') {
      this.pause(); // resumed when the same person is back
      return;
    }
    if (!failure.isPassing) {
      lane.attempts = 0;
      this.#replace(lane, { ...entry, state: 'failed', reason: failure.message });
      return;
    }
    const longest = Math.min(longestWait, firstWait * 2 ** lane.attempts);
    const wait = Math.max(longest * (0.5 + this.#random() / 2), (failure.retryAfter ?? 0) * 1_000);
    lane.attempts += 1;
    if (!this.#running) return;
    lane.stopWaiting = this.#timer(() => {
      lane.stopWaiting = undefined;
      this.#pump(lane);
    }, wait);
  }

  #stopWaiting(lane: Lane): void {
    lane.stopWaiting?.();
    lane.stopWaiting = undefined;
  }

  #replace(lane: Lane, entry: OutboxEntry): void {
    this.#options.store.put(entry);
    this.#set(
      lane,
      lane.entries.map((known) => (known.clientId === entry.clientId ? entry : known)),
    );
  }

  #remove(lane: Lane, clientId: string): void {
    this.#options.store.delete(clientId);
    this.#set(
      lane,
      lane.entries.filter((known) => known.clientId !== clientId),
    );
  }

  #set(lane: Lane, entries: readonly OutboxEntry[]): void {
    lane.entries = entries;
    this.#options.onChange(lane.room);
  }
}

/** Lane is the queue of one room. */
interface Lane {
  readonly room: number;
  entries: readonly OutboxEntry[];
  inFlight: boolean;
  attempts: number;
  /** Cancels the wait before the next attempt, while there is one. */
  stopWaiting: (() => void) | undefined;
}
