import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/**
 * A module that is left out of the first load: the file that imports it, and its replacement.
 */
interface UnusedModule {
  importer: RegExp;
  source: RegExp;
  content: string;
}

const index = /engine\.io-client\/build\/[\w-]+\/(transports\/)?index\.js$/;

const unneeded: UnusedModule[] = [
  // Our server does not speak WebTransport.
  {
    importer: /engine\.io-client/,
    source: /^\.\/webtransport\.js$/,
    content: 'export const WT = undefined;',
  },
  // Long polling is loaded when WebSocket fails: see src/socket/polling.ts.
  {
    importer: index,
    source: /\/polling-(xhr|fetch)(\.node)?\.js$/,
    content: 'export const XHR = undefined, Fetch = undefined;',
  },
  // The protocol of our server has no binary data: files travel by HTTP.
  {
    importer: /socket\.io-parser/,
    source: /^\.\/is-binary\.js$/,
    content: 'export const isBinary = () => false, hasBinary = isBinary;',
  },
  {
    importer: /socket\.io-parser/,
    source: /^\.\/binary\.js$/,
    content: 'export const deconstructPacket = undefined, reconstructPacket = (packet) => packet;',
  },
  {
    importer: /engine\.io-parser/,
    source: /^\.\/contrib\/base64-arraybuffer\.js$/,
    content: 'export const decode = () => undefined;',
  },
];

const prefix = '\0unused-modules:';

/**
 * Leaves rarely used transports and unused formats out of the Socket.IO client, which saves almost
 * three kilobytes of the first load.
 */
export function unusedModules(): Plugin {
  return {
    name: 'unused-modules',
    enforce: 'pre',
    async resolveId(source, importer = '') {
      // The package does not export this file separately, and its index would include the whole
      // package.
      if (source === 'engine.io-client/polling') {
        const whole = await this.resolve('engine.io-client', importer);
        return whole ? join(dirname(whole.id), 'transports/polling-xhr.js') : undefined;
      }
      const from = importer.replaceAll('\\', '/');
      const found = unneeded.findIndex((it) => it.importer.test(from) && it.source.test(source));
      return found < 0 ? undefined : prefix + String(found);
    },
    load: (id) =>
      id.startsWith(prefix) ? unneeded[Number(id.slice(prefix.length))]?.content : undefined,
  };
}
