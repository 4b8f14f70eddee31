import { SvelteMap } from 'svelte/reactivity';
import type { Link } from '../model/link';
import type { Changes, Message } from '../model/wire';

/** How many changed messages are remembered. */
const remembered = 1_000;

/**
 * Quotes knows messages that were edited or deleted since this page was opened. Quotes of them that
 * were loaded earlier follow, even if the original itself is not loaded.
 */
export class Quotes {
  readonly #changed = new SvelteMap<string, Message>();

  constructor(link: Link) {
    link.on('message:put', ({ message }) => {
      this.note([message]);
    });
  }

  /** of returns the latest state of a message, if it has changed. */
  of(room: number, seq: number): Message | undefined {
    return this.#changed.get(keyOf(room, seq));
  }

  /** sync applies changes that were missing. */
  sync({ messages, startOver }: Changes): void {
    if (startOver) this.clear();
    this.note(messages);
  }

  /** note records messages that are new or have changed. */
  note(messages: readonly Message[]): void {
    for (const message of messages) {
      if (!message.editedAt && !message.deleted) continue;
      const key = keyOf(message.room, message.seq);
      if ((this.#changed.get(key)?.rev ?? 0) >= message.rev) continue;
      this.#changed.set(key, message);
      const [oldest] = this.#changed.keys();
      if (this.#changed.size > remembered && oldest) this.#changed.delete(oldest);
    }
  }

  /** clear drops the previous user's data. */
  clear(): void {
    this.#changed.clear();
  }
}

const keyOf = (room: number, seq: number) => `${room}/${seq}`;
