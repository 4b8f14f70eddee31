import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { aUser } from '../../testing/fakes';
import Person from './Person.svelte';

it.each([
  ['who is there', {}, 'online', 'mona online'],
  ['who is not', {}, undefined, 'mona offline'],
  ['who is a guest', { kind: 'guest' }, 'away', 'mona guest · away'],
  ['who is banned from the server', { banned: true }, 'online', 'mona banned'],
] as const)('a person %s is shown so', (_, change, presence, words) => {
  const user = { ...aUser(2, 'mona'), ...change };
  const none = () => undefined;
  render(Person, {
    id: 'p',
    user,
    typed: '',
    presence,
    active: false,
    onchoose: none,
    onpoint: none,
  });
  expect(screen.getByRole('option', { name: words })).toBeVisible();
});
