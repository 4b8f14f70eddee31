import { m } from '../messages';
import type { PresenceState, UserKind } from './wire';

/** presenceWords describes somebody's presence. */
export function presenceWords(state: PresenceState | undefined): string {
  switch (state) {
    case 'online':
      return m.people.online();
    case 'away':
      return m.people.away();
    default:
      return m.people.offline();
  }
}

/** kindWords describes users other than members; "" for members. */
export function kindWords(kind: UserKind): string {
  switch (kind) {
    case 'guest':
      return m.people.kindGuest();
    case 'bot':
      return m.people.kindBot();
    case 'member':
      return '';
  }
}
