/**
 * onScreen gives the keys of the first row that can be seen in the box and of the
 * last one whose end can be; undefined if there are none. A row counts from when
 * it has its place.
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
