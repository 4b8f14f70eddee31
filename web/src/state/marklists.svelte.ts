import type { Bookmark, Message } from '../model/wire';
import type { Marks } from './marks.svelte';
import { Pages } from './pages.svelte';

/** openPins returns the live list of a room's pins and what ends it. */
export function openPins(marks: Marks, room: number): { pages: Pages<Message>; close: () => void } {
  const pages = new Pages<Message>({
    read: async (_, signal) => ({ items: await marks.api.pins(room, signal) }),
    add: (list, items) => [...list, ...items],
  });
  return follow(pages, marks, (news) => {
    if (news.what === 'pin' && news.message.room === room)
      pages.change((list) => withPin(list, news.message));
  });
}

/** openBookmarks returns the live list of my bookmarks and what ends it. */
export function openBookmarks(marks: Marks): { pages: Pages<Bookmark>; close: () => void } {
  const pages = new Pages<Bookmark>({
    read: async (after, signal) => {
      const { bookmarks, next } = await marks.api.bookmarks(
        after === undefined ? after : Number(after),
        signal,
      );
      return { items: bookmarks, ...(next ? { next: String(next) } : {}) };
    },
    add: (list, items) => [
      ...list.filter((known) => !items.some((item) => isOf(known, item))),
      ...items,
    ],
  });
  return follow(pages, marks, (news) => {
    if (news.what === 'pin')
      pages.change((list) => list.map((known) => withChange(known, news.message)));
    else if (news.what === 'bookmark' && news.on) void pages.load();
    else if (news.what === 'bookmark')
      pages.change((list) => list.filter((known) => !isOf(known, news)));
  });
}

/** withPin returns the list of a room's pins after a change of a message. */
export function withPin(list: readonly Message[], message: Message): readonly Message[] {
  const known = list.find(({ seq }) => seq === message.seq);
  if (known ? known.rev >= message.rev : !message.pinned) return list;
  const others = list.filter((other) => other !== known);
  return message.pinned ? [message, ...others].toSorted(byPin) : others;
}

function byPin(a: Message, b: Message): number {
  return Date.parse(b.pinned?.at ?? '') - Date.parse(a.pinned?.at ?? '');
}

function follow<T>(
  pages: Pages<T>,
  marks: Marks,
  take: Parameters<Marks['onNews']>[0],
): { pages: Pages<T>; close: () => void } {
  const stop = marks.onNews((news) => {
    if (news.what === 'anything') void pages.load();
    else take(news);
  });
  void pages.load();
  return {
    pages,
    close: () => {
      stop();
      pages.close();
    },
  };
}

interface Place {
  readonly room: number;
  readonly seq: number;
}

function isOf(a: Place, b: Place): boolean {
  return a.room === b.room && a.seq === b.seq;
}

function withChange(known: Bookmark, message: Message): Bookmark {
  const isNewer = known.message && isOf(known, message) && message.rev > known.message.rev;
  return isNewer ? { ...known, message } : known;
}
