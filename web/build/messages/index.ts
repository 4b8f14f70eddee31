import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { catalogueOf, translated, type Catalogue, type Texts } from './catalogue.ts';
import { inlined } from './inline.ts';
import { plainText } from './message.ts';

export { plainText };

/** The language of the catalogue that has every message. */
export const baseLanguage = 'en';

/** catalogueFor reads the messages of a language; what it has not translated is English. */
export function catalogueFor(folder: string, language: string): Catalogue {
  const read = (name: string): Catalogue => {
    try {
      return catalogueOf(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Texts);
    } catch (thrown) {
      throw new Error(`messages/${name}.json: ${String(thrown)}`, { cause: thrown });
    }
  };
  const base = read(baseLanguage);
  return language === baseLanguage ? base : translated(base, read(language));
}

/**
 * Replaces the calls of `m` in components, TypeScript files and index.html by the texts of
 * messages/LANGUAGE.json. So there is no catalogue at run time: each text is loaded with the code
 * that shows it.
 */
export function messages(language: string): Plugin {
  let folder = '';
  let catalogue: Catalogue = new Map();
  const load = () => {
    catalogue = catalogueFor(folder, language);
  };
  return {
    name: 'messages',
    enforce: 'pre',
    config: () => ({ define: { __LANGUAGE__: JSON.stringify(language) } }),
    configResolved(config) {
      folder = join(config.root, 'messages');
      load();
    },
    configureServer(server) {
      server.watcher.add(folder);
      server.watcher.on('change', (path) => {
        if (!path.startsWith(folder)) return;
        load();
        server.moduleGraph.invalidateAll();
        server.ws.send({ type: 'full-reload' });
      });
    },
    transform: {
      filter: { id: /\/src\/[^?]*\.(?:svelte|ts)$/, code: 'import { m } from' },
      handler(code, id) {
        return { code: inlined(code, id.endsWith('.svelte'), catalogue), map: null };
      },
    },
    // The server selects a page by its name: see internal/httpapi/languages.go.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const page = bundle['index.html'];
        if (language === baseLanguage || page?.type !== 'asset') return;
        delete bundle['index.html'];
        this.emitFile({
          type: 'asset',
          fileName: `index.${language}.html`,
          source: page.source,
        });
      },
    },
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html
          .replaceAll('%language%', language)
          .replaceAll('%direction%', directionOf(language))
          .replace(/%m\.(\w+\.\w+)%/g, (_, key: string) => {
            const message = catalogue.get(key);
            if (!message) throw new Error(`index.html: ${key} is not in the catalogue`);
            return plainText(message).replace(/[&<>"]/g, (it) => `&#${it.charCodeAt(0)};`);
          }),
    },
  };
}

/** The writing direction of a language. */
export function directionOf(language: string): string {
  const rightToLeft = /^(Adlm|Arab|Aran|Hebr|Mand|Mend|Nkoo|Rohg|Samr|Syrc|Thaa|Yezi)$/;
  return rightToLeft.test(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr';
}
