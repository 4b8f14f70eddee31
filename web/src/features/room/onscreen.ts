/**
 * onScreen returns the keys of the first visible row in the box and of the last row whose end is
 * visible, or undefined if there are none. A row counts once it has been positioned.
 */
export function onScreen(box: HTMLElement): { first: string; last: string } | undefined {
  const { top, bottom } = box.getBoundingClientRect();
  let first: string | undefined;
  let last: string | undefined;
  for (const row of box.querySelectorAll<HTMLElement>('[data-key]')) {
    const place = row.getBoundingClientRect();
    // Virtua hides a row until it has been measured.
    if (row.parentElement?.style.visibility === 'hidden') continue;
    if (place.bottom <= top + 1 || place.top >= bottom - 1) continue;
    first ??= row.dataset.key;
    if (place.bottom <= bottom + 1) last = row.dataset.key;
  }
  return first === undefined || last === undefined ? undefined : { first, last };
}
