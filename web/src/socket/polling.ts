// Long polling, for networks that block WebSocket. Importing this module adds it to the Socket.IO
// client from the next connection attempt on; the first load omits it
// (build/unused-modules.ts).
import { transports } from 'engine.io-client';
import { XHR } from 'engine.io-client/polling';

transports.polling = XHR;

/**
 * reorder sets the order of the transports for the next attempt, and reports whether long polling
 * is new among them, so that it is tried at once. A transport that was blocked on the way comes
 * last.
 */
export function reorder(options: { transports?: unknown[] }, isSwallowed: boolean): boolean {
  const { transports: before = [] } = options;
  const isNew = before.length < 2;
  const order = isNew ? ['websocket', 'polling'] : before;
  options.transports = isSwallowed ? order.toReversed() : order;
  return isNew;
}
