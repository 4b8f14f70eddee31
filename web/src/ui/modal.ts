import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';
import { isTaken } from '../model/keys';
import { useLayers } from './layers';

/**
 * useModal returns what makes a dialog modal while it is mounted: the focus stays in it and
 * returns afterwards, and Escape, the Back button and a press beside it call onclose. The owner
 * must unmount it then. Call it while the component is created.
 */
export function useModal(onclose: () => void): Attachment<HTMLDialogElement> {
  const layers = useLayers();
  return (dialog) => {
    const before = document.activeElement;
    const listeners = new AbortController();
    const { signal } = listeners;
    dialog.addEventListener(
      'cancel',
      (event) => {
        event.preventDefault();
        onclose();
      },
      { signal },
    );
    // Escape that dismisses an input method's suggestion leaves the dialog open.
    dialog.addEventListener(
      'keydown',
      (event) => {
        if (isTaken(event, 'Escape')) event.preventDefault();
      },
      { signal },
    );
    dialog.addEventListener(
      'pointerdown',
      (event) => {
        if (event.target === dialog && !isInside(dialog, event)) onclose();
      },
      { signal },
    );
    const uncover = untrack(() => layers?.cover(onclose));
    dialog.showModal();
    return () => {
      listeners.abort();
      uncover?.();
      dialog.close();
      // The browser does not return the focus if the element is removed from the page.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  };
}

/** A press on the backdrop has the dialog as its target, too. */
function isInside(dialog: HTMLDialogElement, { clientX, clientY }: PointerEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
