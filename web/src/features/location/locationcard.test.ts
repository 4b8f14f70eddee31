import { render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import LocationCard from './LocationCard.svelte';

it('A location says that its time is when the position was taken', () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no outlines here')));
  const time = '2026-11-20T09:02:30Z';
  render(LocationCard, { location: { latitude: 47.6, longitude: 17.4, time } });
  const shown = screen.getByText(/^Recorded at/);
  expect(shown.querySelector('time')).toHaveAttribute('datetime', time);
});
