import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/**
 * The Go package that embeds the folder compiles without a built client because of this file.
 */
const placeholder = '.placeholder';

/** Empties the output folder before a build, except for the placeholder. */
export function cleanDist(): Plugin {
  let outDir = '';
  return {
    name: 'clean-dist',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    async buildStart() {
      const names = await readdir(outDir).catch(() => []);
      await Promise.all(
        names
          .filter((name) => name !== placeholder)
          .map((name) => rm(join(outDir, name), { recursive: true })),
      );
    },
  };
}
