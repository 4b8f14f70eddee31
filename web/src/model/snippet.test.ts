import { describe, expect, it } from 'vitest';
import { piecesOf } from './snippet';

const marksOf = (places: [number, number][]) => places.map(([begin, end]) => ({ begin, end }));

const shown = (text: string, places: [number, number][]) =>
  piecesOf(text, marksOf(places))
    .map((piece) => (piece.isMarked ? `[${piece.text}]` : piece.text))
    .join('');

describe('a snippet', () => {
  it('is cut at its marks', () => {
    expect(
      shown('The train, two trains', [
        [4, 9],
        [15, 21],
      ]),
    ).toBe('The [train], two [trains]');
    expect(shown('train', [[0, 5]])).toBe('[train]');
    expect(shown('👍🏽 ok', [[0, 4]])).toBe('[👍🏽] ok');
  });

  it('shows the whole text, whatever the marks are', () => {
    const odd: [number, number][][] = [
      [],
      [[0, 0]],
      [[3, 99]],
      [
        [0, 3],
        [1, 2],
      ],
      [[9, 9]],
    ];
    for (const places of odd) {
      expect(
        piecesOf('text', marksOf(places))
          .map((piece) => piece.text)
          .join(''),
      ).toBe('text');
    }
  });
});
