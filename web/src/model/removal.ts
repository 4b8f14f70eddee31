import { m } from '../messages';
import { isolated } from './isolated';
import type { GoneReason, Member, Subscription, User } from './wire';

/** Removal is a way to remove or ban somebody; docs/PROTOCOL.md, section 6. */
export type Removal = 'remove' | 'ban' | 'banFromServer';

/**
 * mayManage reports whether the user may remove members from a room; `room` is the user's
 * subscription.
 */
export function mayManage(me: User, room: Subscription | undefined): boolean {
  return room?.kind !== 'direct' && (me.role === 'admin' || room?.membership.role === 'admin');
}

/** mayRemove reports whether a user who may manage the room may remove this member. */
export function mayRemove(me: User, { user, role }: Member): boolean {
  if (user.id === me.id || user.role === 'admin') return false;
  return role !== 'admin' || me.role === 'admin';
}

/**
 * mayAppoint reports whether a user who may manage the room may make this member an admin, or take
 * that back.
 */
export function mayAppoint({ user, role }: Member): boolean {
  return role === 'admin' || (user.kind !== 'guest' && !user.banned);
}

/** RemovalWords are the texts of a removal: the question, its effect, and the confirmation. */
export interface RemovalWords {
  readonly title: string;
  readonly action: string;
  readonly effect: string;
  readonly done: string;
}

/**
 * removalWords returns the texts for a removal from a room; `room` is undefined if its name is
 * unknown.
 */
export function removalWords(
  removal: Removal,
  username: string,
  room: Subscription | undefined,
): RemovalWords {
  const name = isolated(username);
  const place = room ? isolated(room.name) : m.members.thisRoom();
  switch (removal) {
    case 'remove':
      return {
        title: m.members.removeTitle({ name, place }),
        action: m.members.remove(),
        effect:
          room?.kind === 'private'
            ? m.members.removeFromPrivate({ name })
            : m.members.removeFromPublic({ name }),
        done: m.members.removeDone({ name, place }),
      };
    case 'ban':
      return {
        title: m.members.banTitle({ name, place }),
        action: m.members.ban(),
        effect: m.members.banEffect({ name }),
        done: m.members.banDone({ name, place }),
      };
    case 'banFromServer':
      return {
        title: m.members.banFromServerTitle({ name }),
        action: m.members.ban(),
        effect: m.members.banFromServerEffect({ name }),
        done: m.members.banFromServerDone({ name }),
      };
  }
}

/** goneWords tells a removed or banned user what happened; "" for a user who has left. */
export function goneWords(room: string, reason: GoneReason): string {
  switch (reason) {
    case 'removed':
      return m.members.youWereRemoved({ room: isolated(room) });
    case 'banned':
      return m.members.youWereBanned({ room: isolated(room) });
    case 'deleted':
      return m.members.roomWasDeleted({ room: isolated(room) });
    case 'left':
      return '';
  }
}
