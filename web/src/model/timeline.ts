import type { Changes, Message, Page } from './wire';

/**
 * Timeline is what this client has of one room: messages in the order of seq,
 * and the rev up to which it has everything. docs/PROTOCOL.md, section 5.
 *
 * A change that is further ahead than the next one leaves a hole. It is shown
 * all the same, and its rev is set aside until the hole is filled, because an
 * acknowledgement may overtake the events of others.
 */
export class Timeline {
  #messages: readonly Message[] = [];
  #rev: number | undefined;
  #head = 0;
  #ahead = new Set<number>();
  #moreBefore = false;
  #epoch = 0;

  /** The messages in the order of seq; a new array whenever one has changed. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** The rev up to which everything is known; undefined until a page has been loaded. */
  get rev(): number | undefined {
    return this.#rev;
  }

  /** Whether the newest page has been loaded. */
  get isLoaded(): boolean {
    return this.#rev !== undefined;
  }

  /** Whether there are older messages than the first one here. */
  get moreBefore(): boolean {
    return this.#moreBefore;
  }

  /** Whether changes are known to exist that are not here. */
  get isBehind(): boolean {
    return this.#rev !== undefined && this.#rev < this.#head;
  }

  /** Counts how often the timeline was forgotten; an answer of an earlier epoch is void. */
  get epoch(): number {
    return this.#epoch;
  }

  /** put applies a live change: an event, or an acknowledgement. */
  put(message: Message): void {
    this.#head = Math.max(this.#head, message.rev);
    this.#upsert(this.#within([message]));
    this.#note(message.rev);
  }

  /** noteHead takes notice of the room's rev from elsewhere. */
  noteHead(rev: number): void {
    this.#head = Math.max(this.#head, rev);
  }

  /** loadNewest takes the newest page. What has come in meanwhile stays. */
  loadNewest(page: Page): void {
    const lowest = page.messages[0]?.seq ?? page.seq + 1;
    this.#messages = this.#messages.filter((message) => message.seq >= lowest);
    this.#upsert(page.messages);
    this.#moreBefore = page.more;
    this.#rev = Math.max(this.#rev ?? 0, page.rev);
    this.#head = Math.max(this.#head, page.rev);
    this.#closeHoles();
  }

  /** loadOlder takes the page before the first message here. */
  loadOlder(page: Page): void {
    const first = this.#messages[0]?.seq ?? Infinity;
    this.#upsert(page.messages.filter((message) => message.seq < first));
    this.#moreBefore = page.more;
  }

  /**
   * catchUp applies an answer to `room:sync`. The result says what is to be done
   * next: ask again, start over with the newest page, or nothing.
   */
  catchUp(changes: Changes): 'again' | 'start-over' | 'done' {
    if (this.#rev === undefined) return 'start-over';
    if (changes.startOver) {
      this.forget();
      return 'start-over';
    }
    this.#upsert(this.#within(changes.messages));
    this.#rev = Math.max(this.#rev, changes.rev);
    this.#head = Math.max(this.#head, changes.rev);
    this.#closeHoles();
    return changes.more ? 'again' : 'done';
  }

  /** forget empties the timeline, so that it can be loaded anew. */
  forget(): void {
    this.#messages = [];
    this.#rev = undefined;
    this.#ahead.clear();
    this.#moreBefore = false;
    this.#epoch += 1;
  }

  /** trim lets go of all but the newest messages; they can be paged in again. */
  trim(keep: number): void {
    if (this.#messages.length <= keep) return;
    this.#messages = this.#messages.slice(-keep);
    this.#moreBefore = true;
  }

  /** Leaves out what has not been paged in yet: it comes with its page, in its present state. */
  #within(messages: readonly Message[]): readonly Message[] {
    const first = this.#messages[0]?.seq;
    if (!this.#moreBefore || first === undefined) return messages;
    return messages.filter((message) => message.seq >= first);
  }

  #note(rev: number): void {
    if (this.#rev !== undefined && rev <= this.#rev) return;
    this.#ahead.add(rev);
    this.#closeHoles();
  }

  #closeHoles(): void {
    if (this.#rev === undefined) return;
    while (this.#ahead.delete(this.#rev + 1)) this.#rev += 1;
    for (const rev of this.#ahead) if (rev <= this.#rev) this.#ahead.delete(rev);
  }

  /** Upserts by seq; the state with the higher rev wins. */
  #upsert(arrived: readonly Message[]): void {
    if (arrived.length === 0) return;
    const messages = this.#messages.slice();
    for (const message of arrived) {
      const at = position(messages, message.seq);
      const known = messages[at];
      if (known?.seq !== message.seq) messages.splice(at, 0, message);
      else if (message.rev > known.rev) messages[at] = message;
    }
    this.#messages = messages;
  }
}

/** Gives the index of seq, or where it belongs. Looks from the end, where most arrive. */
function position(messages: readonly Message[], seq: number): number {
  const last = messages.at(-1);
  if (!last || last.seq < seq) return messages.length;
  let low = 0;
  let high = messages.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle] as Message).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
