import Bookmark from '@lucide/svelte/icons/bookmark';
import BookmarkX from '@lucide/svelte/icons/bookmark-x';
import Copy from '@lucide/svelte/icons/copy';
import Link from '@lucide/svelte/icons/link';
import MessageSquareDot from '@lucide/svelte/icons/message-square-dot';
import MessagesSquare from '@lucide/svelte/icons/messages-square';
import Pencil from '@lucide/svelte/icons/pencil';
import Pin from '@lucide/svelte/icons/pin';
import PinOff from '@lucide/svelte/icons/pin-off';
import Reply from '@lucide/svelte/icons/reply';
import SmilePlus from '@lucide/svelte/icons/smile-plus';
import Trash from '@lucide/svelte/icons/trash-2';
import type { Component } from 'svelte';
import { m } from '../../messages';
import { mayEdit } from '../../model/editing';
import { failureFrom } from '../../model/failure';
import type { Message } from '../../model/wire';
import type { Chat } from '../../state/chat.svelte';
import type { OpenRoom } from '../../state/openroom.svelte';
import { copyLink } from '../threads/copylink';
import type { ActionState } from './actionstate.svelte';

/** ActionHandlers are actions of the room's other parts. */
export interface ActionHandlers {
  /** Starts editing a message. */
  readonly onedit: (message: Message) => void;
  /** Starts answering a message. */
  readonly onreply: (message: Message) => void;
  /** Opens the thread of a root, at one of its messages. */
  readonly onthread: (root: number, seq?: number) => void;
}

/** ActionContext is what an action acts on. */
export interface ActionContext extends ActionHandlers {
  readonly chat: Chat;
  readonly open: OpenRoom;
  readonly message: Message;
  /** What the action may open above the feed. */
  readonly state: ActionState;
}

/** Action is something that a reader can do with a message. */
export interface Action {
  readonly id: string;
  readonly icon: Component;
  readonly label: () => string;
  /** Whether it is also a button beside the message, not only in the menu. */
  readonly isQuick?: boolean;
  /** Whether it is offered; always, if absent. */
  readonly when?: (context: ActionContext) => boolean;
  readonly run: (context: ActionContext) => void;
}

/** The actions on a message, in the order of the menu. */
const actions: readonly Action[] = [
  {
    id: 'react',
    icon: SmilePlus,
    label: () => m.actions.react(),
    isQuick: true,
    when: isWriter,
    run: ({ state, message }) => {
      state.pickFor(message);
    },
  },
  {
    id: 'reply',
    icon: Reply,
    label: () => m.threads.reply(),
    isQuick: true,
    when: isWriter,
    run: ({ message, onreply }) => {
      onreply(message);
    },
  },
  {
    id: 'thread',
    icon: MessagesSquare,
    label: () => m.threads.replyInThread(),
    isQuick: true,
    when: isWriter,
    run: ({ message, onthread }) => {
      onthread(message.thread ?? message.seq);
    },
  },
  {
    id: 'link',
    icon: Link,
    label: () => m.threads.copyLink(),
    run: ({ chat, open, message }) => void copyLink(chat, open.id, message.seq),
  },
  {
    id: 'unread',
    icon: MessageSquareDot,
    label: () => m.editing.markUnread(),
    when: (context) => isMember(context) && context.message.author.id !== myId(context),
    run: (context) => void markUnread(context),
  },
  {
    id: 'bookmark',
    icon: Bookmark,
    label: () => m.marks.bookmark(),
    when: (context) => !isBookmarked(context),
    run: (context) => void mark(context, 'bookmark', true),
  },
  {
    id: 'unbookmark',
    icon: BookmarkX,
    label: () => m.marks.removeBookmark(),
    when: isBookmarked,
    run: (context) => void mark(context, 'bookmark', false),
  },
  {
    id: 'pin',
    icon: Pin,
    label: () => m.marks.pin(),
    when: (context) => mayPin(context) && !isPinned(context),
    run: (context) => void mark(context, 'pin', true),
  },
  {
    id: 'unpin',
    icon: PinOff,
    label: () => m.marks.unpin(),
    when: (context) => mayPin(context) && isPinned(context),
    run: (context) => void mark(context, 'pin', false),
  },
  {
    id: 'copy',
    icon: Copy,
    label: () => m.actions.copyText(),
    when: ({ message }) => message.body !== '',
    run: ({ chat, message }) => void copy(chat, message.body),
  },
  {
    id: 'edit',
    icon: Pencil,
    label: () => m.common.edit(),
    when: (context) => isWriter(context) && mayEdit(context.message, myId(context)),
    run: ({ message, onedit }) => {
      onedit(message);
    },
  },
  {
    id: 'delete',
    icon: Trash,
    label: () => m.common.delete(),
    when: (context) => isMember(context) && mayDelete(context),
    run: (context) => {
      context.state.ask({
        title: m.editing.deleteTitle(),
        text: m.editing.deleteEffect(),
        action: m.common.delete(),
        onconfirm: () => void remove(context),
      });
    },
  },
];

