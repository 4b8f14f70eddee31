import { describe, expect, it } from 'vitest';
import { type Emoji, emojiNamed, shortNameAt, suggest } from './emoji';

const list: Emoji[] = [
  { emoji: '😀', annotation: 'grinning face', shortcodes: ['grinning'], tags: ['happy'] },
  { emoji: '🚗', annotation: 'automobile', shortcodes: ['car', 'red_car'], tags: ['vehicle'] },
  { emoji: '🥕', annotation: 'carrot', shortcodes: ['carrot'], tags: ['food'] },
  { emoji: '🃏', annotation: 'joker', shortcodes: ['black_joker'], tags: ['card'] },
  { emoji: '🚓', annotation: 'police car', shortcodes: ['police_car'], tags: ['patrol'] },
  { emoji: '🏴', annotation: 'nameless', tags: ['carbon'] },
];

describe('a short name at the caret', () => {
  it.each([
    [':ca', 3, { start: 0, end: 3, name: 'ca', isClosed: false }],
    ['by :CAR', 7, { start: 3, end: 7, name: 'car', isClosed: false }],
    ['by :car: now', 8, { start: 3, end: 8, name: 'car', isClosed: true }],
    ['(:+1', 4, { start: 1, end: 4, name: '+1', isClosed: false }],
  ])('is found in %o at %i', (text, caret, found) => {
    expect(shortNameAt(text, caret)).toEqual(found);
  });

  it.each([
    ['at 10:30', 8],
    ['https://x', 9],
    [':D', 2],
    [':car', 0],
    ['a :car b', 8],
    ['std::vec', 8],
  ])('is not found in %o at %i', (text, caret) => {
    expect(shortNameAt(text, caret)).toBeUndefined();
  });
});

describe('suggestions', () => {
  it('come exact first, then beginnings, later words and tags', () => {
    expect(suggest(list, 'car', 9).map(({ name }) => name)).toEqual([
      'car',
      'carrot',
      'police_car',
      'black_joker',
    ]);
  });

  it('name the short name that matched', () => {
    expect(suggest(list, 'red', 9)).toEqual([{ emoji: '🚗', name: 'red_car' }]);
  });

  it('are as many as asked for at most', () => {
    expect(suggest(list, 'car', 2)).toHaveLength(2);
  });
});

it('an emoji is known by each of its short names', () => {
  expect(emojiNamed(list, 'red_car')).toBe('🚗');
  expect(emojiNamed(list, 'red')).toBeUndefined();
});
