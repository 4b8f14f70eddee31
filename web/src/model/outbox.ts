import { type Failure, failureFrom } from './failure';
import type { OutboxHome, OutboxNews } from './outboxhome';
import { startTimer, type Timer } from './timer';
import type { File, Message, SendCommand } from './wire';

/** OutboxContent is the content of a message. The clientId is a new one by default. */
export type OutboxContent = Omit<SendCommand, 'room' | 'clientId' | 'files'> &
  Pick<OutboxEntry, 'files'> & { clientId?: string };

/** OutboxEntry is a message of mine that has not been acknowledged. */
export interface OutboxEntry extends Readonly<Omit<SendCommand, 'files'>> {
  /** The files, as they are shown until the message is stored. */
  readonly files?: readonly File[];
  /** The author's id. */
  readonly owner: number;
  /** When it was written, RFC 3339. */
  readonly createdAt: string;
  /** `failed` is final until the writer retries it. */
  readonly state: 'sending' | 'failed';
  /** Why it failed, in words for people. */
  reason?: string;
}

/** OutboxOptions are the dependencies of an outbox. */
export interface OutboxOptions {
  /** Sends a message and returns it as stored, or rejects with a Failure. */
  send: (entry: OutboxEntry) => Promise<Message>;
  /** Receives the stored message, before the entry leaves the outbox. */
  onSent: (message: Message) => void;
  /** Called when the entries of a room have changed. */
  onChange: (room: number) => void;
  /** Returns the home of the entries; called once, never rejects. */
  openHome: () => Promise<OutboxHome>;
  newClientId: () => string;
  now?: () => Date;
  /** Returns a number from 0 up to 1, for jitter. */
  random?: () => number;
  timer?: Timer;
}

/** Milliseconds: the maximum delay before the first retry, and before any retry. */
const firstWait = 1_000;
const longestWait = 30_000;

