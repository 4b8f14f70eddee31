import type { OutboxEntry } from './outbox';
import type { Message } from './wire';

/** OutboxStore keeps entries. No call rejects: what cannot be kept for good is kept while the page lives. */
export interface OutboxStore {
  /** Gives the owner's entries in the order in which they were first put. */
  load(owner: number): Promise<OutboxEntry[]>;
  /** Adds the entry, or puts it in the place of the one with its clientId. */
  put(entry: OutboxEntry): Promise<void>;
  delete(clientId: string): Promise<void>;
}

/** OutboxNews is what one tab tells the others of the same browser. */
export type OutboxNews =
  | { kind: 'put'; entry: OutboxEntry }
  | { kind: 'deleted'; entry: OutboxEntry }
  | { kind: 'sent'; message: Message };

/** OutboxHome is where all tabs of a browser keep one outbox together. */
export interface OutboxHome {
  readonly store: OutboxStore;
  /**
   * Runs the task while no other tab runs one under this name, and waits for
   * that. The task may ask whether this still holds, for a tab that was asleep
   * can have lost its turn. Neither may reject.
   */
  exclusively(
    name: string,
    task: (isStillMine: () => Promise<boolean>) => Promise<void>,
  ): Promise<void>;
  /** Tells the other tabs, after the store has it. */
  tell(news: OutboxNews): void;
  /** Calls the listener with what other tabs tell. */
  onNews(listener: (news: OutboxNews) => void): void;
}
