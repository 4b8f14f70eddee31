import type { OutboxHome } from '../model/outboxhome';

/** byLocks provides exclusive access through the browser's locks, which end with their tab. */
export function byLocks(locks: LockManager): OutboxHome['exclusively'] {
  return async (name, task) => {
    const run = () => task(() => Promise.resolve(true));
    // Only the request can be refused; then the server detects duplicates.
    await locks.request(`partychat:outbox:${name}`, run).catch(run);
  };
}
