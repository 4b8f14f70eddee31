import type { Author } from './wire';

/** shownName returns the name that a person is shown with. */
export function shownName({
  displayName,
  username,
}: Pick<Author, 'displayName' | 'username'>): string {
  return displayName ?? username;
}
