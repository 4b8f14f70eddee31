import type { Api } from '../api';
import type { Failure } from '../model/failure';
import type { Link } from '../model/link';
import { newClientId } from '../model/clientid';
import { Outbox, type OutboxContent, type OutboxEntry } from '../model/outbox';
import type { OutboxHome } from '../model/outboxhome';
import { RoomFeed } from '../model/roomfeed';
import { isInThreadOnly } from '../model/threads';
import type { Changes, Message, Room } from '../model/wire';

/** How many messages the client requests at a time. */
const pageSize = 50;

/** How many messages of a room are kept when another one is opened. */
const keptWhenClosed = 200;

/** RoomTimeline is one room's timeline as components see it. */
export class RoomTimeline {
  readonly room: number;
  readonly #feed: RoomFeed;
  readonly #outbox: Outbox;
  #messages = $state.raw<readonly Message[]>([]);
  #pending = $state.raw<readonly OutboxEntry[]>([]);
  #isLoaded = $state(false);
  #moreBefore = $state(false);
  #moreAfter = $state(false);
  #stretch = $state(0);
  readonly #listeners = new Set<(messages: readonly Message[]) => void>();
  readonly #syncListeners = new Set<(changes: Changes) => void>();
  #isLoadingOlder = $state(false);
  #isWhole = $state(true);
  #isKept = $state(false);
  #isHeld = false;
  #shownEpoch = 0;
  #failure = $state.raw<Failure>();

