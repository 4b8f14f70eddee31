import { expect, it } from 'vitest';
import { matchIn, nameMatches, sortKey } from './names';

it.each([
  ['Mona.Okafor', '', true],
  ['Mona.Okafor', ' oka ', true],
  ['Mona.Okafor', 'MONA', true],
  ['Mona.Okafor', 'mona okafor', false],
  ['ada', 'mo', false],
  ['José', 'jose', true],
  ['Søren', 'soren', true],
  ['Łódź', 'lodz', true],
  ['Đà.Nẵng', 'da.nang', true],
  ['İstanbul', 'istanbul', true],
  ['d’accord', "d'acc", true],
  ['self–hosted', 'self-h', true],
  ['علی\u200cرضا', 'علیرضا', true],
  ['مُحَمَّد', 'محمد', true],
  ['سنة٢٠٢٦', 'سنه2026', true],
  ['वर्ष२०', '20', true],
  ['カフェ', 'かふぇ', true],
  ['ＡＢＣ', 'abc', true],
  ['ёлка', 'елка', true],
  ['한국어', '국', true],
  ['한국어', '한구', true],
  ['क', 'कि', false],
  ['и', 'й', false],
])('%s, when “%s” is typed: %s', (name, typed, matches) => {
  expect(nameMatches(name, typed)).toBe(matches);
});

it.each([
  ['photography', 'graph', 'graph'],
  ['Photography', 'PHOTO', 'Photo'],
  ['Café d’accord', "cafe d'a", 'Café d’a'],
  ['Cafe\u0301s', 'cafe', 'Cafe\u0301'],
  ['self – hosted', 'self-hosted', 'self – hosted'],
  ['Straße', 'strass', 'Straß'],
  ['한국어', '한구', '한국'],
  ['日本語チャンネル', 'チャン', 'チャン'],
  ['👩🏽‍🚀 crew', 'crew', 'crew'],
])('in %s, “%s” marks “%s”', (name, typed, marked) => {
  expect(name.slice(...(matchIn(name, typed) ?? [0, 0]))).toBe(marked);
});

it.each([
  ['photography', ''],
  ['photography', "'"],
  ['photography', 'chess'],
])('in %s, “%s” marks nothing', (name, typed) => {
  expect(matchIn(name, typed)).toBeUndefined();
});

it('marks the beginning of a word rather than what is within one', () => {
  expect(matchIn('banana an', 'an')).toEqual([7, 9]);
});

it('sorts names as the server does', () => {
  const names = ['zoe', 'Élan', 'ed', 'ad-hoc', 'Ada'];
  expect(names.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))).toEqual([
    'ad-hoc',
    'Ada',
    'ed',
    'Élan',
    'zoe',
  ]);
});
