import type { Timer } from '../model/timer';

/** ManualTimer is a Timer whose time the test controls. */
export class ManualTimer {
  #waiting: { run: () => void; milliseconds: number }[] = [];

  readonly timer: Timer = (run, milliseconds) => {
    const entry = { run, milliseconds };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  };

  /** The delays of all waiting functions, in milliseconds. */
  get waits(): number[] {
    return this.#waiting.map(({ milliseconds }) => milliseconds);
  }

  /** fire runs all functions that are waiting now. */
  fire(): void {
    const due = this.#waiting;
    this.#waiting = [];
    for (const { run } of due) run();
  }
}
