import { render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import Person from '../features/people/Person.svelte';
import { aUser } from '../testing/fakes';

const highlights = new Map<string, Set<Range>>();
const marks = () => [...(highlights.get('found') ?? [])].map(String);

beforeEach(() => {
  highlights.clear();
  vi.stubGlobal('CSS', { highlights });
  vi.stubGlobal('Highlight', Set);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const none = () => undefined;
const props = (name: string, typed: string) => ({
  ...{ id: 'p', user: aUser(2, name), typed, presence: undefined },
  ...{ active: false, onchoose: none, onpoint: none },
});

it('marks in a name what was typed, as it changes, and nothing when the name has gone', async () => {
  const { rerender, unmount } = render(Person, props('José.Ruiz', 'jose'));
  await vi.waitFor(() => expect(marks()).toEqual(['José']));
  await rerender(props('José.Ruiz', 'rui'));
  await vi.waitFor(() => expect(marks()).toEqual(['Rui']));
  await rerender(props('Søren', 'so'));
  await vi.waitFor(() => expect(marks()).toEqual(['Sø']));
  await rerender(props('Søren', ''));
  await vi.waitFor(() => expect(marks()).toEqual([]));
  await rerender(props('Søren', 'ren'));
  await vi.waitFor(() => expect(marks()).toEqual(['ren']));
  unmount();
  await vi.waitFor(() => expect(marks()).toEqual([]));
});

it('a browser without highlights shows the name all the same', () => {
  vi.stubGlobal('CSS', {});
  const { getByText } = render(Person, props('Søren', 'so'));
  expect(getByText('Søren')).toBeVisible();
});