/** actionsOn returns the actions that the reader can choose. */
export function actionsOn(context: ActionContext): readonly Action[] {
  const { deleted, kind } = context.message;
  return deleted || kind === 'notice' ? [] : actions.filter(({ when }) => when?.(context) ?? true);
}

/** react adds my reaction to a message, or takes it back. */
export async function react(
  { chat, open, message }: Pick<ActionContext, 'chat' | 'open' | 'message'>,
  emoji: string,
  on: boolean,
): Promise<void> {
  const user = chat.session.user?.id;
  if (user === undefined) return;
  const { reactions } = await chat.loader.get(() => chat.loadLive());
  reactions.react({ user, room: open.id, seq: message.seq, emoji, on });
}

/** prepare loads what the actions depend on, before they are shown. */
export async function prepare({ chat, open }: Pick<ActionContext, 'chat' | 'open'>): Promise<void> {
  const { marks } = await chat.loader.get(() => chat.loadLive());
  await marks.load(open.id);
}

function isBookmarked({ chat, open, message }: ActionContext): boolean {
  return chat.live?.marks.isBookmarked(open.id, message.seq) ?? false;
}

function isPinned({ chat, message }: ActionContext): boolean {
  return chat.live?.marks.isPinned(message) ?? message.pinned !== undefined;
}

function mayPin(context: ActionContext): boolean {
  const { room, subscription } = context.open;
  return !room?.archivedAt && (subscription?.kind === 'direct' || isAdmin(context));
}

async function mark(
  { chat, open, message }: ActionContext,
  what: 'pin' | 'bookmark',
  on: boolean,
): Promise<void> {
  const { marks } = await chat.loader.get(() => chat.loadLive());
  marks.mark(what, open.id, message.seq, on);
}

function myId({ chat }: ActionContext): number {
  return chat.session.user?.id ?? 0;
}

function isMember({ open }: ActionContext): boolean {
  return open.subscription !== undefined;
}

function isWriter(context: ActionContext): boolean {
  return isMember(context) && !context.open.room?.archivedAt;
}

function isAdmin({ chat, open }: ActionContext): boolean {
  return chat.session.user?.role === 'admin' || open.subscription?.membership.role === 'admin';
}

function mayDelete(context: ActionContext): boolean {
  return context.message.author.id === myId(context) || isAdmin(context);
}

async function copy({ toasts }: Chat, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.show(m.actions.copied());
  } catch {
    toasts.show(m.actions.copyingBlocked(), 'error');
  }
}

async function markUnread({ chat, open, message }: ActionContext): Promise<void> {
  try {
    await (await chat.loadLive()).markUnread(open.id, message.seq);
  } catch (thrown) {
    chat.toasts.show(failureFrom(thrown).message, 'error');
  }
}

async function remove({ chat, open, message }: ActionContext): Promise<void> {
  try {
    const { api } = await chat.loadLive();
    open.timeline.put(await api.messages.remove(open.id, message.seq));
  } catch (thrown) {
    chat.toasts.show(failureFrom(thrown).message, 'error');
  }
}
