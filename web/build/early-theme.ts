import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const source = 'src/styles/early-theme.js';

/**
 * Puts the classic script that applies a stored theme into the head of the page. Vite would make
 * a deferred module of it, which runs after the first paint; the policy forbids inline scripts.
 */
export function earlyTheme(): Plugin {
  let root = '';
  let reference = '';
  let building = false;
  return {
    name: 'early-theme',
    configResolved(config) {
      root = config.root;
      building = config.command === 'build';
    },
    async buildStart() {
      if (!building) return;
      reference = this.emitFile({
        type: 'asset',
        name: 'early-theme.js',
        source: await readFile(join(root, source), 'utf8'),
      });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        let src = `/${source}`;
        if (building) {
          const asset = Object.values(context.bundle ?? {}).find(
            (file) => file.type === 'asset' && file.names.includes('early-theme.js'),
          );
          if (!asset) throw new Error(`early-theme.js (${reference}) is not in the bundle`);
          src = `/${asset.fileName}`;
        }
        return [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }];
      },
    },
  };
}
