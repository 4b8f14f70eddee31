import type { Location } from './wire';

/** placeWords gives a position as people write it: "47.6062° N, 17.4601° E". */
export function placeWords({ latitude, longitude }: Location): string {
  return `${degrees(latitude, 'N', 'S')}, ${degrees(longitude, 'E', 'W')}`;
}

/** accuracyWords says how far off it may be; "" if that is not known. */
export function accuracyWords({ accuracy }: Location): string {
  if (accuracy === undefined) return '';
  return accuracy < 1_000 ? `±${Math.ceil(accuracy)} m` : `±${Math.round(accuracy / 1_000)} km`;
}

/** mapAddress leads to the position on OpenStreetMap. */
export function mapAddress({ latitude, longitude }: Location): string {
  const [lat, lon] = [latitude.toFixed(5), longitude.toFixed(5)];
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=15/${lat}/${lon}`;
}

function degrees(value: number, positive: string, negative: string): string {
  return `${Math.abs(value).toFixed(4)}° ${value < 0 ? negative : positive}`;
}
