import { type Failure, failureFrom } from '../../model/failure';
import { startTimer } from '../../model/timer';
import type { Room } from '../../model/wire';

/** Milliseconds without a keystroke after which the server is asked. */
const pause = 120;

type Search = (text: string, signal: AbortSignal) => Promise<Room[]>;

/** RoomSearch asks for rooms while one types; only the answer to the latest text counts. */
export class RoomSearch {
  readonly #search: Search;
  readonly #onAnswer: () => void;
  #rooms = $state.raw<readonly Room[]>([]);
  #failure = $state.raw<Failure>();
  #answered = $state<string>();
  #stop: () => void = () => undefined;

  /** onAnswer is called after each answer that counts. */
  constructor(search: Search, onAnswer: () => void) {
    this.#search = search;
    this.#onAnswer = onAnswer;
  }

  /** The rooms that match `answered`. */
  get rooms(): readonly Room[] {
    return this.#rooms;
  }

  /** The text to which the rooms belong; undefined before the first answer. */
  get answered(): string | undefined {
    return this.#answered;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** ask looks for the text, in a moment or at once. What was asked before is given up. */
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

  /** reset gives up what was asked and forgets the answers. */
  reset(): void {
    this.#stop();
    this.#rooms = [];
    this.#failure = undefined;
    this.#answered = undefined;
  }

  async #run(text: string, signal: AbortSignal): Promise<void> {
    try {
      const rooms = await this.#search(text, signal);
      if (signal.aborted) return;
      this.#rooms = rooms;
      this.#failure = undefined;
    } catch (thrown) {
      if (signal.aborted) return;
      this.#rooms = [];
      this.#failure = failureFrom(thrown);
    }
    this.#answered = text;
    this.#onAnswer();
  }
}
