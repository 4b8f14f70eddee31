import type { Changes, Message, Page } from './wire';

/**
 * Timeline is what this client has of one room: messages in the order of seq,
 * and the rev up to which it has everything. docs/PROTOCOL.md, section 5.
 *
 * A change that is further ahead than the next one leaves a hole. It is shown
 * all the same, and its rev is set aside until the hole is filled, because an
 * acknowledgement may overtake the events of others.
 *
 * What is here is one stretch without gaps. It may end before the newest
 * message, for a reader who begins far back: then later messages are left out
 * until they are paged in.
 */
export class Timeline {
  #messages: readonly Message[] = [];
  #rev: number | undefined;
  #head = 0;
  #ahead = new Set<number>();
  #latest = 0;
  #moreBefore = false;
  #moreAfter = false;
  /** How many pages are on their way, and what has changed meanwhile outside of the stretch: they may not have it. */
  #expected = 0;
  #meanwhile: Message[] = [];
  #epoch = 0;

  /** The messages in the order of seq; a new array whenever one has changed. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** The rev up to which everything is known; undefined until a page has been loaded. */
  get rev(): number | undefined {
    return this.#rev;
  }

  /** Whether a page has been loaded. */
  get isLoaded(): boolean {
    return this.#rev !== undefined;
  }

  /** Whether there are older messages than the first one here. */
  get moreBefore(): boolean {
    return this.#moreBefore;
  }

  /** Whether there are newer messages than the last one here. */
  get moreAfter(): boolean {
    return this.#moreAfter;
  }

  /** The highest seq that was ever heard of, here or not. */
  get latest(): number {
    return this.#latest;
  }

  /** Whether changes are known to exist that are not here. */
  get isBehind(): boolean {
    return this.#rev !== undefined && this.#rev < this.#head;
  }

  /** Counts how often the stretch has become another one; an answer of an earlier epoch is void. */
  get epoch(): number {
    return this.#epoch;
  }

  /** covers tells whether the message after seq is here, if there is one, with one before it. */
  covers(seq: number): boolean {
    const [first, last] = [this.#messages[0], this.#messages.at(-1)];
    return (
      this.isLoaded &&
      (!this.#moreBefore || (first !== undefined && first.seq <= seq)) &&
      (!this.#moreAfter || (last !== undefined && last.seq > seq))
    );
  }

  /** put applies a live change: an event, or an acknowledgement. */
  put(message: Message): void {
    this.#upsert(this.#within([message]));
    this.note(message.rev);
  }

  /** note takes notice of a change of that rev which is applied, or is none of a message. */
  note(rev: number): void {
    this.noteHead(rev);
    if (this.#rev !== undefined && rev <= this.#rev) return;
    this.#ahead.add(rev);
    this.#closeHoles();
  }

  /** noteHead takes notice of the room's rev from elsewhere. */
  noteHead(rev: number): void {
    this.#head = Math.max(this.#head, rev);
  }

  /** expectPage says that pages are asked for: what changes until they come is applied to them. */
  expectPage(): void {
    this.#expected += 1;
  }

  /** endPage says that they have been taken, or will not come. */
  endPage(): void {
    this.#expected -= 1;
    if (this.#expected === 0) this.#meanwhile = [];
  }

  /** loadNewest takes the newest page. What has come in meanwhile stays. */
  loadNewest(page: Page): void {
    const lowest = page.messages[0]?.seq ?? page.seq + 1;
    if (this.#moreAfter) this.#epoch += 1;
    this.#messages = this.#messages.filter((message) => message.seq >= lowest);
    this.#moreBefore = page.more;
    this.#moreAfter = false;
    this.#take([page], Math.max(this.#rev ?? 0, page.rev));
  }

  /** loadOlder takes the page before the first message here. */
  loadOlder(page: Page): void {
    this.#moreBefore = page.more;
    this.#take([page], this.#rev);
  }

  /** loadNewer takes the page after the last message here. */
  loadNewer(page: Page): void {
    this.#moreAfter = page.more;
    this.#take([page], this.#rev);
  }

  /**
   * loadAround takes the two pages beside one place. The newest messages stay if
   * they join on; otherwise the stretch ends before them.
   */
  loadAround(before: Page, after: Page): void {
    const last = after.messages.at(-1)?.seq ?? after.seq;
    const first = this.#messages[0];
    const joins = this.isLoaded && !this.#moreAfter && first !== undefined && first.seq <= last + 1;
    const rev = Math.min(before.rev, after.rev, joins ? (this.#rev ?? 0) : Infinity);
    const lowest = before.messages[0]?.seq ?? after.messages[0]?.seq ?? last + 1;
    if (!joins) {
      this.#messages = this.#messages.filter(
        ({ seq }) => seq >= lowest && (seq <= last || !after.more),
      );
    }
    this.#epoch += 1;
    this.#moreBefore = before.more;
    this.#moreAfter = after.more && !joins;
    this.#take([before, after], rev);
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
    this.#moreBefore = this.#moreAfter = false;
    this.#epoch += 1;
  }

  /** trim lets go of all but the last messages here; the others can be paged in again. */
  trim(keep: number): void {
    if (this.#messages.length <= keep) return;
    this.#messages = this.#messages.slice(-keep);
    this.#moreBefore = true;
  }

  /** Takes pages that join on to what is here, and what has changed of them since they were asked for. */
  #take(pages: readonly Page[], rev: number | undefined): void {
    for (const page of pages) {
      this.#upsert(page.messages);
      this.#head = Math.max(this.#head, page.rev);
      this.#latest = Math.max(this.#latest, page.seq);
    }
    this.#rev = rev;
    const meanwhile = this.#meanwhile;
    this.#meanwhile = [];
    this.#upsert(this.#within(meanwhile));
    this.#closeHoles();
  }

  /** Leaves out what has not been paged in yet: it comes with its page, in its present state. */
  #within(messages: readonly Message[]): readonly Message[] {
    for (const { seq } of messages) this.#latest = Math.max(this.#latest, seq);
    const first = this.#messages[0]?.seq;
    const last = this.#messages.at(-1)?.seq;
    if (first === undefined || last === undefined) return messages;
    const isHere = ({ seq }: Message) =>
      (!this.#moreBefore || seq >= first) && (!this.#moreAfter || seq <= last);
    if (this.#expected > 0) this.#meanwhile.push(...messages.filter((it) => !isHere(it)));
    return messages.filter(isHere);
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
