import { isolated } from './isolated';
import type { GoneReason, Member, Subscription, User } from './wire';

/** Removal is a way to put somebody out; docs/PROTOCOL.md, section 6. */
export type Removal = 'remove' | 'ban' | 'banFromServer';

/** mayManage tells whether the user may put members out of a room; `room` is the user's subscription. */
export function mayManage(me: User, room: Subscription | undefined): boolean {
  return room?.kind !== 'direct' && (me.role === 'admin' || room?.membership.role === 'admin');
}

/** mayPutOut tells whether who may manage the room may put this member out of it. */
export function mayPutOut(me: User, { user, role }: Member): boolean {
  if (user.id === me.id || user.role === 'admin') return false;
  return role !== 'admin' || me.role === 'admin';
}

/** RemovalWords are what is said of a removal: the question, what follows, and that it is done. */
export interface RemovalWords {
  readonly title: string;
  readonly action: string;
  readonly effect: string;
  readonly done: string;
}

/** removalWords speaks of a removal from a room; `room` is undefined where its name is not known. */
export function removalWords(
  removal: Removal,
  username: string,
  room: Subscription | undefined,
): RemovalWords {
  const name = isolated(username);
  const place = room ? isolated(room.name) : 'this room';
  switch (removal) {
    case 'remove':
      return {
        title: `Remove ${name} from ${place}?`,
        action: 'Remove',
        effect:
          room?.kind === 'private'
            ? `${name} will be removed immediately and needs a new invitation to come back.`
            : `${name} will be removed immediately but can join again at any time.`,
        done: `${name} was removed from ${place}.`,
      };
    case 'ban':
      return {
        title: `Ban ${name} from ${place}?`,
        action: 'Ban',
        effect: `${name} will be removed immediately and can’t read or join the room until an admin lifts the ban.`,
        done: `${name} was banned from ${place}.`,
      };
    case 'banFromServer':
      return {
        title: `Ban ${name} from this server?`,
        action: 'Ban',
        effect: `${name} will be logged out everywhere immediately and can’t log in until a server admin lifts the ban.`,
        done: `${name} was banned from this server.`,
      };
  }
}

/** goneWords tells somebody who was put out of a room; "" for who has left by choice. */
export function goneWords(room: string, reason: GoneReason): string {
  switch (reason) {
    case 'removed':
      return `You were removed from ${isolated(room)}.`;
    case 'banned':
      return `You were banned from ${isolated(room)}.`;
    case 'left':
      return '';
  }
}
