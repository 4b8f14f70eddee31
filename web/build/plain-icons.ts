import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';

/** The shapes of an icon, as in Lucide's files. */
type Shapes = [tag: string, attributes: Record<string, string>][];

/**
 * Turns each of Lucide's icons into a component whose only code is its size. Lucide's own
 * components build the icon at run time, read a context, merge classes and look for labels; we
 * need none of that, and it costs kilobytes of the first load. An icon here takes `size`, in
 * pixels, and `strokeWidth`. Screen readers ignore it, so its parent element must have a name.
 */
export function plainIcons(): Plugin {
  return {
    name: 'plain-icons',
    enforce: 'pre',
    async load(id) {
      const file = /^(.*@lucide[\\/]svelte[\\/]dist[\\/]icons[\\/][\w-]+\.svelte)$/.exec(id)?.[1];
      if (!file) return undefined;
      const found = /"node": (\[\[.*?\}\]\])/.exec(await readFile(file, 'utf8'))?.[1];
      if (!found)
        throw new Error(`${file} is not written as it used to be: see build/plain-icons.ts`);
      return component(JSON.parse(found) as Shapes);
    },
  };
}

function component(shapes: Shapes): string {
  const drawn = shapes.map(
    ([tag, attributes]) =>
      `<${tag} ${Object.entries(attributes)
        .map(([name, value]) => `${name}="${value}"`)
        .join(' ')} />`,
  );
  return `<script>
  let { size = 24, strokeWidth = 2 } = $props();
</script>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"
  width={size} height={size} stroke-width={strokeWidth}>${drawn.join('')}</svg>
`;
}
