/**
 * Formats times in the reader's language, zone and conventions. Without a zone, the system's
 * applies; callers that have noticed a change pass the new zone.
 */
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

function formatsIn(timeZone: string | undefined) {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(undefined, { ...options, timeZone });
  return {
    timeZone,
    time: format({ timeStyle: 'short' }),
    full: format({ dateStyle: 'full', timeStyle: 'short' }),
    weekday: format({ weekday: 'long', day: 'numeric', month: 'long' }),
    dated: format({ dateStyle: 'long' }),
    day: format({ weekday: 'short' }),
    date: format({ dateStyle: 'short' }),
  };
}

/** Formatters are expensive to create, so those of the last zone are kept. */
let formats = formatsIn(undefined);

function formatsOf(zone: string | undefined): typeof formats {
  if (formats.timeZone !== zone) formats = formatsIn(zone);
  return formats;
}

/** timeOf returns the time of day, "18:04" or "6:04 PM". */
export function timeOf(at: number, zone?: string): string {
  return formatsOf(zone).time.format(at);
}

/**
 * shortTimeOf returns the time of day for today, the weekday for the last six days, and
 * otherwise the date. `today` is a local midnight.
 */
export function shortTimeOf(at: number, today: number, zone?: string): string {
  if (at >= today) return timeOf(at, zone);
  const { day, date } = formatsOf(zone);
  return (at > today - 6 * 86_400_000 ? day : date).format(at);
}

/** fullDateOf gives date and time in full. */
export function fullDateOf(at: number, zone?: string): string {
  return formatsOf(zone).full.format(at);
}

/** startOfDay returns the preceding local midnight, in milliseconds. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** nextDay returns the following local midnight, in milliseconds. */
export function nextDay(at: number): number {
  const midnight = new Date(at);
  midnight.setHours(24, 0, 0, 0);
  return midnight.getTime();
}

/** dayLabel names a day relative to today; both are local midnights. */
export function dayLabel(day: number, today: number, zone?: string): string {
  // Days on which the clocks change are an hour shorter or longer.
  const days = Math.round((day - today) / 86_400_000);
  if (days === 0 || days === -1) return capitalised(relative.format(days, 'day'));
  const isThisYear = new Date(day).getFullYear() === new Date(today).getFullYear();
  const { weekday, dated } = formatsOf(zone);
  return capitalised((isThisYear ? weekday : dated).format(day));
}

function capitalised(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
