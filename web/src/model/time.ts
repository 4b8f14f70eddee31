/**
 * Clock words for people, in the reader's own language, zone and habits.
 * Formatters are costly to make, so each is made once.
 */
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const weekday = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});
const dated = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });

/** timeOf gives the time of day, "18:04" or "6:04 PM". */
export function timeOf(at: number): string {
  return time.format(at);
}

/** fullDateOf gives date and time in full. */
export function fullDateOf(at: number): string {
  return full.format(at);
}

/** startOfDay gives the local midnight before, in milliseconds. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** nextDay gives the local midnight after, in milliseconds. */
export function nextDay(at: number): number {
  const midnight = new Date(at);
  midnight.setHours(24, 0, 0, 0);
  return midnight.getTime();
}

/** dayLabel names a day as seen from today; both are local midnights. */
export function dayLabel(day: number, today: number): string {
  // A day in which the clocks change is an hour shorter or longer.
  const days = Math.round((day - today) / 86_400_000);
  if (days === 0 || days === -1) return capitalised(relative.format(days, 'day'));
  const isThisYear = new Date(day).getFullYear() === new Date(today).getFullYear();
  return capitalised((isThisYear ? weekday : dated).format(day));
}

function capitalised(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
