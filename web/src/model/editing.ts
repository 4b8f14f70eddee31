import type { Message } from './wire';

/** mayEdit tells whether the message has words that this user may change: their own. */
export function mayEdit({ author, kind, deleted }: Message, me: number): boolean {
  return author.id === me && kind === 'text' && !deleted;
}

/** lastEditable gives the last message whose words the user may change. */
export function lastEditable(messages: readonly Message[], me: number): Message | undefined {
  return messages.findLast((message) => mayEdit(message, me));
}
