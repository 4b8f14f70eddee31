import { expect, it } from 'vitest';
import { named, partsOf } from './named';

it.each([
  ['Ada', ['', 'Ada', ' invites you to ', 'den', '.']],
  ['You invite', ['', 'You invite', ' invites you to ', 'den', '.']],
  ['a\u2069b\u2068c\u202ed', ['', 'abcd', ' invites you to ', 'den', '.']],
])('a name stays in one piece at every second place: %j', (name, parts) => {
  expect(partsOf(`${named(name)} invites you to ${named('den')}.`)).toEqual(parts);
});

it('a sentence may begin with words, and have no name', () => {
  expect(partsOf(`By ${named('Ada')}`)).toEqual(['By ', 'Ada', '']);
  expect(partsOf('Nobody')).toEqual(['Nobody']);
});
