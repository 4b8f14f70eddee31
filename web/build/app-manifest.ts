import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import type { Plugin } from 'vite';
import { catalogueFor, directionOf, plainText } from './messages/index.ts';

/** The colour behind the app while it starts, and of the system's bar: the page's background. */
const background = '#f4f3f8';

/** The corners of the logo. Where the system cuts the icon to its own shape, it has none. */
const corners = ' rx="9"';

type File = { fileName: string; source: Uint8Array | string };

/**
 * Adds what browsers need to install the client as an app (W3C Web Application Manifest): the
 * manifest in the page's language, and the logo as PNG files. Chromium requires an icon of 144
 * pixels or more whose purpose is not only `maskable`; iOS reads `apple-touch-icon` instead.
 */
export function appManifest(language: string): Plugin {
  let root = '';
  let files: File[] = [];
  let links: Record<string, string>[] = [];
  return {
    name: 'app-manifest',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    async buildStart() {
      const logo = await readFile(join(root, 'src/ui/logo.svg'), 'utf8');
      if (!logo.includes(corners)) throw new Error(`logo.svg has no${corners}`);
      const square = logo.replace(corners, '');
      await startDrawing(root);
      const small = icon('icon-192', logo, 192);
      const large = icon('icon-512', logo, 512);
      const cut = icon('icon-maskable-512', square, 512);
      const touch = icon('icon-180', square, 180);
      const texts = catalogueFor(join(root, 'messages'), language);
      const text = (key: string) => {
        const message = texts.get(key);
        if (!message) throw new Error(`the manifest: ${key} is not in the catalogue`);
        return plainText(message);
      };
      const png = { type: 'image/png' };
      const manifest = named('app', 'webmanifest', {
        id: '/home',
        name: text('common.partyChat'),
        description: text('page.description'),
        lang: language,
        dir: directionOf(language),
        start_url: '/home',
        scope: '/',
        display: 'standalone',
        background_color: background,
        theme_color: background,
        icons: [
          { src: `/${small.fileName}`, sizes: '192x192', ...png, purpose: 'any' },
          { src: `/${large.fileName}`, sizes: '512x512', ...png, purpose: 'any' },
          { src: `/${cut.fileName}`, sizes: '512x512', ...png, purpose: 'maskable' },
        ],
      });
      files = [small, large, cut, touch, manifest];
      links = [
        { rel: 'manifest', href: `/${manifest.fileName}` },
        { rel: 'apple-touch-icon', href: `/${touch.fileName}` },
      ];
    },
    generateBundle() {
      for (const file of files) this.emitFile({ type: 'asset', ...file });
    },
    transformIndexHtml: () => links.map((attrs) => ({ tag: 'link', attrs })),
  };
}

let started: Promise<void> | undefined;

/** The renderer may be started only once per process. */
function startDrawing(root: string): Promise<void> {
  started ??= readFile(join(root, 'node_modules/@resvg/resvg-wasm/index_bg.wasm')).then(initWasm);
  return started;
}

function icon(name: string, svg: string, size: number): File {
  const image = new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render();
  return named(name, 'png', image.asPng());
}

/** The file, with the hash of its content in its name, so that it can be cached for ever. */
function named(name: string, ending: string, content: Uint8Array | object): File {
  const source = content instanceof Uint8Array ? content : JSON.stringify(content);
  const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
  return { fileName: `assets/${name}-${hash}.${ending}`, source };
}
