import { expect, it } from 'vitest';
import { endOf, endings } from './statusend';

const sunday = new Date(2026, 2, 1, 12, 30);

it.each([
  ['never', endings.never, sunday, undefined],
  ['half an hour', endings.halfHour, sunday, new Date(2026, 2, 1, 13, 0)],
  ['an hour', endings.hour, sunday, new Date(2026, 2, 1, 13, 30)],
  ['four hours', endings.fourHours, sunday, new Date(2026, 2, 1, 16, 30)],
  ['today', endings.today, new Date(2026, 2, 31, 1), new Date(2026, 3, 1)],
  ['this week, on its last day', endings.week, sunday, new Date(2026, 2, 2)],
  ['this week, on its first day', endings.week, new Date(2026, 2, 2), new Date(2026, 2, 9)],
  ['this week, on a Wednesday', endings.week, new Date(2026, 2, 4, 9), new Date(2026, 2, 9)],
])('a status that ends %s', (_, ending, now, end) => {
  expect(endOf(ending, now)).toEqual(end);
});
