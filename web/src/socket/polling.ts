// Long polling, for networks that let no WebSocket through. Importing it adds it to the Socket.IO client, from the
// next attempt to connect on: the first load goes without (build/unused-transports.ts).
import { transports } from 'engine.io-client';
import { XHR } from 'engine.io-client/polling';

transports.polling = XHR;

/**
 * reorder sets the order in which the transports are tried next, and tells whether long polling is new among them,
 * so that it is tried at once. A transport that something on the way has swallowed comes last.
 */
export function reorder(options: { transports?: unknown[] }, isSwallowed: boolean): boolean {
  const { transports: before = [] } = options;
  const isNew = before.length < 2;
  const order = isNew ? ['websocket', 'polling'] : before;
  options.transports = isSwallowed ? order.toReversed() : order;
  return isNew;
}
