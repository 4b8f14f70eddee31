import type { Level, Settings, Subscription } from './wire';

/** levelOf returns which messages of a room notify me: none of an archived room. */
export function levelOf(
  { peer, membership, archivedAt }: Subscription,
  settings?: Settings,
): Level {
  if (archivedAt) return 'muted';
  return membership.level || (peer ? 'everything' : (settings?.level ?? 'mentions'));
}

/**
 * callsOf returns how many unread messages call for me: those of a conversation, or mentions,
 * unless nothing there notifies me.
 */
export function callsOf(room: Subscription, settings?: Settings): number {
  if (/^(no|mu)/.test(levelOf(room, settings))) return 0;
  return room.peer ? room.unread : (room.mentions?.length ?? 0);
}

/** isMuted reports whether the room's unread messages are not counted. */
export function isMuted(room: Subscription): boolean {
  return levelOf(room) === 'muted';
}
