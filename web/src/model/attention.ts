import type { Level, Settings, Subscription } from './wire';

/** levelOf returns which messages of a room notify me. */
export function levelOf({ peer, membership }: Subscription, settings?: Settings): Level {
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
export function isMuted({ membership }: Subscription): boolean {
  return membership.level === 'muted';
}
