import { m } from '../messages';
import type { Location } from './wire';

/** placeWords formats a position for people: "47.6062° N, 17.4601° E". */
export function placeWords({ latitude, longitude }: Location): string {
  const [north, east] = [latitude, longitude].map((it) => Math.abs(it).toFixed(4)) as [
    string,
    string,
  ];
  return m.location.place({
    latitude:
      latitude < 0 ? m.location.south({ degrees: north }) : m.location.north({ degrees: north }),
    longitude:
      longitude < 0 ? m.location.west({ degrees: east }) : m.location.east({ degrees: east }),
  });
}

/** accuracyWords describes the accuracy; "" if it is unknown. */
export function accuracyWords({ accuracy }: Location): string {
  if (accuracy === undefined) return '';
  return accuracy < 1_000
    ? m.location.metres({ count: Math.ceil(accuracy) })
    : m.location.kilometres({ count: Math.round(accuracy / 1_000) });
}

/** mapAddress returns the position's address on OpenStreetMap. */
export function mapAddress({ latitude, longitude }: Location): string {
  const [lat, lon] = [latitude.toFixed(5), longitude.toFixed(5)];
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=15/${lat}/${lon}`;
}
