import { newClientId } from '../model/clientid';
import { memoryHome } from '../model/memorystore';
import type { OutboxHome, OutboxNews } from '../model/outboxhome';
import { startTimer } from '../model/timer';
import { openDatabase } from './database';
import { EntryStore } from './entrystore';
import { byLocks } from './locks';

/** Milliseconds after which a database that does not answer counts as none. */
const patience = 3_000;

/**
 * openOutboxHome gives the home that the tabs of this browser share. Where the
 * browser keeps nothing, as in some private windows, it is the page's memory.
 */
export async function openOutboxHome(): Promise<OutboxHome> {
  let database: IDBDatabase;
  try {
    database = await inTime(openDatabase());
  } catch {
    return memoryHome();
  }
  // A tab does not hear its own news.
  const others = new BroadcastChannel('partychat:outbox');
  const locks = navigator.locks as LockManager | undefined;
  return {
    store: new EntryStore(database),
    exclusively: locks ? byLocks(locks) : await byLeasesOf(database),
    tell: (news) => {
      others.postMessage(news);
    },
    onNews: (listener) => {
      others.onmessage = ({ data }: MessageEvent<OutboxNews>) => {
        listener(data);
      };
    },
  };
}

/** Few browsers have no locks to offer, and only where the page is not served securely. */
async function byLeasesOf(database: IDBDatabase): Promise<OutboxHome['exclusively']> {
  const { byLeases } = await import('./turns');
  return byLeases(database, newClientId());
}

function inTime<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    startTimer(() => {
      reject(new Error('the database does not answer'));
    }, patience);
    promise.then(resolve, reject);
  });
}
