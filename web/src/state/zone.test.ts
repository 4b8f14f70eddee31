import { describe, expect, it } from 'vitest';
import { dayLabel, fullDateOf, timeOf } from '../model/time';
import { Zone } from './zone.svelte';

describe('the zone of the system', () => {
  it.each([
    ['focus', () => window.dispatchEvent(new Event('focus'))],
    ['visibilitychange', () => document.dispatchEvent(new Event('visibilitychange'))],
    ['pageshow', () => window.dispatchEvent(new Event('pageshow'))],
  ])('is looked up again at %s', (_sign, happen) => {
    let system = 'Europe/Berlin';
    const zone = new Zone(() => system);
    happen();
    expect(zone.name).toBeUndefined();
    system = 'Asia/Tokyo';
    expect(zone.name).toBeUndefined();
    happen();
    expect(zone.name).toBe('Asia/Tokyo');
    system = 'Europe/Berlin';
    happen();
    expect(zone.name).toBe('Europe/Berlin');
  });
});

describe('times', () => {
  const at = Date.UTC(2026, 10, 29, 23, 30);

  it('are those of the zone that is named', () => {
    expect(timeOf(at, 'Asia/Tokyo')).toMatch(/8:30/);
    expect(timeOf(at, 'Asia/Kathmandu')).toMatch(/5:15/);
    expect(timeOf(at, 'Asia/Tokyo')).toMatch(/8:30/);
    expect(fullDateOf(at, 'UTC')).toMatch(/29/);
    expect(fullDateOf(at, 'Asia/Tokyo')).toMatch(/30/);
  });

  it('name days in it, too', () => {
    const day = Date.UTC(2026, 10, 19, 15); // midnight in Tokyo
    expect(dayLabel(day, day + 5 * 86_400_000, 'Asia/Tokyo')).toMatch(/20/);
  });
});
