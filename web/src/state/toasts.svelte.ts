import { startTimer } from '../model/timer';

/** Toast is a short note that disappears by itself. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'error';
}

/** Milliseconds for which a note is shown. */
const shownFor = 6_000;

/** Toasts are the notes being shown. */
export class Toasts {
  #items = $state.raw<readonly Toast[]>([]);
  #lastId = 0;

  get items(): readonly Toast[] {
    return this.#items;
  }

  /** show adds a note. */
  show(text: string, tone: Toast['tone'] = 'plain'): void {
    const id = ++this.#lastId;
    this.#items = [...this.#items, { id, text, tone }];
    startTimer(() => {
      this.dismiss(id);
    }, shownFor);
  }

  /** dismiss removes a note. */
  dismiss(id: number): void {
    this.#items = this.#items.filter((toast) => toast.id !== id);
  }
}
