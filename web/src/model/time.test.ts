import { describe, expect, it } from 'vitest';
import { dayLabel, nextDay, shortTimeOf, startOfDay, timeOf } from './time';

const day = (year: number, month: number, date: number) =>
  new Date(year, month - 1, date).getTime();

describe('days', () => {
  it('begin at local midnight', () => {
    const at = new Date(2026, 10, 23, 18, 4).getTime();
    expect(startOfDay(at)).toBe(day(2026, 11, 23));
    expect(nextDay(at)).toBe(day(2026, 11, 24));
  });

  it('are called today and yesterday, and earlier ones by their date', () => {
    const today = day(2026, 11, 23);
    expect(dayLabel(today, today)).toBe('Today');
    expect(dayLabel(day(2026, 11, 22), today)).toBe('Yesterday');
    expect(dayLabel(day(2026, 11, 20), today)).toMatch(/20/);
    expect(dayLabel(day(2026, 11, 20), today)).not.toMatch(/2026/);
    expect(dayLabel(day(2025, 12, 31), today)).toMatch(/2025/);
  });
});

describe('a time in a word', () => {
  it('is the hour today, the day of the last week, and the date before', () => {
    const today = day(2026, 11, 25);
    const at = new Date(2026, 10, 25, 9, 5).getTime();
    expect(shortTimeOf(at, today)).toBe(timeOf(at));
    expect(shortTimeOf(day(2026, 11, 24), today)).toBe('Tue');
    expect(shortTimeOf(day(2026, 11, 20), today)).toBe('Fri');
    expect(shortTimeOf(day(2026, 11, 18), today)).toMatch(/18/);
    expect(shortTimeOf(day(2025, 11, 18), today)).toMatch(/25/);
  });
});
