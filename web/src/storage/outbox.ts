import { newClientId } from '../model/clientid';
import { memoryHome } from '../model/memorystore';
import type { OutboxHome, OutboxNews } from '../model/outboxhome';
import { startTimer } from '../model/timer';
import { openDatabase } from './database';
import { EntryStore } from './entrystore';
import { byLocks } from './locks';

/** Milliseconds to wait for the database before sending. */
const patience = 3_000;

/**
 * openOutboxHome returns the home that the tabs of this browser share. Until the database opens,
 * and if the browser stores nothing, as in some private windows, the page's memory is used.
 */
export async function openOutboxHome(): Promise<OutboxHome> {
  const store = new EntryStore();
  let home = memoryHome(store);
  let hear: (news: OutboxNews) => void = () => undefined;
  const share = async () => {
    const database = await openDatabase();
    const locks = navigator.locks as LockManager | undefined;
    const exclusively = locks ? byLocks(locks) : await byLeasesOf(database);
    // A tab does not receive its own news.
    const others = new BroadcastChannel('partychat:outbox');
    const tell = (news: OutboxNews) => {
      others.postMessage(news);
    };
    others.onmessage = ({ data }: MessageEvent<OutboxNews>) => {
      hear(data);
    };
    const moved = await store.moveTo(database);
    home = { ...home, exclusively, tell };
    // There are none unless the page started without the database.
    for (const entry of moved) tell({ kind: 'put', entry });
    for (const entry of await store.all()) hear({ kind: 'put', entry });
  };
  await inTime(share()).catch(() => undefined);
  return {
    store,
    exclusively: (name, task) => home.exclusively(name, task),
    tell: (news) => {
      home.tell(news);
    },
    onNews: (listener) => {
      hear = listener;
    },
  };
}

/** Only browsers on pages without HTTPS lack locks. */
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
