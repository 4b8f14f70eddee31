import { m } from '../messages';
import type { Location } from './wire';

/** Milliseconds that the browser may take to determine the position. */
const patience = 20_000;

/** Refusal is why there is no position, as a sentence with the next step. */
export class Refusal extends Error {}

/**
 * positionFrom asks the browser for the position, which asks the reader. It rejects with a
 * Refusal.
 */
export function positionFrom(geolocation: Geolocation | undefined): Promise<Location> {
  return new Promise((resolve, reject) => {
    if (!geolocation) {
      reject(new Refusal(m.location.locationNeedsHttps()));
      return;
    }
    geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        resolve({
          latitude: coords.latitude,
          longitude: coords.longitude,
          accuracy: coords.accuracy,
          time: new Date(timestamp).toISOString(),
        }),
      (error) => reject(new Refusal(reasonOf(error.code))),
      { enableHighAccuracy: true, timeout: patience, maximumAge: 10_000 },
    );
  });
}

function reasonOf(code: number): string {
  switch (code) {
    case 1:
      return m.location.locationBlocked();
    case 2:
      return m.location.locationUnknown();
    default:
      return m.location.locationTookTooLong();
  }
}
