import type { Link, LinkState } from '../model/link';
import { startTimer } from '../model/timer';
import type { Limits, Settings } from '../model/wire';

/** Milliseconds before an interruption is shown. */
const quietFor = 1_500;

/** Connection is the state of the live connection, and the server's limits. */
export class Connection {
  #state = $state<LinkState>('closed');
  #interrupted = $state(false);
  #isLate = $state(false);
  #limits = $state.raw<Limits>();
  #settings = $state.raw<Settings>();
  #stopWaiting: (() => void) | undefined;

  constructor(link: Link) {
    link.onState((state) => {
      this.#note(state);
    });
    link.onOverdue((commands) => {
      this.#isLate = commands > 0;
    });
    link.on('ready', ({ limits, settings }) => {
      this.#limits = limits;
      this.#settings = settings;
    });
    link.on('settings:put', ({ settings }) => {
      this.#settings = settings;
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Whether there has been no connection, or no answer on it, for long enough to show it. */
  get isInterrupted(): boolean {
    return this.#interrupted || this.#isLate;
  }

  /** The server's limits, in characters; undefined until it has sent them. */
  get limits(): Limits | undefined {
    return this.#limits;
  }

  /** What notifies me; undefined while that is the default. */
  get settings(): Settings | undefined {
    return this.#settings;
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
