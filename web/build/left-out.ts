import type { Plugin } from 'vite';

/**
 * Leaves WebTransport out of the Socket.IO client: our server does not speak it, and it costs most of
 * a kilobyte of the first load.
 */
export function leftOut(): Plugin {
  const nothing = '\0left-out';
  return {
    name: 'left-out',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source === './webtransport.js' && importer?.includes('engine.io-client')
        ? nothing
        : undefined,
    load: (id) => (id === nothing ? 'export const WT = undefined;' : undefined),
  };
}
