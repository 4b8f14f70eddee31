import { isInThreadOnly } from './threads';
import type { Changes, Message, Page } from './wire';

/**
 * Timeline is what this client knows of one room: messages in the order of seq, and the rev up to
 * which it knows everything. docs/PROTOCOL.md, section 5.
 *
 * A change that is further ahead than the next one leaves a hole. It is shown anyway, and its rev
 * is set aside until the hole is filled, because an acknowledgement may overtake other events.
 *
 * The messages are one contiguous range. It may end before the newest message, for a reader who
 * begins far back: then later messages are left out until their page is loaded.
 */
export class Timeline {
  #messages: readonly Message[] = [];
  #rev: number | undefined;
  #head = 0;
  #ahead = new Set<number>();
  #latest = 0;
  #moreBefore = false;
  #moreAfter = false;
  /**
   * How many pages are being loaded, and changes outside the range since they were requested: the
   * pages may not include them.
   */
  #expected = 0;
  #meanwhile: Message[] = [];
  #epoch = 0;

  /** The messages in the order of seq; a new array after each change. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** The rev up to which everything is known; undefined until a page is loaded. */
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

  /** The highest seq known, loaded or not. */
  get latest(): number {
    return this.#latest;
  }

  /** Whether there are changes that are known to be missing. */
  get isBehind(): boolean {
    return this.#rev !== undefined && this.#rev < this.#head;
  }

  /** Counts how often the range was replaced; answers from an earlier epoch are ignored. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * covers reports whether the message after seq, if it exists, is loaded together with one
   * before it.
   */
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

  /** note applies the rev of a change that has been applied, or that is not a message. */
  note(rev: number): void {
    this.noteHead(rev);
    if (this.#rev !== undefined && rev <= this.#rev) return;
    this.#ahead.add(rev);
    this.#closeHoles();
  }

  /** noteHead records the room's rev from elsewhere. */
  noteHead(rev: number): void {
    this.#head = Math.max(this.#head, rev);
  }

  /** expectPage records that pages are being loaded: changes until then are applied to them. */
  expectPage(): void {
    this.#expected += 1;
  }

  /** endPage records that they have been applied, or will not arrive. */
  endPage(): void {
    this.#expected -= 1;
    if (this.#expected === 0) this.#meanwhile = [];
  }

  /** loadNewest applies the newest page. Messages that have arrived meanwhile stay. */
  loadNewest(page: Page): void {
    const lowest = page.messages[0]?.seq ?? page.seq + 1;
    if (this.#moreAfter) this.#epoch += 1;
    this.#messages = this.#messages.filter((message) => message.seq >= lowest);
    this.#moreBefore = page.more;
    this.#moreAfter = false;
    this.#take([page], Math.max(this.#rev ?? 0, page.rev));
  }

  /** loadOlder applies the page before the first message. */
  loadOlder(page: Page): void {
    this.#moreBefore = page.more;
    this.#take([page], this.#rev);
  }

  /** loadNewer applies the page after the last message. */
  loadNewer(page: Page): void {
    this.#moreAfter = page.more;
    this.#take([page], this.#rev);
  }

  /**
   * loadAround applies the two pages around one position. The newest messages stay if they are
   * adjacent; otherwise the range ends before them.
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
   * catchUp applies an answer to `room:sync`, and returns what to do next: call again, start over
   * with the newest page, or nothing.
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

  /** forget empties the timeline, so that it can be loaded again. */
  forget(): void {
    this.#messages = [];
    this.#rev = undefined;
    this.#ahead.clear();
    this.#moreBefore = this.#moreAfter = false;
    this.#epoch += 1;
  }

  /** trim drops all but the last messages; the others can be loaded again. */
  trim(keep: number): void {
    if (this.#messages.length <= keep) return;
    this.#messages = this.#messages.slice(-keep);
    this.#moreBefore = true;
  }

  /** Applies pages adjacent to the range, and changes to them since they were requested. */
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

  /**
   * Leaves out messages beyond the range: they arrive with their page, in their latest state. Those
   * that only a thread shows are in no page.
   */
  #within(arrived: readonly Message[]): readonly Message[] {
    const messages = arrived.filter((message) => !isInThreadOnly(message));
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

/**
 * Returns the index of seq, or where it belongs. It searches from the end, where most messages
 * arrive.
 */
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
