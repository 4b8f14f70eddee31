/**
 * aboveKeyboard keeps the foot of an element above the on-screen keyboard, on
 * phones where the keyboard covers the page rather than making it smaller.
 */
export function aboveKeyboard(element: HTMLElement): (() => void) | undefined {
  const seen = window.visualViewport;
  if (!seen) return undefined;
  const fit = () => {
    // Zooming in makes the visual viewport smaller as well, and is no keyboard.
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
