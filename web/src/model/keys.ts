/**
 * The meaning of keys. Handlers must use these functions instead of the event itself; eslint
 * enforces it.
 */

/**
 * keyOf returns the name of the key, or "" if an input method has used it to choose or dismiss a
 * suggestion. During composition, `isComposing` is set. Safari ends the composition before it
 * sends the key, and marks the key only with the code 229.
 */
export function keyOf(event: KeyboardEvent): string {
  return event.isComposing || event.keyCode === 229 ? '' : event.key;
}

/** isTaken reports whether an input method has used that key. Browsers may still act on it. */
export function isTaken(event: KeyboardEvent, key: string): boolean {
  return event.key === key && keyOf(event) === '';
}

/**
 * isLetter reports whether the key is that Latin letter or, on a keyboard layout for another
 * script, is at its usual position.
 */
export function isLetter(event: KeyboardEvent, letter: string): boolean {
  const key = keyOf(event).toLowerCase();
  return key === letter || (key > '\x7f' && event.code === `Key${letter.toUpperCase()}`);
}

/** The user's computer has Apple's keys. */
export const isApple = /Mac|iP/.test(navigator.userAgent);

/** isSearchShortcut reports whether these are the keys for the search bar: Ctrl K, or ⌘ K. */
export function isSearchShortcut(event: KeyboardEvent): boolean {
  const modifier = isApple ? event.metaKey : event.ctrlKey;
  return modifier && !event.shiftKey && !event.altKey && isLetter(event, 'k');
}
