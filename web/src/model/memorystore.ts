import type { OutboxEntry, OutboxStore } from './outbox';

/** MemoryOutboxStore keeps entries as long as the page lives. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #entries = new Map<string, OutboxEntry>();

  load(): Promise<OutboxEntry[]> {
    return Promise.resolve([...this.#entries.values()]);
  }

  put(entry: OutboxEntry): void {
    this.#entries.set(entry.clientId, entry);
  }

  delete(clientId: string): void {
    this.#entries.delete(clientId);
  }
}
