import { getContext, setContext } from 'svelte';

/** Layers knows what is open above the page: dialogs, menus, pickers, panes. */
export interface Layers {
  /**
   * Registers that something is open, and how to close it; call the returned function when it is
   * closed.
   */
  cover: (close: () => void) => () => void;
}

const key = Symbol('layers');

/** provideLayers provides the Layers to all components within. */
export function provideLayers(layers: Layers): void {
  setContext(key, layers);
}

/** useLayers returns them in a component; undefined where Back closes nothing. */
export function useLayers(): Layers | undefined {
  return getContext<Layers | undefined>(key);
}
