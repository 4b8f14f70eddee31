import { expect, it } from 'vitest';
import { typingWords } from './typing';

it.each([
  [[], ''],
  [['Jun'], 'Jun is typing…'],
  [['Jun', 'Ada'], 'Jun and Ada are typing…'],
  [['Jun', 'Ada', 'Mona'], 'Several people are typing…'],
])('%j: %o', (names, words) => {
  expect(typingWords(names)).toBe(words);
});
