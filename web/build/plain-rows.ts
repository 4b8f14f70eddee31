import type { Plugin } from 'vite';

/** Features of Virtua's components that we do not use, and the code that replaces them. */
const changes: Record<string, [flexible: string, plain: string][]> = {
  'Virtualizer.svelte': [
    ['<svelte:element this={as} bind:this={containerRef}', '<div bind:this={containerRef}'],
    ['</svelte:element>', '</div>'],
  ],
  'ListItem.svelte': [
    [
      '<svelte:element this={as} bind:this={elementRef} {style} {...itemRest}>',
      '<div bind:this={elementRef} {style}>',
    ],
    ['</svelte:element>', '</div>'],
  ],
};

/**
 * Makes the elements of Virtua's list plain `div`s. Support for other elements and attributes
 * needs a part of Svelte that nothing else in the first load uses, of two kilobytes.
 */
export function plainRows(): Plugin {
  return {
    name: 'plain-rows',
    enforce: 'pre',
    transform(code, id) {
      const file = /virtua[\\/]lib[\\/]svelte[\\/](\w+\.svelte)$/.exec(id)?.[1];
      const wanted = file && changes[file];
      if (!wanted) return undefined;
      for (const [flexible, plain] of wanted) {
        if (!code.includes(flexible)) {
          throw new Error(`virtua has changed: see build/plain-rows.ts (${flexible})`);
        }
        code = code.replace(flexible, () => plain);
      }
      return { code, map: null };
    },
  };
}
