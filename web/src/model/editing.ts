import type { Message } from './wire';

/** mayEdit reports whether the user may edit the message: only own texts and captions. */
export function mayEdit({ author, kind, deleted }: Message, me: number): boolean {
  return author.id === me && kind !== 'location' && kind !== 'notice' && !deleted;
}

/** lastEditable returns the last message that the user may edit. */
export function lastEditable(messages: readonly Message[], me: number): Message | undefined {
  return messages.findLast((message) => mayEdit(message, me));
}
