/** The object stores of the database: the outbox's entries, and the leases for sending. */
export const entries = 'outbox';
export const leases = 'leases';

/** openDatabase opens this origin's database. It rejects if the browser allows none. */
export function openDatabase(factory: IDBFactory = indexedDB): Promise<IDBDatabase> {
  const request = factory.open('partychat', 1);
  request.onupgradeneeded = () => {
    // The key grows with every entry, and so preserves the order regardless of the clock.
    const store = request.result.createObjectStore(entries, {
      keyPath: 'order',
      autoIncrement: true,
    });
    store.createIndex('clientId', 'clientId', { unique: true });
    store.createIndex('owner', 'owner');
    request.result.createObjectStore(leases);
  };
  return resultOf(request).then((database) => {
    // A later version of the page must be able to upgrade the database while this one is open.
    database.onversionchange = () => {
      database.close();
    };
    return database;
  });
}

/** resultOf returns the result of a request. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('the database refused'));
    };
  });
}

/** committed resolves when the transaction's changes are visible to every tab. */
export function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error('the database gave up'));
    };
  });
}
