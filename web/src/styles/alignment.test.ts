import { expect, it } from 'vitest';

const styles = Object.values(
  import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true }),
);

it('names from right to left stay beside what stands before them in every browser', () => {
  const aligned = styles.filter((style) => style.includes('text-align: match-parent;'));
  expect(aligned.length).toBeGreaterThan(0);
  // Chromium knows the value only by its older name.
  const both = /text-align: -webkit-match-parent;\s+text-align: match-parent;/;
  expect(aligned.filter((style) => !both.test(style))).toEqual([]);
});
