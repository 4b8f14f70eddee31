import { shownName } from './person';
import type { Author, Message, Reaction, ReactionChange } from './wire';

/** The emoji that are offered first. */
export const usualEmoji = ['👍', '❤️', '😂', '🎉', '😮', '😢'] as const;

/** Wish is a reaction that I want on a message or, if `on` is false, do not want any more. */
export interface Wish {
  readonly user: number;
  readonly room: number;
  readonly seq: number;
  readonly emoji: string;
  readonly on: boolean;
}

/** ShownReaction is an emoji under a message as the reader sees it. */
export interface ShownReaction {
  readonly emoji: string;
  readonly count: number;
  readonly isMine: boolean;
  /** The others who are known by name. */
  readonly names: readonly string[];
}

/** isMine reports whether the user is one of those who have reacted. */
export function isMine({ mine, users }: Reaction, me: number): boolean {
  return mine === true || users.some(({ id }) => id === me);
}

/**
 * withReaction applies one change of `reaction:put` to a message; docs/PROTOCOL.md, “Reactions”.
 */
export function withReaction(
  message: Message,
  { user, emoji, on, count }: ReactionChange,
  rev: number,
  me: number,
): Message {
  const before = message.reactions ?? [];
  const known = before.find((it) => it.emoji === emoji);
  const others: Author[] = (known?.users ?? []).filter(({ id }) => id !== user.id);
  const after: Reaction = {
    emoji,
    count,
    users: on ? [...others, user] : others,
    mine: user.id === me ? on : known !== undefined && isMine(known, me),
  };
  const reactions = known ? before.map((it) => (it === known ? after : it)) : [...before, after];
  return { ...message, rev, reactions: reactions.filter(({ count }) => count > 0) };
}

/** shownReactions returns what the reader sees: the reactions with my wishes fulfilled. */
export function shownReactions(
  { reactions = [] }: Message,
  wishes: readonly Wish[],
  me: number,
): readonly ShownReaction[] {
  const shown = reactions.map((reaction) => ({
    emoji: reaction.emoji,
    count: reaction.count,
    isMine: isMine(reaction, me),
    names: reaction.users.filter(({ id }) => id !== me).map(shownName),
  }));
  for (const { emoji, on } of wishes) {
    const at = shown.findIndex((it) => it.emoji === emoji);
    const known = shown[at];
    if (!known && on) shown.push({ emoji, count: 1, isMine: true, names: [] });
    if (!known || known.isMine === on) continue;
    shown[at] = { ...known, isMine: on, count: known.count + (on ? 1 : -1) };
  }
  return shown.filter(({ count }) => count > 0);
}
