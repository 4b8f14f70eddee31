/** What a key means. Handlers ask here, never the event itself: eslint holds that. */

/**
 * keyOf gives the name of the key; nothing if an input method has taken it, to choose or to drop what
 * it suggests. While it composes, `isComposing` says so. Safari ends the composition before it sends the
 * key, and says so by the code 229 only.
 */
export function keyOf(event: KeyboardEvent): string {
  return event.isComposing || event.keyCode === 229 ? '' : event.key;
}

/** isTaken tells whether an input method has taken that key. Browsers may act on it all the same. */
export function isTaken(event: KeyboardEvent, key: string): boolean {
  return event.key === key && keyOf(event) === '';
}

/**
 * isLetter tells whether the key is that Latin letter or, on a layout that has another script, stands
 * where keyboards have it.
 */
export function isLetter(event: KeyboardEvent, letter: string): boolean {
  const key = keyOf(event).toLowerCase();
  return key === letter || (key > '\x7f' && event.code === `Key${letter.toUpperCase()}`);
}
