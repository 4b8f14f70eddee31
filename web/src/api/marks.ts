import type { BookmarkList, Message } from '../model/wire';
import type { Request } from './request';

/** MarksApi is the part of REST about pins and bookmarks. Every call rejects with a Failure. */
export type MarksApi = ReturnType<typeof createMarksApi>;

export function createMarksApi(request: Request) {
  return {
    /** Returns the room's pinned messages, the last one pinned first. */
    pins: (room: number, signal?: AbortSignal) =>
      request<{ messages: Message[] }>('GET', `/rooms/${room}/pins`, { signal }).then(
        (a) => a.messages,
      ),
    /** Returns a page of my bookmarks, the last one set first. */
    bookmarks: (before?: number, signal?: AbortSignal) =>
      request<BookmarkList>('GET', '/bookmarks', { query: { before }, signal }),
    /** Returns the seqs of the messages of a room that I have bookmarked. */
    bookmarkedIn: (room: number) =>
      request<{ seqs: number[] }>('GET', `/rooms/${room}/bookmarks`).then((a) => a.seqs),
  };
}
