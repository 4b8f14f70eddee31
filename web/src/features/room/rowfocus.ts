/** For how many frames a row that was scrolled to keeps the focus. */
const settleFrames = 30;

/**
 * nextRow returns the index that a key moves to from the active row, or undefined for any other
 * key.
 */
export function nextRow(key: string, active: number, count: number): number | undefined {
  const next = { ArrowUp: active - 1, ArrowDown: active + 1, Home: 0, End: count - 1 }[key];
  return next === undefined ? undefined : Math.min(Math.max(next, 0), count - 1);
}

/**
 * holdFocus focuses a row that was scrolled to, as long as it should have the focus. A distant
 * row exists only some frames later, and loading older messages may move it in the DOM, which
 * costs it the focus.
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
