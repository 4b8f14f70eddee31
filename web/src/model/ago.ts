const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/**
 * agoWords describes how long ago something was: "2 hours ago", or "now" for less than a minute.
 */
export function agoWords(at: number, now: number): string {
  const ago = Math.max(0, now - at);
  for (const [unit, length] of steps) {
    if (ago >= length) return relative.format(-Math.floor(ago / length), unit);
  }
  return relative.format(0, 'second');
}
