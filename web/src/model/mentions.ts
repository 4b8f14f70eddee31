import type { Message } from './wire';

/** mentions reports whether a message mentions a user: by name, or with everyone in the room. */
export function mentions(message: Partial<Message>, user: number | undefined): boolean {
  const { author, deleted, mentions: list = [], mentionsRoom = false } = message;
  return !deleted && author?.id !== user && (mentionsRoom || list.some((it) => it.user === user));
}
