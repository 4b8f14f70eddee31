import { expect, it } from 'vitest';
import { isolated } from './isolated';

it.each([
  ['ada', 'ada'],
  ['Åsa 山田', 'Åsa 山田'],
  ['דנה', '\u2068דנה\u2069'],
  ['سلمى 2', '\u2068سلمى 2\u2069'],
  ['\u202eada', '\u2068ada\u2069'],
  ['a\u2069b\u2067c', '\u2068abc\u2069'],
])('%j stands in a sentence as %j', (name, want) => {
  expect(isolated(name)).toBe(want);
});
