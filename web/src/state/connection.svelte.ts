import type { Link, LinkState } from '../model/link';
import { startTimer } from '../model/timer';
import type { Limits } from '../model/wire';

/** Milliseconds for which an interruption stays unmentioned. */
const quietFor = 1_500;

/** Connection says how the live connection is, and what the server allows. */
export class Connection {
  #state = $state<LinkState>('closed');
  #interrupted = $state(false);
  #isLate = $state(false);
  #limits = $state.raw<Limits>();
  #stopWaiting: (() => void) | undefined;

  constructor(link: Link) {
    link.onState((state) => {
      this.#note(state);
    });
    link.onOverdue((commands) => {
      this.#isLate = commands > 0;
    });
    link.on('ready', ({ limits }) => {
      this.#limits = limits;
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Whether there has been no connection, or no answer on it, for long enough to say so. */
  get isInterrupted(): boolean {
    return this.#interrupted || this.#isLate;
  }

  /** What the server allows, in characters; undefined until it has said so. */
  get limits(): Limits | undefined {
    return this.#limits;
  }

  #note(state: LinkState): void {
    this.#state = state;
    if (state === 'connecting') {
      this.#stopWaiting ??= startTimer(() => {
        this.#interrupted = true;
      }, quietFor);
      return;
    }
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#interrupted = false;
  }
}
