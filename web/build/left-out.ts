import type { Plugin } from 'vite';

/** What libraries bring along and we never call, with what stands in its place. */
const parts: { source: string; importer: string; instead: string }[] = [
  // Our server does not speak WebTransport, and it costs most of a kilobyte of the first load.
  {
    source: './webtransport.js',
    importer: 'engine.io-client',
    instead: 'export const WT = undefined;',
  },
  // The parser of messages finds addresses by our own rules, and shows entities as they were written.
  // These would double what it takes to show the first formatted message.
  { source: 'linkify-it', importer: 'markdown-it', instead: 'export class LinkifyIt {}' },
  { source: 'punycode.js', importer: 'markdown-it', instead: 'export default {};' },
  {
    source: 'entities',
    importer: 'markdown-it',
    instead: 'export const decodeHTMLStrict = (text) => text;',
  },
];

/** Leaves those parts out of what is built. */
export function leftOut(): Plugin {
  const prefix = '\0left-out:';
  return {
    name: 'left-out',
    enforce: 'pre',
    resolveId(source, importer) {
      const at = parts.findIndex(
        (part) => part.source === source && importer?.includes(`node_modules/${part.importer}/`),
      );
      return at < 0 ? undefined : `${prefix}${at}`;
    },
    load: (id) =>
      id.startsWith(prefix) ? parts[Number(id.slice(prefix.length))]?.instead : undefined,
  };
}
