import { MemoryOutboxStore } from '../model/memorystore';
import type { OutboxEntry } from '../model/outbox';
import type { OutboxStore } from '../model/outboxhome';
import { committed, entries, resultOf } from './database';

/**
 * EntryStore keeps the outbox's entries in the database, and in memory what the database does not
 * accept: it may be full, closed by the browser, or not open yet.
 */
export class EntryStore implements OutboxStore {
  #database: IDBDatabase | undefined;
  readonly #memory = new MemoryOutboxStore();
  readonly #owners = new Set<number>();

  constructor(database?: IDBDatabase) {
    this.#database = database;
  }

  /**
   * Stores entries in the database from now on; moves those in memory there, and returns them.
   */
  async moveTo(database: IDBDatabase): Promise<OutboxEntry[]> {
    this.#database = database;
    const moved = this.#memory.all();
    // The transactions begin at once, so later changes of an entry come after them.
    await Promise.all(moved.map((entry) => this.put(entry)));
    return moved;
  }

  /** Returns the entries of all owners that were loaded so far. */
  async all(): Promise<OutboxEntry[]> {
    return (await Promise.all([...this.#owners].map((owner) => this.load(owner)))).flat();
  }

  #open(mode?: IDBTransactionMode): IDBTransaction {
    if (!this.#database) throw new Error('the database is not open');
    return this.#database.transaction(entries, mode);
  }

  async load(owner: number): Promise<OutboxEntry[]> {
    this.#owners.add(owner);
    const unkept = await this.#memory.load(owner);
    try {
      const store = this.#open().objectStore(entries);
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
      // If the entry is sent again, the server recognises its clientId.
    }
  }

  async #change(
    clientId: string,
    change: (store: IDBObjectStore, order: IDBValidKey | undefined) => void,
  ): Promise<void> {
    const transaction = this.#open('readwrite');
    const done = committed(transaction);
    const store = transaction.objectStore(entries);
    const found = store.index('clientId').getKey(clientId);
    found.onsuccess = () => {
      change(store, found.result);
    };
    await done;
  }
}
