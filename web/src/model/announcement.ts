import { shownName } from './person';
import { m } from '../messages';
import { isolated } from './isolated';
import type { Message } from './wire';

/** announcementOf describes new messages in words; "" if there is nothing to announce. */
export function announcementOf(arrived: readonly Message[]): string {
  const last = arrived.at(-1);
  if (!last) return '';
  const words = m.room.said({
    name: isolated(shownName(last.author)),
    text: last.body || m.sidebar.files(),
  });
  return arrived.length === 1 ? words : m.room.newMessages({ count: arrived.length, last: words });
}
