/** When a status ends; a number, because it is the value of a select. */
export const endings = {
  never: 0,
  halfHour: 1,
  hour: 2,
  fourHours: 3,
  /** At the next midnight. */
  today: 4,
  /** At the midnight after Sunday. */
  week: 5,
  /** At the end that the status has. */
  present: 6,
} as const;

export type Ending = (typeof endings)[keyof typeof endings];

const minute = 60_000;

/** endOf returns the time of an end that is chosen now, in local time; undefined for none. */
export function endOf(ending: Ending, now = new Date()): Date | undefined {
  const after = (minutes: number) => new Date(now.getTime() + minutes * minute);
  const midnight = (days: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  switch (ending) {
    case endings.halfHour:
      return after(30);
    case endings.hour:
      return after(60);
    case endings.fourHours:
      return after(240);
    case endings.today:
      return midnight(1);
    case endings.week:
      return midnight((8 - now.getDay()) % 7 || 7);
    default:
      return undefined;
  }
}
