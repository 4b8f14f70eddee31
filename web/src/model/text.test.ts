import { describe, expect, it } from 'vitest';
import { hasMarkup, lengthOf, tidied } from './text';

describe('hasMarkup', () => {
  it.each([
    ['See you at nine - the small car park behind the mill: 3 < 4 > 2 & so on.', false],
    ['two\nlines', false],
    ['@mona, 1.5', false],
    ['_x_', true],
    ['~~x~~', true],
    ['[x](mailto:a)', true],
    ['mona@example.org', true],
    ['buy:\n- bread', true],
    ['10) x', true],
    ['> x', true],
    ['**x**', true],
    ['`x`', true],
    ['HTTPS://example.org', true],
    ['www.example.org', true],
  ])('%s: %s', (text, want) => {
    expect(hasMarkup(text)).toBe(want);
  });
});

describe('lengthOf', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['🎉🔥', 2],
    ['e\u0301', 2],
  ])('counts code points in %o: %i', (text, want) => {
    expect(lengthOf(text)).toBe(want);
  });
});

describe('tidied', () => {
  it.each([
    ['hello', 'hello'],
    ['hello  \n\n', 'hello'],
    ['\n \n  indented', '  indented'],
    [' \n\t\n ', ''],
    ['a\n\n b', 'a\n\n b'],
  ])('%o becomes %o', (text, want) => {
    expect(tidied(text)).toBe(want);
  });
});
