import { describe, expect, it } from 'vitest';
import { Passage } from './passage';

describe('Passage', () => {
  const sight = (first: number, last: number, offset: number, newest = 100) => ({
    first,
    last,
    newest,
    geometry: { offset, viewport: 500, size: 4_000 },
  });

  it.each([
    ['what passed between two moments was seen', sight(10, 20, 400), sight(32, 42, 1_400), 21],
    ['what is still there is no news', sight(10, 20, 400), sight(15, 25, 600), 15],
    ['nor does it pass when one scrolls back', sight(32, 42, 1_400), sight(10, 20, 400), 10],
    ['what was jumped over did not pass', sight(10, 20, 400), sight(80, 90, 3_000), 80],
    ['nor what came only then', sight(90, 100, 3_500), sight(118, 128, 4_500, 128), 118],
  ])('%s', (_name, before, after, want) => {
    const passage = new Passage();
    expect(passage.from(before)).toBe(before.first);
    expect(passage.from(after)).toBe(want);
  });

  it('starts over when the feed itself jumps', () => {
    const passage = new Passage();
    passage.from(sight(10, 20, 400));
    passage.jump();
    expect(passage.from(sight(32, 42, 1_400))).toBe(32);
  });
});