  constructor(room: number, { api, link, onSync }: TimelinesOptions, outbox: Outbox) {
    this.room = room;
    this.#outbox = outbox;
    this.#feed = new RoomFeed({
      source: {
        page: (before) =>
          api.rooms.messages(room, {
            limit: pageSize,
            timeline: 'room',
            ...(before === undefined ? {} : { before }),
          }),
        pageAfter: (after) =>
          api.rooms.messages(room, { limit: pageSize, timeline: 'room', after }),
        changes: async (since) => {
          const changes = await link.command('room:sync', { room, since });
          for (const listener of [onSync, ...this.#syncListeners]) listener(changes);
          return changes;
        },
      },
      onChange: () => {
        this.#show();
      },
      onArrive: (messages) => {
        for (const listener of this.#listeners) listener(messages);
      },
    });
    this.showPending();
  }

  /**
   * A contiguous range of the messages, in the order of seq: up to the newest, unless moreAfter.
   */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** My messages that the server has not acknowledged, in the order written. */
  get pending(): readonly OutboxEntry[] {
    return this.pendingIn();
  }

  /** pendingIn returns those of a thread or, without one, those that the room will show. */
  pendingIn(thread?: number): readonly OutboxEntry[] {
    return this.#pending.filter((it) => (thread ? it.thread === thread : !isInThreadOnly(it)));
  }

  /** The rev up to which everything is known; undefined until a page is loaded. */
  get rev(): number | undefined {
    return this.#feed.timeline.rev;
  }

  /** Whether there is anything to show. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Why nothing could be loaded. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Whether there are older messages to load. */
  get moreBefore(): boolean {
    return this.#moreBefore;
  }

  get isLoadingOlder(): boolean {
    return this.#isLoadingOlder;
  }

  /** Whether there are newer messages to load. */
  get moreAfter(): boolean {
    return this.#moreAfter;
  }

  /**
   * Changes whenever the messages are replaced by a range that is not adjacent to the previous
   * one.
   */
  get stretch(): number {
    return this.#stretch;
  }

  /** onArrive calls the listener with new messages, until the returned function is called. */
  onArrive(listener: (messages: readonly Message[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * onSync calls the listener with messages as they change, and with all changes that were
   * missing, until the returned function is called.
   */
  onSync(listener: (changes: Changes) => void): () => void {
    this.#syncListeners.add(listener);
    return () => this.#syncListeners.delete(listener);
  }

  /** Whether nothing is known to be missing up to the newest message. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Whether the shown range ends before the newest messages, for a reader who was looking at it.
   */
  get isKept(): boolean {
    return this.#isKept;
  }

  /**
   * hold records whether the reader looks at older messages, which then stay whatever arrives.
   */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (!isHeld && this.#isKept) this.#show();
  }

  /** load loads the first page, unless something is loaded. */
  load(): Promise<void> {
    return this.#feed.load();
  }

  /**
   * open loads the message after seq with those around it or, without seq, the newest page. It
   * never rejects.
   */
  open(seq?: number): Promise<void> {
    this.hold(false);
    return this.#feed.open(seq);
  }

  /** loadNewer loads the page after the last message. */
  loadNewer(): Promise<void> {
    return this.#feed.loadNewer();
  }

  /** loadOlder loads the page before the first message. */
  loadOlder(): Promise<void> {
    const loading = this.#feed.loadOlder();
    this.#isLoadingOlder = this.#feed.isLoadingOlder;
    return loading;
  }

  /** send queues a message. It is shown at once and sent in order. */
  send(content: OutboxContent): void {
    this.#outbox.add(this.room, content);
  }

  /** retry sends a failed message again. */
  retry(clientId: string): void {
    this.#outbox.retry(this.room, clientId);
  }

  /** discard removes a failed message. */
  discard(clientId: string): void {
    this.#outbox.delete(this.room, clientId);
  }

  /** put applies a live change. */
  put(message: Message): void {
    this.#feed.put(message);
    const changes = { messages: [message], rev: message.rev, more: false, startOver: false };
    for (const listener of this.#syncListeners) listener(changes);
  }

  /** note applies the rev of a live change of the room other than a message. */
  note(rev: number): void {
    this.#feed.note(rev);
  }

  /** noteHead records the room's rev, and catches up if it is ahead. */
  noteHead(rev: number): void {
    this.#feed.noteHead(rev);
  }

  /** resume retries what failed without a connection. */
  resume(): void {
    this.#feed.resume();
  }

  /** rest drops old messages, while the room is not on screen. */
  rest(): void {
    this.#isHeld = false;
    this.#feed.timeline.trim(keptWhenClosed);
    this.#show();
  }

  /** close cancels pending work. */
  close(): void {
    this.#feed.close();
  }

  /** showPending shows the outbox's entries. */
  showPending(): void {
    this.#pending = this.#outbox.entries(this.room);
  }

  #show(): void {
    const { timeline } = this.#feed;
    // What is on screen stays while an abandoned timeline is loaded again and, for a reader who
    // has scrolled up, afterwards too: the new range is not adjacent to the old one.
    this.#isKept = this.#isLoaded && this.#isHeld && timeline.epoch !== this.#shownEpoch;
    if (this.#isKept) {
      this.#moreBefore = this.#moreAfter = false;
    } else if (timeline.isLoaded) {
      this.#shownEpoch = timeline.epoch;
      this.#messages = timeline.messages;
      this.#moreBefore = timeline.moreBefore;
      this.#moreAfter = timeline.moreAfter;
      this.#stretch = timeline.epoch;
      this.#isLoaded = true;
    }
    this.#isWhole = !timeline.isBehind;
    this.#isLoadingOlder = this.#feed.isLoadingOlder;
    this.#failure = this.#feed.failure;
  }
}

/** TimelinesOptions are the dependencies of Timelines. */
export interface TimelinesOptions {
  api: Api;
  link: Link;
  openOutboxHome: () => Promise<OutboxHome>;
  /** The id of the signed-in user. */
  me: () => number | undefined;
  /** Called with each message that the server has acknowledged. */
  onSent: (message: Message) => void;
  /** Called with changes of a room that were missing here. */
  onSync: (changes: Changes) => void;
}

/** Timelines keeps the timelines of the rooms opened so far, and the outbox. */
export class Timelines {
  readonly #options: TimelinesOptions;
  readonly #byRoom = new Map<number, RoomTimeline>();
  readonly #outbox: Outbox;

  constructor(options: TimelinesOptions) {
    this.#options = options;
    const { link } = options;
    this.#outbox = new Outbox({
      send: async ({
        room,
        clientId,
        kind,
        body,
        location,
        replyTo,
        thread,
        inRoom,
        files: shown,
      }) => {
        const files = shown?.map(({ id }) => id);
        const command = { room, clientId, kind, body, location, replyTo, thread, inRoom, files };
        return (await link.command('message:send', command)).message;
      },
      onSent: (message) => {
        this.#byRoom.get(message.room)?.put(message);
        options.onSent(message);
      },
      onChange: (room) => this.#byRoom.get(room)?.showPending(),
      openHome: options.openOutboxHome,
      newClientId,
    });
    link.on('ready', () => {
      this.resume();
      this.#outbox.resume();
    });
    link.on('message:put', ({ message }) => {
      this.#byRoom.get(message.room)?.put(message);
      if (message.author.id === this.#options.me()) this.#outbox.settle(message);
    });
    link.onState((state) => {
      if (state !== 'open') this.#outbox.pause();
    });
  }

  /** noteHeads records the revs of the rooms. */
  noteHeads(rooms: readonly Room[]): void {
    for (const { id, rev } of rooms) this.#byRoom.get(id)?.noteHead(rev);
  }

  /** find returns the timeline of a room that has been opened. */
  find(room: number): RoomTimeline | undefined {
    return this.#byRoom.get(room);
  }

  /** note applies the rev of a live change of a room other than a message. */
  note(room: number, rev: number): void {
    this.#byRoom.get(room)?.note(rev);
  }

  /** enter shows the user's messages that the server does not have yet. */
  enter(user: number): void {
    void this.#outbox.open(user);
  }

  /** resume retries what failed without a connection. */
  resume(): void {
    for (const timeline of this.#byRoom.values()) timeline.resume();
  }

  /** of returns the room's timeline, and starts loading its newest page if nothing is loaded. */
  of(room: number): RoomTimeline {
    let timeline = this.#byRoom.get(room);
    if (!timeline) {
      timeline = new RoomTimeline(room, this.#options, this.#outbox);
      this.#byRoom.set(room, timeline);
    }
    void timeline.load();
    return timeline;
  }

  /** forget drops a room's timeline, because its events no longer arrive. */
  forget(room: number): void {
    this.#byRoom.get(room)?.close();
    this.#byRoom.delete(room);
  }

  /** clear drops all timelines. Unsent messages are kept for the same user. */
  clear(): void {
    this.#outbox.pause();
    for (const room of [...this.#byRoom.keys()]) this.forget(room);
  }
}
