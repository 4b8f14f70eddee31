import type { OutboxEntry } from './outbox';
import type { Message } from './wire';

/**
 * OutboxStore stores entries. No call rejects: what cannot be stored is kept for the lifetime of
 * the page.
 */
export interface OutboxStore {
  /** Returns the owner's entries in the order in which they were first put. */
  load(owner: number): Promise<OutboxEntry[]>;
  /** Adds the entry, or replaces the one with its clientId. */
  put(entry: OutboxEntry): Promise<void>;
  delete(clientId: string): Promise<void>;
}

/** OutboxNews is a change that one tab announces to the others of the same browser. */
export type OutboxNews =
  | { kind: 'put'; entry: OutboxEntry }
  | { kind: 'deleted'; entry: OutboxEntry }
  | { kind: 'sent'; message: Message };

/** OutboxHome is where all tabs of a browser store one outbox together. */
export interface OutboxHome {
  readonly store: OutboxStore;
  /**
   * Runs the task while no other tab runs one with this name, waiting if necessary. The task can
   * check that this still holds, because a suspended tab may have lost its lock. Neither may
   * reject.
   */
  exclusively(
    name: string,
    task: (isStillMine: () => Promise<boolean>) => Promise<void>,
  ): Promise<void>;
  /** Notifies the other tabs, after the store has the change. */
  tell(news: OutboxNews): void;
  /** Calls the listener with the news of other tabs. */
  onNews(listener: (news: OutboxNews) => void): void;
}
