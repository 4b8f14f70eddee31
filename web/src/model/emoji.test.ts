import { describe, expect, it } from 'vitest';
import {
  type Emoji,
  emojiNamed,
  endsInCode,
  hasShortName,
  shortNameAt,
  suggest,
  withEmoji,
} from './emoji';

const list: Emoji[] = [
  { emoji: '😀', annotation: 'grinning face', shortcodes: ['grinning'], tags: ['happy'] },
  { emoji: '🚗', annotation: 'automobile', shortcodes: ['car', 'red_car'], tags: ['vehicle'] },
  { emoji: '🥕', annotation: 'carrot', shortcodes: ['carrot'], tags: ['food'] },
  { emoji: '🃏', annotation: 'joker', shortcodes: ['black_joker'], tags: ['card'] },
  { emoji: '🚓', annotation: 'police car', shortcodes: ['police_car'], tags: ['patrol'] },
  { emoji: '❌', annotation: 'cross mark', shortcodes: ['x'], tags: ['cancel'] },
  { emoji: '🏴', annotation: 'nameless', tags: ['carbon'] },
];

describe('a short name at the caret', () => {
  it.each([
    [':ca', 3, { start: 0, end: 3, name: 'ca', isClosed: false }],
    ['by :CAR', 7, { start: 3, end: 7, name: 'car', isClosed: false }],
    ['by :car: now', 8, { start: 3, end: 8, name: 'car', isClosed: true }],
    ['(:+1', 4, { start: 1, end: 4, name: '+1', isClosed: false }],
    ['by :x:', 6, { start: 3, end: 6, name: 'x', isClosed: true }],
  ])('is found in %o at %i', (text, caret, found) => {
    expect(shortNameAt(text, caret)).toEqual(found);
  });

  it.each([
    ['at 10:30', 8],
    ['https://x', 9],
    [':D', 2],
    [':x', 2],
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

describe('what has been written is sent', () => {
  it.each([
    ['with every short name as its emoji', 'by :car: or :CARROT:', 'by 🚗 or 🥕'],
    ['with names of one letter', ':x: or (:X:) or :D:', '❌ or (❌) or :D:'],
    ['so in brackets and on every line', '(:car:)\n:carrot:!', '(🚗)\n🥕!'],
    ['with names that are not known', ':lorry: by :car:', ':lorry: by 🚗'],
    ['with times and addresses', '10:30:45 and https://x:80:', '10:30:45 and https://x:80:'],
    [
      'with code as it is',
      '`:car:` and `` `  :car: `` but :car:',
      '`:car:` and `` `  :car: `` but 🚗',
    ],
    ['with blocks of code as they are', ':car:\n```\n:car:\n```\n:car:', '🚗\n```\n:car:\n```\n🚗'],
    ['with a block that goes on to the end', '```\n :car: ', '```\n :car: '],
  ])('%s', (_, text, sent) => {
    expect(withEmoji(list, text)).toBe(sent);
  });

  it.each([
    ['by :lorry:', true],
    ['by :lorry', false],
    ['`:lorry:`', false],
  ])('and may have a short name: %o', (text, may) => {
    expect(hasShortName(text)).toBe(may);
  });

  it.each([
    ['```\n', true],
    ['```\na\n```\n', false],
    ['a `b` ', false],
  ])('and may end in code: %o', (text, does) => {
    expect(endsInCode(text)).toBe(does);
  });
});
