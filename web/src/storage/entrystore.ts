import { MemoryOutboxStore } from '../model/memorystore';
import type { OutboxEntry } from '../model/outbox';
import type { OutboxStore } from '../model/outboxhome';
import { committed, entries, resultOf } from './database';

/**
 * EntryStore keeps the outbox's entries in the database, and in memory what the
 * database does not take: it may be full, or closed by the browser.
 */
export class EntryStore implements OutboxStore {
  readonly #database: IDBDatabase;
  readonly #memory = new MemoryOutboxStore();

  constructor(database: IDBDatabase) {
    this.#database = database;
  }

  async load(owner: number): Promise<OutboxEntry[]> {
    const unkept = await this.#memory.load(owner);
    try {
      const store = this.#database.transaction(entries).objectStore(entries);
      const kept = (await resultOf(store.index('owner').getAll(owner))) as OutboxEntry[];
      const younger = new Set(unkept.map(({ clientId }) => clientId));
      return [...kept.filter(({ clientId }) => !younger.has(clientId)), ...unkept];
    } catch {
      return unkept;
    }
  }

  async put(entry: OutboxEntry): Promise<void> {
    try {
      await this.#change(entry.clientId, (store, order) => {
        store.put(order === undefined ? entry : { ...entry, order });
      });
      await this.#memory.delete(entry.clientId);
    } catch {
      await this.#memory.put(entry);
    }
  }

  async delete(clientId: string): Promise<void> {
    await this.#memory.delete(clientId);
    try {
      await this.#change(clientId, (store, order) => {
        if (order !== undefined) store.delete(order);
      });
    } catch {
      // Should it be sent once more, the server knows its clientId.
    }
  }

  async #change(
    clientId: string,
    change: (store: IDBObjectStore, order: IDBValidKey | undefined) => void,
  ): Promise<void> {
    const transaction = this.#database.transaction(entries, 'readwrite');
    const done = committed(transaction);
    const store = transaction.objectStore(entries);
    const found = store.index('clientId').getKey(clientId);
    found.onsuccess = () => {
      change(store, found.result);
    };
    await done;
  }
}
