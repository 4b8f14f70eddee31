import { type Failure, failureFrom } from '../../model/failure';
import { startTimer } from '../../model/timer';
import type { MessageHit, Room, User } from '../../model/wire';

/** Milliseconds without a keystroke before the server is asked. */
const pause = 120;

/** Found is what matches a text. */
export interface Found {
  rooms: readonly Room[];
  people: readonly User[];
  messages: readonly MessageHit[];
}

type Search = (text: string, signal: AbortSignal) => Promise<Found>;

const nothing: Found = { rooms: [], people: [], messages: [] };

/**
 * RoomSearch searches rooms, people and messages while typing; only the answer to the latest text
 * is used.
 */
export class RoomSearch {
  readonly #search: Search;
  readonly #onAnswer: () => void;
  #found = $state.raw(nothing);
  #failure = $state.raw<Failure>();
  #answered = $state<string>();
  #stop: () => void = () => undefined;

  /** onAnswer is called after each answer that is used. */
  constructor(search: Search, onAnswer: () => void) {
    this.#search = search;
    this.#onAnswer = onAnswer;
  }

  /** The rooms that match `answered`. */
  get rooms(): readonly Room[] {
    return this.#found.rooms;
  }

  /** The people who match `answered`. */
  get people(): readonly User[] {
    return this.#found.people;
  }

  /** The newest messages that match `answered`. */
  get messages(): readonly MessageHit[] {
    return this.#found.messages;
  }

  /** The text of these results; undefined before the first answer. */
  get answered(): string | undefined {
    return this.#answered;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** ask searches for the text, soon or at once. It cancels the previous search. */
  ask(text: string, when: 'soon' | 'now' = 'soon'): void {
    this.#stop();
    const abort = new AbortController();
    const run = () => void this.#run(text, abort.signal);
    const stopTimer = startTimer(run, when === 'now' ? 0 : pause);
    this.#stop = () => {
      stopTimer();
      abort.abort();
    };
  }

  /** reset cancels the search and drops the results. */
  reset(): void {
    this.#stop();
    this.#found = nothing;
    this.#failure = undefined;
    this.#answered = undefined;
  }

  async #run(text: string, signal: AbortSignal): Promise<void> {
    try {
      const found = await this.#search(text, signal);
      if (signal.aborted) return;
      this.#found = found;
      this.#failure = undefined;
    } catch (thrown) {
      if (signal.aborted) return;
      this.#found = nothing;
      this.#failure = failureFrom(thrown);
    }
    this.#answered = text;
    this.#onAnswer();
  }
}
