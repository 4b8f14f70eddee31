import type { Timer } from '../model/timer';

/** ManualTimer is a Timer whose time passes when the test says so. */
export class ManualTimer {
  #waiting: { run: () => void; milliseconds: number }[] = [];

  readonly timer: Timer = (run, milliseconds) => {
    const entry = { run, milliseconds };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  };

  /** How long each of the waiting was told to wait, in milliseconds. */
  get waits(): number[] {
    return this.#waiting.map(({ milliseconds }) => milliseconds);
  }

  /** fire runs all that wait now. */
  fire(): void {
    const due = this.#waiting;
    this.#waiting = [];
    for (const { run } of due) run();
  }
}