/**
 * Outbox sends messages to the server: one in flight per room across all tabs, in the order
 * written, and retried with the same clientId until there is a final answer. Unsent messages are
 * kept for their author through reloads and log-outs.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #now: () => Date;
  readonly #random: () => number;
  readonly #timer: Timer;
  #home: Promise<OutboxHome> | undefined;
  #owner: number | undefined;
  #rooms = new Map<number, Lane>();
  #running = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#random = options.random ?? Math.random;
    this.#timer = options.timer ?? startTimer;
  }

  /** The room's entries in the order written; a new array after each change. */
  entries(room: number): readonly OutboxEntry[] {
    return this.#rooms.get(room)?.entries ?? [];
  }

  /** open shows the owner's entries instead of another user's. */
  async open(owner: number): Promise<void> {
    if (this.#owner === owner) return;
    this.pause();
    this.#owner = owner;
    const left = this.#rooms;
    this.#rooms = new Map();
    for (const room of left.keys()) this.#options.onChange(room);
    const home = await this.#atHome();
    for (const room of new Set((await home.store.load(owner)).map((entry) => entry.room))) {
      if (this.#owner !== owner) return;
      const lane = this.#lane(room);
      await this.#refresh(lane, home, owner);
      this.#pump(lane);
    }
  }

  /** resume starts sending at once, including entries that were waiting for a retry. */
  resume(): void {
    this.#running = true;
    for (const lane of this.#rooms.values()) {
      lane.attempts = 0;
      lane.stopResting?.();
      this.#pump(lane);
    }
  }

  /** pause stops sending; an entry in flight may still be acknowledged. */
  pause(): void {
    this.#running = false;
    for (const lane of this.#rooms.values()) lane.stopResting?.();
  }

  /** add queues a message for the room. Somebody must be signed in. */
  add(room: number, content: OutboxContent): void {
    const lane = this.#lane(room);
    this.#put(lane, {
      clientId: this.#options.newClientId(),
      ...content,
      owner: this.#owner as number,
      room,
      createdAt: this.#now().toISOString(),
      state: 'sending',
    });
    this.#pump(lane);
  }

  /** retry sends a failed entry again, with the same clientId. */
  retry(room: number, clientId: string): void {
    const lane = this.#lane(room);
    const failed = find(lane, clientId);
    if (failed?.state !== 'failed') return;
    const entry: OutboxEntry = { ...failed, state: 'sending' };
    delete entry.reason;
    this.#put(lane, entry);
    this.#pump(lane);
  }

  /** delete removes a failed entry. */
  delete(room: number, clientId: string): void {
    const lane = this.#lane(room);
    const entry = find(lane, clientId);
    if (entry?.state !== 'failed') return;
    this.#drop(lane, clientId);
    this.#save(lane, ({ store }) => store.delete(clientId), { kind: 'deleted', entry });
  }

  /** settle removes the entry of a message that is known to be stored. */
  settle({ room, clientId }: Message): void {
    const lane = this.#rooms.get(room);
    if (!lane || !find(lane, clientId)) return;
    this.#drop(lane, clientId);
    this.#save(lane, ({ store }) => store.delete(clientId));
  }

  #atHome(): Promise<OutboxHome> {
    this.#home ??= this.#options.openHome().then((home) => {
      home.onNews((news) => {
        this.#hear(news);
      });
      return home;
    });
    return this.#home;
  }

  #lane(room: number): Lane {
    const known = this.#rooms.get(room);
    if (known) return known;
    const lane: Lane = {
      room,
      entries: [],
      isWorking: false,
      attempts: 0,
      stopResting: undefined,
      saved: Promise.resolve(),
    };
    this.#rooms.set(room, lane);
    return lane;
  }

  #pump(lane: Lane): void {
    if (lane.isWorking || !this.#mayWork(lane) || !nextOf(lane)) return;
    lane.isWorking = true;
    void this.#work(lane).finally(() => {
      lane.isWorking = false;
      this.#pump(lane);
    });
  }

  /** Whether it is connected, and the lane's owner is still signed in. */
  #mayWork(lane: Lane): boolean {
    return this.#running && this.#rooms.get(lane.room) === lane;
  }

  /** Sends the lane's entries, while no other tab sends to this room. */
  async #work(lane: Lane): Promise<void> {
    const home = await this.#atHome();
    const owner = this.#owner as number;
    await home.exclusively(`${owner}:${lane.room}`, async (isStillMine) => {
      await this.#refresh(lane, home, owner);
      for (;;) {
        const entry = nextOf(lane);
        if (!entry || !this.#mayWork(lane)) return;
        // An event may have settled the entry while the lock was being confirmed.
        if (!(await isStillMine()) || !find(lane, entry.clientId)) return;
        const wait = await this.#attempt(lane, entry);
        // The next holder of the lock finds the entry's state in the store.
        await lane.saved;
        if (wait > 0 && this.#mayWork(lane)) await this.#rest(lane, wait);
      }
    });
  }

  /** Applies what other tabs have added, sent and deleted. */
  async #refresh(lane: Lane, { store }: OutboxHome, owner: number): Promise<void> {
    await lane.saved;
    const before = lane.entries;
    const kept = (await store.load(owner)).filter(({ room }) => room === lane.room);
    // Changes made here meanwhile are newer than the answer.
    const changed = lane.entries.filter((entry) => !before.includes(entry));
    const outdated = new Set(
      [...before.filter((entry) => !find(lane, entry.clientId)), ...changed].map(
        ({ clientId }) => clientId,
      ),
    );
    this.#set(lane, [...kept.filter(({ clientId }) => !outdated.has(clientId)), ...changed]);
  }

  /** Returns the milliseconds to wait before the next attempt. */
  async #attempt(lane: Lane, entry: OutboxEntry): Promise<number> {
    try {
      const message = await this.#options.send(entry);
      lane.attempts = 0;
      this.#options.onSent(message);
      this.#drop(lane, entry.clientId);
      this.#save(lane, ({ store }) => store.delete(entry.clientId), { kind: 'sent', message });
      return 0;
    } catch (thrown) {
      return this.#failed(lane, entry, failureFrom(thrown));
    }
  }

  #failed(lane: Lane, entry: OutboxEntry, failure: Failure): number {
    // The event may have delivered the message although its acknowledgement was lost.
    if (!find(lane, entry.clientId)) return 0;
    if (failure.code === 'unauthenticated') {
      this.pause(); // resumed when the same person is signed in again
      return 0;
    }
    if (!failure.isPassing) {
      lane.attempts = 0;
      this.#put(lane, { ...entry, state: 'failed', reason: failure.message });
      return 0;
    }
    const longest = Math.min(longestWait, firstWait * 2 ** lane.attempts);
    lane.attempts += 1;
    return Math.max(longest * (0.5 + this.#random() / 2), (failure.retryAfter ?? 0) * 1_000);
  }

  #rest(lane: Lane, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        lane.stopResting = undefined;
        cancel();
        resolve();
      };
      const cancel = this.#timer(end, milliseconds);
      lane.stopResting = end;
    });
  }

  /** Applies what another tab has done. */
  #hear(news: OutboxNews): void {
    if (news.kind === 'sent') {
      if (news.message.author.id !== this.#owner) return;
      this.#options.onSent(news.message);
      const lane = this.#rooms.get(news.message.room);
      if (lane) this.#drop(lane, news.message.clientId);
      return;
    }
    const { entry } = news;
    if (entry.owner !== this.#owner) return;
    const lane = this.#lane(entry.room);
    if (news.kind === 'put') this.#upsert(lane, entry);
    else this.#drop(lane, entry.clientId);
    this.#pump(lane);
  }

  #put(lane: Lane, entry: OutboxEntry): void {
    this.#upsert(lane, entry);
    this.#save(lane, ({ store }) => store.put(entry), { kind: 'put', entry });
  }

  /** Writes to the store, one change after another, and then notifies the other tabs. */
  #save(lane: Lane, write: (home: OutboxHome) => Promise<void>, news?: OutboxNews): void {
    lane.saved = lane.saved.then(async () => {
      const home = await this.#atHome();
      await write(home);
      if (news) home.tell(news);
    });
  }

  #upsert(lane: Lane, entry: OutboxEntry): void {
    const { entries } = lane;
    const same = ({ clientId }: OutboxEntry) => clientId === entry.clientId;
    this.#set(
      lane,
      entries.some(same)
        ? entries.map((known) => (same(known) ? entry : known))
        : [...entries, entry],
    );
  }

  #drop(lane: Lane, clientId: string): void {
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
  isWorking: boolean;
  attempts: number;
  /** Ends the wait for the next attempt, if there is one. */
  stopResting: (() => void) | undefined;
  /** Settles when the store has all changes. */
  saved: Promise<void>;
}

function nextOf(lane: Lane): OutboxEntry | undefined {
  return lane.entries.find((entry) => entry.state === 'sending');
}

function find(lane: Lane, clientId: string): OutboxEntry | undefined {
  return lane.entries.find((entry) => entry.clientId === clientId);
}
