/**
 * aboveKeyboard keeps the bottom of an element above the on-screen keyboard, on phones where the
 * keyboard covers the page instead of shrinking it.
 */
export function aboveKeyboard(element: HTMLElement): (() => void) | undefined {
  const seen = window.visualViewport;
  if (!seen) return undefined;
  const fit = () => {
    // Zooming in also shrinks the visual viewport, without a keyboard.
    const covered = seen.scale > 1 ? 0 : window.innerHeight - seen.height - seen.offsetTop;
    element.style.setProperty('--keyboard-height', `${Math.max(0, Math.round(covered))}px`);
  };
  seen.addEventListener('resize', fit);
  seen.addEventListener('scroll', fit);
  return () => {
    seen.removeEventListener('resize', fit);
    seen.removeEventListener('scroll', fit);
  };
}
