import { join } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Lets our own small component draw Lucide's icons. Theirs also reads a context, merges classes and
 * looks for labels; we use none of that, and it costs a kilobyte of the first load.
 */
export function plainIcons(): Plugin {
  let own = '';
  return {
    name: 'plain-icons',
    enforce: 'pre',
    configResolved(config) {
      own = join(config.root, 'src/ui/LucideIcon.svelte');
    },
    resolveId(source, importer) {
      return source === '../Icon.svelte' && importer?.includes('@lucide/svelte') ? own : undefined;
    },
  };
}
