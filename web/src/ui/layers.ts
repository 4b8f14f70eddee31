import { getContext, setContext } from 'svelte';

/** Layers knows what is open above the page: dialogs, menus, pickers, panes. */
export interface Layers {
  /** Says that something is open, and how to close it; the result says that it is closed. */
  cover: (close: () => void) => () => void;
}

const key = Symbol('layers');

/** provideLayers gives the Layers to all components within. */
export function provideLayers(layers: Layers): void {
  setContext(key, layers);
}

/** useLayers gives them to a component; undefined where Back closes nothing. */
export function useLayers(): Layers | undefined {
  return getContext<Layers | undefined>(key);
}
