import { describe, expect, it } from 'vitest';
import { codeIn, codeOf, type Run } from './backticks';

describe('code in a text', () => {
  it.each([
    ['`a` b `c`', ['`a`', '`c`']],
    ['``a`b`` c', ['``a`b``']],
    ['a ` b', []],
    ['`` a ` b', []],
    ['`` a `b`', ['`b`']],
    ['` a ```b``` c`', ['` a ```b``` c`']],
    ['```\na\n``` b `c`', ['```\na\n```', '`c`']],
    ['``` a ```` b `c`', ['``` a ````', '`c`']],
    ['``````\na\n``````', ['``````\na\n``````']],
    ['a\n```\nb `c', ['```\nb `c']],
    ['', []],
  ])('of %o is %o', (text, want) => {
    expect(codeIn(text).map(({ start, end }) => text.slice(start, end))).toEqual(want);
  });

  it.each([
    ['```\na', true],
    ['```\na\n```', false],
    ['``` a ``` ```', true],
    ['`a`', false],
  ])('of %o may be open at the end: %o', (text, isOpen) => {
    expect(codeIn(text).at(-1)?.isOpen).toBe(isOpen);
  });
});

describe('the search for code', () => {
  /** How often runs are read if they have these lengths and one letter between them. */
  function readsOf(lengths: readonly number[]): number {
    let units = 0;
    const runs = lengths.map((length): Run => {
      const start = units;
      units += length + 1;
      return { start, length };
    });
    let reads = 0;
    const counted = new Proxy(runs, {
      get(target, key, receiver) {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    codeOf(counted, units);
    return reads;
  }

  const times = (lengths: readonly number[], count: number) =>
    Array.from({ length: count }, () => lengths).flat();

  it.each([
    ['one backtick each', [1]],
    ['two backticks each', [2]],
    ['blocks', [3]],
    ['blocks that end with a backtick more', [3, 4]],
    ['one and many', [1, 4, 5]],
    ['ever other lengths', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ])('reads no run more than twice: %s', (_, lengths) => {
    for (const count of [100, 10_000]) {
      const all = times(lengths, count);
      const reads = readsOf(all);
      expect(reads).toBeGreaterThanOrEqual(all.length);
      expect(reads).toBeLessThanOrEqual(2 * all.length);
    }
  });

  it('reads no run more than twice: one more backtick each time', () => {
    const all = Array.from({ length: 1_000 }, (_, i) => i + 1);
    expect(readsOf(all)).toBeLessThanOrEqual(2 * all.length);
  });
});
