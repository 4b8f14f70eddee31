/** For how many frames a row that was scrolled to may take to appear. */
const frames = 30;

/** Milliseconds that a mark stays. */
const shown = 4_000;

/**
 * mark highlights a row for a few seconds, once it exists, and focuses it unless the reader is
 * writing. It reports whether the row has appeared.
 */
export async function mark(box: HTMLElement | undefined, key: string): Promise<boolean> {
  for (let frame = 0; frame < frames; frame += 1) {
    await new Promise(requestAnimationFrame);
    const row = box?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (!row) continue;
    row.dataset['marked'] = '';
    const tint = 'color-mix(in oklab, var(--color-focus) 22%, transparent)';
    row.animate({ backgroundColor: [tint, tint, 'transparent'] }, shown).onfinish = () => {
      delete row.dataset['marked'];
    };
    if (!document.activeElement?.matches('textarea')) row.focus({ preventScroll: true });
    return true;
  }
  return false;
}
