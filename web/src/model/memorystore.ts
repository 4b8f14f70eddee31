import type { OutboxEntry } from './outbox';
import type { OutboxHome, OutboxStore } from './outboxhome';

/** MemoryOutboxStore keeps entries for the lifetime of the page. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #entries = new Map<string, OutboxEntry>();

  /** The entries of all owners. */
  all(): OutboxEntry[] {
    return [...this.#entries.values()];
  }

  load(owner: number): Promise<OutboxEntry[]> {
    return Promise.resolve(this.all().filter((entry) => entry.owner === owner));
  }

  put(entry: OutboxEntry): Promise<void> {
    this.#entries.set(entry.clientId, entry);
    return Promise.resolve();
  }

  delete(clientId: string): Promise<void> {
    this.#entries.delete(clientId);
    return Promise.resolve();
  }
}

/** memoryHome returns the home of an outbox that is not shared with other tabs. */
export function memoryHome(store: OutboxStore = new MemoryOutboxStore()): OutboxHome {
  return {
    store,
    exclusively: (_name, task) => task(() => Promise.resolve(true)),
    tell: () => undefined,
    onNews: () => undefined,
  };
}
