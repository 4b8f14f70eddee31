import type { Subscription } from './wire';

/** byLiveliness orders conversations by their latest message, newest first. */
export function byLiveliness(a: Subscription, b: Subscription): number {
  return timeOf(b) - timeOf(a) || a.id - b.id;
}

/** A conversation without a message has just been opened. */
function timeOf({ last, membership }: Subscription): number {
  return Date.parse(last?.createdAt ?? membership.joinedAt);
}
