import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { messages } from './messages/index.ts';

/** Files without which messages cannot be read and written; all others need the network. */
const needed = /\.(js|css|webmanifest)$|logo-.*\.svg$|inter-latin-wght.*\.woff2$|icon-192/;

/**
 * Adds the service worker: one classic script without imports, because browsers do not look for
 * newer versions of what a worker imports. Its address is fixed, and its scope is the whole site.
 * It lists the files that it keeps, and the page as one of them.
 */
export function worker(language: string): Plugin {
  let root = '';
  return {
    name: 'worker',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const page = Object.values(bundle).find(({ fileName }) => fileName.startsWith('index.'));
        if (page?.type !== 'asset') throw new Error('the service worker: there is no page');
        const hash = createHash('sha256').update(page.source).digest('base64url').slice(0, 8);
        const shell = `assets/shell-${hash}.html`;
        this.emitFile({ type: 'asset', fileName: shell, source: page.source });
        const files = Object.keys(bundle).filter(
          (name) => name.startsWith('assets/') && needed.test(name),
        );
        const built = await build({
          root,
          configFile: false,
          logLevel: 'warn',
          plugins: [messages(language)],
          define: {
            SHELL: JSON.stringify(`/${shell}`),
            FILES: JSON.stringify(files.map((name) => `/${name}`).sort()),
          },
          build: {
            target: 'es2022',
            write: false,
            copyPublicDir: false,
            rolldownOptions: {
              input: join(root, 'src/worker/worker.ts'),
              output: { format: 'iife', entryFileNames: 'worker.js' },
            },
          },
        });
        const outputs = Array.isArray(built) ? built : [built];
        const scripts = outputs.flatMap((one) => ('output' in one ? one.output : []));
        const [script] = scripts;
        if (scripts.length !== 1 || script?.type !== 'chunk') {
          throw new Error('the service worker is not one script');
        }
        this.emitFile({ type: 'asset', fileName: 'worker.js', source: script.code });
      },
    },
  };
}
