import { describe, expect, it } from 'vitest';
import { ada, message, mona } from '../testing/messages';
import { shownReactions, withReaction, type Wish } from './reactions';
import type { Message, ReactionChange } from './wire';

const plain = message(3);

function change(user: ReactionChange['user'], on: boolean, count: number): ReactionChange {
  return { seq: 3, user, emoji: '👍', on, count };
}

/** A message with a reaction by Mona and by two whom it does not list. */
const crowded: Message = {
  ...plain,
  reactions: [{ emoji: '👍', count: 3, users: [mona] }],
};

describe('withReaction', () => {
  it('adds an emoji after the others, and takes it away with its last user', () => {
    const once = withReaction(plain, change(mona, true, 1), 8, ada.id);
    expect(once.rev).toBe(8);
    expect(once.reactions).toEqual([{ emoji: '👍', count: 1, users: [mona], mine: false }]);
    const heart = { ...change(ada, true, 1), emoji: '❤️' };
    const twice = withReaction(once, heart, 9, ada.id);
    expect(twice.reactions?.map(({ emoji, mine }) => [emoji, mine])).toEqual([
      ['👍', false],
      ['❤️', true],
    ]);
    const left = withReaction(twice, change(mona, false, 0), 10, ada.id);
    expect(left.reactions?.map(({ emoji }) => emoji)).toEqual(['❤️']);
  });

  it('knows whether I have reacted although I am not listed', () => {
    const mine = { ...crowded, reactions: [{ emoji: '👍', count: 3, users: [mona], mine: true }] };
    const after = withReaction(mine, change(mona, false, 2), 8, ada.id);
    expect(after.reactions).toEqual([{ emoji: '👍', count: 2, users: [], mine: true }]);
    const back = withReaction(after, change(ada, false, 1), 9, ada.id);
    expect(back.reactions).toEqual([{ emoji: '👍', count: 1, users: [], mine: false }]);
  });
});

describe('shownReactions', () => {
  const wish = (emoji: string, on: boolean): Wish => ({ user: ada.id, room: 7, seq: 3, emoji, on });

  it('shows the others by name, and mine apart', () => {
    const message = { ...plain, reactions: [{ emoji: '👍', count: 2, users: [ada, mona] }] };
    expect(shownReactions(message, [], ada.id)).toEqual([
      { emoji: '👍', count: 2, isMine: true, names: [mona.username] },
    ]);
  });

  it('fulfils my wishes before the server does, each once', () => {
    const wishes = [wish('👍', true), wish('🎉', true)];
    expect(shownReactions(crowded, wishes, ada.id)).toEqual([
      { emoji: '👍', count: 4, isMine: true, names: [mona.username] },
      { emoji: '🎉', count: 1, isMine: true, names: [] },
    ]);
    const fulfilled = withReaction(crowded, change(ada, true, 4), 8, ada.id);
    expect(shownReactions(fulfilled, [wish('👍', true)], ada.id)[0]?.count).toBe(4);
  });

  it('leaves out what I alone have taken back', () => {
    const message = { ...plain, reactions: [{ emoji: '👍', count: 1, users: [ada] }] };
    expect(shownReactions(message, [wish('👍', false)], ada.id)).toEqual([]);
  });
});
