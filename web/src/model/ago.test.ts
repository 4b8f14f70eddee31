import { describe, expect, it } from 'vitest';
import { agoWords } from './ago';

describe('how long ago something was', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  it.each([
    [0, 'now'],
    [59_000, 'now'],
    [-5_000, 'now'],
    [60_000, '1 minute ago'],
    [3_599_000, '59 minutes ago'],
    [7_200_000, '2 hours ago'],
    [86_400_000, 'yesterday'],
    [40 * 86_400_000, '40 days ago'],
  ])('is said of %i ms as “%s”', (ago, words) => {
    expect(agoWords(now - ago, now)).toBe(words);
  });
});
