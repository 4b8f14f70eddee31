import { tick } from 'svelte';
import { m } from '../../messages';
import { failureFrom } from '../../model/failure';
import type { Row } from '../../model/rows';
import type { Chat } from '../../state/chat.svelte';
import type { OpenRoom } from '../../state/openroom.svelte';
import { mark } from './mark';

/** FeedHandle is what showMessage needs of a feed. */
export interface FeedHandle {
  readonly open: OpenRoom;
  rows: () => readonly Row[];
  /** The list of the rows; undefined before there are any. */
  list: () => { scrollToIndex: (index: number, options: { align: 'center' }) => void } | undefined;
  box: () => HTMLElement | undefined;
  /** Stops following the newest message, and makes the row the active one. */
  leave: (key: string) => void;
  /** Opens the thread of a root, at one of its messages. */
  onthread: (root: number, seq: number) => void;
}

/** How often the feed is scrolled to a message that does not appear. */
const turns = 4;

/**
 * showMessage scrolls to a message, after loading those around it if it is far away, and marks it.
 * If only a thread shows it, it opens the thread. It never rejects.
 */
export async function showMessage(chat: Chat, seq: number, feed: FeedHandle): Promise<void> {
  const { open } = feed;
  const isLoaded = () => open.timeline.messages.some((message) => message.seq === seq);
  if (!isLoaded()) {
    try {
      const { api } = await chat.loadLive();
      const message = await api.messages.get(open.id, seq);
      if (message.thread && !message.inRoom) {
        feed.onthread(message.thread, seq);
        return;
      }
      await open.timeline.open(seq - 1);
    } catch (thrown) {
      const failure = failureFrom(thrown);
      const isGone = failure.code === 'not_found';
      chat.toasts.show(isGone ? m.threads.noMessage() : failure.message, 'error');
      return;
    }
    await tick();
  }
  // Pages that arrive meanwhile move the rows, so that the first scrolling may miss.
  for (let turn = 0; turn < turns; turn += 1) {
    // Consecutive notices share the row of the last one.
    const index = feed.rows().findIndex((row) => row.seq !== undefined && row.seq >= seq);
    const row = feed.rows()[index];
    if (!row) return;
    feed.leave(row.key);
    feed.list()?.scrollToIndex(index, { align: 'center' });
    if (await mark(feed.box(), row.key)) return;
  }
}
