import { expect, it } from 'vitest';
import { positionFrom, Refusal } from './position';

function geolocation(answer: (...call: Parameters<Geolocation['getCurrentPosition']>) => void) {
  return { getCurrentPosition: answer } as unknown as Geolocation;
}

it('a position has its accuracy and time', async () => {
  const coords = { latitude: 47.6, longitude: 17.4, accuracy: 12 };
  const timestamp = Date.parse('2026-11-20T09:41:00Z');
  const found = positionFrom(
    geolocation((done) => done({ coords, timestamp } as GeolocationPosition)),
  );
  expect(await found).toEqual({ ...coords, time: '2026-11-20T09:41:00.000Z' });
});

it.each([
  [1, /Allow it/],
  [2, /location services/],
  [3, /took too long/],
])('failure %i is told with the next step', async (code, words) => {
  const found = positionFrom(
    geolocation((_, fail) => fail?.({ code } as GeolocationPositionError)),
  );
  await expect(found).rejects.toThrow(words);
});

it('a page without permission says so', async () => {
  await expect(positionFrom(undefined)).rejects.toBeInstanceOf(Refusal);
});
