import { shownName } from './person';
import { m } from '../messages';
import { isolated } from './isolated';
import { noticeWords } from './notices';
import type { Message, Subscription } from './wire';

/** The number of characters of a message that a row can show. */
export const shown = 120;

/**
 * preview returns a chat's last message as one line of plain text. The line names the author,
 * except for the other person of a conversation. Without a message, it is the topic.
 */
export function preview({ last, peer, topic }: Subscription, me: number): string {
  if (!last) return topic;
  if (last.kind === 'notice') return noticeWords([last], me);
  const text = lineOf(last);
  const isOwn = last.author.id === me;
  if (peer && !isOwn) return text;
  return m.sidebar.saidBy({
    name: isOwn ? m.notices.you() : isolated(shownName(last.author)),
    text,
  });
}

/** lineOf returns the beginning of a message as one line of plain text. */
export function lineOf({
  kind,
  body,
  deleted,
}: Pick<Message, 'kind' | 'body' | 'deleted'>): string {
  if (deleted) return m.room.deleted();
  return kind === 'location'
    ? m.sidebar.location()
    : withoutMarks(body.slice(0, shown)) || m.sidebar.files();
}

/** Removes the markup of bold, struck and code words: a preview shows plain text. */
function withoutMarks(text: string): string {
  return text.replace(/(\*\*|~~|`)(\S(?:.*?\S)?)\1/g, '$2');
}
