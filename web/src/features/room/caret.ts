/**
 * mayTakeFocus tells whether a room that opens may take the caret. On a touch
 * screen that would bring up the keyboard, over what one came to read; and who
 * is writing elsewhere, or has a dialog open, goes on there.
 */
export function mayTakeFocus(): boolean {
  return (
    matchMedia('(pointer: fine)').matches &&
    !document.querySelector('dialog[open]') &&
    !document.activeElement?.matches('input, textarea, select, [contenteditable]')
  );
}
