import { describe, expect, it } from 'vitest';
import { alone, columnsFor } from './grid';
import { addressOf, kindOf, sizeWords } from './words';

describe('a single picture', () => {
  it.each([
    [
      { width: 4000, height: 3000 },
      { width: 400, height: 300 },
    ],
    [
      { width: 3000, height: 4000 },
      { width: 240, height: 320 },
    ],
    [
      { width: 200, height: 100 },
      { width: 200, height: 100 },
    ],
    [
      { width: 10_000, height: 100 },
      { width: 400, height: 64 },
    ],
    [
      { width: 1, height: 1 },
      { width: 64, height: 64 },
    ],
  ])('of %o takes %o', (picture, box) => {
    expect(alone(picture)).toEqual(box);
  });
});

it('several pictures are in two or three columns', () => {
  expect([1, 2, 3, 4, 5, 10].map(columnsFor)).toEqual([1, 2, 3, 2, 3, 3]);
});

it.each([
  [{ type: 'image/jpeg', width: 10 }, 'picture'],
  [{ type: 'image/jpeg' }, 'other'], // nobody knows its size, so it would move the feed
  [{ type: 'image/svg+xml', width: 10 }, 'other'],
  [{ type: 'video/mp4' }, 'video'],
  [{ type: 'video/quicktime' }, 'other'],
  [{ type: 'audio/mpeg' }, 'audio'],
  [{ type: 'text/html' }, 'other'],
  [{ type: 'application/pdf' }, 'other'],
])('%o is shown as %s', (file, kind) => {
  expect(kindOf(file)).toBe(kind);
});

it.each([
  [1, '1 byte'],
  [999, '999 byte'],
  [1_200, '1.2 kB'],
  [999_600, '1 MB'],
  [12_345_678, '12 MB'],
  [5e9, '5 GB'],
])('%d bytes are %s', (bytes, words) => {
  expect(sizeWords(bytes).replace('bytes', 'byte')).toBe(words);
});

it('a file has an address, and a picture one for each size', () => {
  expect([addressOf(5), addressOf(5, 'small')]).toEqual([
    '/api/v1/files/5',
    '/api/v1/files/5?size=small',
  ]);
});
