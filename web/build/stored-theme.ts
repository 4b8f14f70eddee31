import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const source = 'src/styles/stored-theme.js';

/**
 * Adds the classic script that applies a stored theme to the head of the page. Vite would turn it
 * into a deferred module, which runs after the first paint; the policy forbids inline scripts.
 */
export function storedTheme(): Plugin {
  let root = '';
  let reference = '';
  let building = false;
  return {
    name: 'stored-theme',
    configResolved(config) {
      root = config.root;
      building = config.command === 'build';
    },
    async buildStart() {
      if (!building) return;
      reference = this.emitFile({
        type: 'asset',
        name: 'stored-theme.js',
        source: await readFile(join(root, source), 'utf8'),
      });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        let src = `/${source}`;
        if (building) {
          const asset = Object.values(context.bundle ?? {}).find(
            (file) => file.type === 'asset' && file.names.includes('stored-theme.js'),
          );
          if (!asset) throw new Error(`stored-theme.js (${reference}) is not in the bundle`);
          src = `/${asset.fileName}`;
        }
        return [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }];
      },
    },
  };
}
