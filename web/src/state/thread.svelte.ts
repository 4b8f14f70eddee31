import type { PeopleApi } from '../api/people';
import { type Failure, failureFrom } from '../model/failure';
import type { OutboxEntry } from '../model/outbox';
import { withReaction } from '../model/reactions';
import type { Changes, Message, ReactionChange } from '../model/wire';
import type { Reactions } from './reactions.svelte';
import type { RoomTimeline } from './timelines.svelte';

/**
 * Thread is one thread as components see it: its root, and the latest of the messages in it. The
 * room's timeline brings the changes.
 */
export class Thread {
  readonly root: number;
  readonly #timeline: RoomTimeline;
  readonly #api: PeopleApi['messages'];
  readonly #stops: (() => void)[];
  #rootMessage = $state.raw<Message>();
  #messages = $state.raw<readonly Message[]>([]);
  #moreBefore = $state(false);
  #isLoaded = $state(false);
  #isLoading = $state(false);
  #failure = $state.raw<Failure>();
  /** Counts the loads from the start; an answer to an earlier one is ignored. */
  #epoch = 0;

  /** `reactions` brings reactions to messages that the timeline does not have. */
  constructor(
    timeline: RoomTimeline,
    root: number,
    api: PeopleApi['messages'],
    reactions?: { source: Pick<Reactions, 'onOther'>; me: () => number | undefined },
  ) {
    this.root = root;
    this.#timeline = timeline;
    this.#api = api;
    this.#rootMessage = timeline.messages.find(({ seq }) => seq === root);
    this.#stops = [
      timeline.onSync((changes) => {
        this.#apply(changes);
      }),
    ];
    if (reactions)
      this.#stops.push(
        reactions.source.onOther((room, change, rev) => {
          if (room === timeline.room) this.#react(change, rev, reactions.me() ?? 0);
        }),
      );
    void this.load();
  }

  /** The root; undefined until it is loaded. */
  get rootMessage(): Message | undefined {
    return this.#rootMessage;
  }

  /** The messages in the thread, in the order of seq, up to the newest. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** My messages in the thread that the server has not acknowledged. */
  get pending(): readonly OutboxEntry[] {
    return this.#timeline.pendingIn(this.root);
  }

  /** Whether there are older messages to load. */
  get moreBefore(): boolean {
    return this.#moreBefore;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether older messages are being loaded. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** Why nothing could be loaded. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** load loads the root and the newest page. A failure is recorded. */
  async load(): Promise<void> {
    this.#epoch += 1;
    const epoch = this.#epoch;
    this.#failure = undefined;
    try {
      const { room } = this.#timeline;
      const [root, page] = await Promise.all([
        this.#api.get(room, this.root),
        this.#api.replies(room, this.root),
      ]);
      if (epoch !== this.#epoch) return;
      const lowest = page.messages[0]?.seq ?? 0;
      // Messages that have arrived meanwhile stay.
      this.#messages = this.#messages.filter(({ seq }) => seq >= lowest);
      this.#moreBefore = page.more;
      this.#put([root, ...page.messages]);
      this.#isLoaded = true;
    } catch (thrown) {
      if (epoch === this.#epoch) this.#failure = failureFrom(thrown);
    }
  }

  /** loadOlder loads the page before the first message. It never rejects. */
  async loadOlder(): Promise<void> {
    if (!this.#moreBefore || this.#isLoading) return;
    const epoch = this.#epoch;
    this.#isLoading = true;
    try {
      const page = await this.#api.replies(
        this.#timeline.room,
        this.root,
        this.#messages[0]?.seq ?? 0,
      );
      if (epoch !== this.#epoch) return;
      this.#moreBefore = page.more;
      this.#put(page.messages);
    } catch {
      // The button stays.
    } finally {
      this.#isLoading = false;
    }
  }

  /** loadUntil loads older messages until the message with that seq is here. */
  async loadUntil(seq: number): Promise<void> {
    while (this.#moreBefore && (this.#messages[0]?.seq ?? 0) > seq) {
      const first = this.#messages[0];
      await this.loadOlder();
      if (this.#messages[0] === first) return;
    }
  }

  /** close ends the updates. */
  close(): void {
    for (const stop of this.#stops) stop();
  }

  #apply({ messages, startOver }: Changes): void {
    if (startOver || this.#failure) void this.load();
    // A change of an old message belongs to a page that is not loaded.
    const first = this.#moreBefore ? (this.#messages[0]?.seq ?? 0) : 0;
    this.#put(messages.filter(({ seq }) => seq === this.root || seq >= first));
  }

  #react(change: ReactionChange, rev: number, me: number): void {
    const known = [this.#rootMessage, ...this.#messages].find((it) => it?.seq === change.seq);
    if (known && known.rev < rev) this.#put([withReaction(known, change, rev, me)]);
  }

  #put(arrived: readonly Message[]): void {
    const bySeq = new Map(this.#messages.map((message) => [message.seq, message]));
    for (const message of arrived) {
      if (message.seq === this.root) {
        if (message.rev >= (this.#rootMessage?.rev ?? 0)) this.#rootMessage = message;
      } else if (message.thread === this.root) {
        const known = bySeq.get(message.seq);
        if (!known || message.rev > known.rev) bySeq.set(message.seq, message);
      }
    }
    this.#messages = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  }
}
