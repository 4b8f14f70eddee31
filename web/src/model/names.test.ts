import { expect, it } from 'vitest';
import { nameMatches } from './names';

it.each([
  ['Mona.Okafor', '', true],
  ['Mona.Okafor', ' oka ', true],
  ['Mona.Okafor', 'MONA', true],
  ['Mona.Okafor', 'mona okafor', false],
  ['ada', 'mo', false],
])('%s, when “%s” is typed: %s', (name, typed, matches) => {
  expect(nameMatches(name, typed)).toBe(matches);
});
