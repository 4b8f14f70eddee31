/** For so many frames the focus is held on a row that was scrolled to. */
const settleFrames = 30;

/** nextRow gives the index that a key leads to from the active row; undefined for any other key. */
export function nextRow(key: string, active: number, count: number): number | undefined {
  const next = { ArrowUp: active - 1, ArrowDown: active + 1, Home: 0, End: count - 1 }[key];
  return next === undefined ? undefined : Math.min(Math.max(next, 0), count - 1);
}

/**
 * holdFocus gives the focus to a row that was scrolled to, for as long as it is
 * wanted there. A row that was far away is there some frames later, and may be
 * put elsewhere in the DOM, which costs it the focus, while older messages come in.
 */
export async function holdFocus(
  box: HTMLElement,
  key: string,
  isWanted: () => boolean,
): Promise<void> {
  for (let frame = 0; frame < settleFrames && isWanted(); frame += 1) {
    const focused = document.activeElement;
    if (focused !== document.body && !box.contains(focused)) return;
    const element = box.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (element !== focused) element?.focus({ preventScroll: true });
    await new Promise(requestAnimationFrame);
  }
}
