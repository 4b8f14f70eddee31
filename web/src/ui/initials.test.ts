import { describe, expect, it } from 'vitest';
import { hue, initials } from './initials';

describe('initials', () => {
  it.each([
    ['mona', 'MO'],
    ['Mona Okafor', 'MO'],
    ['jun.takeda', 'JT'],
    ['ada_van-der-berg', 'AB'],
    ['é́lan', 'É́L'],
    ['李', '李'],
    ['...', ''],
  ])('of %s are %s', (name, want) => {
    expect(initials(name)).toBe(want);
  });
});

describe('hue', () => {
  it('is the same for the same id and lies on the circle', () => {
    for (const id of [0, 1, 2, 9_007_199_254_740_991]) {
      expect(hue(id)).toBe(hue(id));
      expect(hue(id)).toBeGreaterThanOrEqual(0);
      expect(hue(id)).toBeLessThan(360);
    }
  });

  it('is never a yellow', () => {
    for (let id = 1; id < 500; id++) {
      expect(hue(id) > 75 && hue(id) < 130, `hue(${id}) = ${hue(id)}`).toBe(false);
    }
  });

  it('takes many values also for the largest ids', () => {
    const hues = new Set<number>();
    for (let i = 0; i < 1000; i++) hues.add(hue(9_007_199_254_740_991 - i * 7_919_000_003));
    expect(hues.size).toBeGreaterThan(200);
  });

  it('differs visibly between neighbours', () => {
    expect(Math.abs(hue(1) - hue(2))).toBeGreaterThan(60);
  });
});
