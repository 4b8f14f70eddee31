import type { OutboxHome } from '../model/outboxhome';
import { startTimer, type Timer } from '../model/timer';
import { committed, leases } from './database';

type Exclusively = OutboxHome['exclusively'];

/** Milliseconds of a lease: longer than a command waits for its acknowledgement. */
const leaseFor = 15_000;
/** Milliseconds before a lease is renewed, and between two attempts to get one. */
const renewAfter = 5_000;
const askAgainAfter = 500;

interface Lease {
  holder: string;
  /** Milliseconds since 1970, by the clock that all tabs share. */
  until: number;
}

/**
 * byLeases provides exclusive access through leases in the database, for browsers without locks,
 * as over plain HTTP. A tab that dies loses its lease when that expires.
 */
export function byLeases(
  database: IDBDatabase,
  holder: string,
  { timer = startTimer, now = Date.now }: { timer?: Timer; now?: () => number } = {},
): Exclusively {
  /** Takes or renews the lease, in one transaction. */
  const take = async (name: string): Promise<boolean> => {
    let isMine = false;
    await change(database, (store) => {
      const found = store.get(name) as IDBRequest<Lease | undefined>;
      found.onsuccess = () => {
        const lease = found.result;
        const left = (lease?.until ?? 0) - now();
        // More than a lease can have left: the clock was set back.
        isMine = !lease || lease.holder === holder || left <= 0 || left > leaseFor;
        if (isMine) store.put({ holder, until: now() + leaseFor } satisfies Lease, name);
      };
    });
    return isMine;
  };
  const release = (name: string): Promise<void> =>
    change(database, (store) => {
      const found = store.get(name) as IDBRequest<Lease | undefined>;
      found.onsuccess = () => {
        if (found.result?.holder === holder) store.delete(name);
      };
    });

  return async (name, task) => {
    // Without a database, do not wait: the server detects duplicates.
    const ask = () => take(name).catch(() => true);
    while (!(await ask())) await new Promise<void>((resolve) => timer(resolve, askAgainAfter));
    let stopRenewing: () => void = () => undefined;
    const renewLater = () => {
      stopRenewing = timer(() => {
        void ask();
        renewLater();
      }, renewAfter);
    };
    renewLater();
    try {
      await task(ask);
    } finally {
      stopRenewing();
      await release(name).catch(() => undefined);
    }
  };
}

function change(database: IDBDatabase, act: (store: IDBObjectStore) => void): Promise<void> {
  const transaction = database.transaction(leases, 'readwrite');
  act(transaction.objectStore(leases));
  return committed(transaction);
}
