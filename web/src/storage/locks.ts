import type { OutboxHome } from '../model/outboxhome';

/** byLocks gives turns by the browser's own locks, which end with their tab. */
export function byLocks(locks: LockManager): OutboxHome['exclusively'] {
  return async (name, task) => {
    const run = () => task(() => Promise.resolve(true));
    // Only the request can be refused; then doubles are for the server to recognise.
    await locks.request(`partychat:outbox:${name}`, run).catch(run);
  };
}
