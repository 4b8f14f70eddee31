import type { FileShelf, KeptFile } from '../model/files/kept';
import { memoryShelf } from '../model/files/kept';
import { committed, resultOf } from './database';

const files = 'files';

/**
 * openFileShelf keeps files in a database of their own: they are large, and the browser may have
 * no space for them. Web Locks say which tab works on a file; without HTTPS, where there are
 * none, every tab does, and the server sorts them out.
 */
export async function openFileShelf(): Promise<FileShelf> {
  try {
    return shelfOn(await openDatabase(), navigator.locks as LockManager | undefined);
  } catch {
    return memoryShelf();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open('partychat:files', 1);
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(files, { keyPath: 'clientId' });
    store.createIndex('owner', 'owner');
  };
  return resultOf(request);
}

/** shelfOn is a shelf on an open database. */
export function shelfOn(database: IDBDatabase, locks: LockManager | undefined): FileShelf {
  const releases = new Map<string, () => void>();

  /** Holds the file's lock until it is deleted or the tab ends; false if another tab holds it. */
  function claim(clientId: string): Promise<boolean> {
    if (!locks || releases.has(clientId)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const ended = new Promise<void>((end) => {
        releases.set(clientId, end);
      });
      void locks.request(`partychat:file:${clientId}`, { ifAvailable: true }, (lock) => {
        if (!lock) releases.delete(clientId);
        resolve(lock !== null);
        return lock ? ended : undefined;
      });
    });
  }

  async function change(run: (store: IDBObjectStore) => void): Promise<boolean> {
    try {
      const transaction = database.transaction(files, 'readwrite');
      const done = committed(transaction);
      run(transaction.objectStore(files));
      await done;
      return true;
    } catch {
      return false; // there is no space, or the browser has closed the database
    }
  }

  return {
    async take(owner) {
      try {
        const store = database.transaction(files).objectStore(files);
        const all = (await resultOf(store.index('owner').getAll(owner))) as KeptFile[];
        const mine = await Promise.all(all.map(({ clientId }) => claim(clientId)));
        return all.filter((_, i) => mine[i]);
      } catch {
        return [];
      }
    },
    async put(file) {
      await claim(file.clientId);
      return change((store) => store.put(file));
    },
    async delete(clientId) {
      await change((store) => store.delete(clientId));
      releases.get(clientId)?.();
      releases.delete(clientId);
    },
  };
}
