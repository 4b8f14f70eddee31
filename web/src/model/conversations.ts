import type { Subscription } from './wire';

/** byLiveliness orders conversations by their latest message, the newest first. */
export function byLiveliness(a: Subscription, b: Subscription): number {
  return timeOf(b) - timeOf(a) || a.id - b.id;
}

/** One without a message was opened just now. */
function timeOf({ last, membership }: Subscription): number {
  return Date.parse(last?.createdAt ?? membership.joinedAt);
}
