import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { User } from '../model/wire';
import { keepProfiles, Profiles } from './profiles.svelte';
import { Statuses } from './statuses.svelte';

const ada = (more: Partial<User> = {}): User => ({
  id: 7,
  username: 'ada',
  kind: 'member',
  role: 'member',
  createdAt: '2026-03-01T12:00:00Z',
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-01T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

it('keeps the latest of several copies of a profile, in whatever order they come', () => {
  const profiles = new Profiles();
  expect(profiles.of(ada())).toEqual(ada());
  keepProfiles(profiles, [ada({ displayName: 'Ada L', profileRev: 9 })]);
  keepProfiles(profiles, [ada({ displayName: 'Ada', profileRev: 8 })]);
  expect(profiles.latest.get(7)?.displayName).toBe('Ada L');
  expect(profiles.of({ id: 7, profileRev: 8 })).toMatchObject({ displayName: 'Ada L' });
  const later = ada({ displayName: 'A', profileRev: 10 });
  expect(profiles.of(later)).toBe(later);
  expect(profiles.latest.get(8)).toBeUndefined();
});

it('shows a status until it ends', () => {
  const statuses = new Statuses(new Profiles());
  const user = ada({ status: { emoji: '🌴', text: 'away', until: '2026-03-01T12:00:10Z' } });
  expect(statuses.line(user)).toBe(' · 🌴 away');
  expect(statuses.of(ada({ status: { text: 'always' } }))?.text).toBe('always');
  vi.advanceTimersByTime(9_999);
  expect(statuses.of(user)?.text).toBe('away');
  vi.advanceTimersByTime(1);
  expect(statuses.of(user)).toBeUndefined();
  expect(statuses.line(user)).toBe('');
});
