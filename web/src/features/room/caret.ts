/**
 * mayTakeFocus reports whether a room that opens may take the focus. On a touch screen that would
 * open the keyboard over the messages; and somebody who is writing elsewhere, or has a dialog
 * open, must not be interrupted.
 */
export function mayTakeFocus(): boolean {
  return (
    matchMedia('(pointer: fine)').matches &&
    !document.querySelector('dialog[open]') &&
    !document.activeElement?.matches('input, textarea, select, [contenteditable]')
  );
}
