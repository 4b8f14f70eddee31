import { expect, it } from 'vitest';
import { accuracyWords, mapAddress, placeWords } from './geography';

const mill = { latitude: 47.60621, longitude: 17.46008, time: '2026-11-20T09:41:00Z' };

it('a position is formatted in degrees of the four directions', () => {
  expect(placeWords(mill)).toBe('47.6062° N, 17.4601° E');
  expect(placeWords({ ...mill, latitude: -33.9, longitude: -70.5 })).toBe('33.9000° S, 70.5000° W');
});

it.each([
  [undefined, ''],
  [11.2, '±12 m'],
  [25_400, '±25 km'],
])('an accuracy of %o is told as %o', (accuracy, words) => {
  expect(accuracyWords({ ...mill, ...(accuracy === undefined ? {} : { accuracy }) })).toBe(words);
});

it('the map link opens at the position', () => {
  expect(mapAddress(mill)).toBe(
    'https://www.openstreetmap.org/?mlat=47.60621&mlon=17.46008#map=15/47.60621/17.46008',
  );
});
