import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const wanted = /^socket\.io(\.min|\.esm\.min)?\.js(\.map)?$/;

/**
 * Adds the official Socket.IO client to the build, as `client/`: pages without a build step load
 * it from the server.
 */
export function socketIoClient(): Plugin {
  let folder = '';
  return {
    name: 'socket-io-client',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, 'node_modules/socket.io-client/dist');
    },
    async buildStart() {
      const names = (await readdir(folder)).filter((name) => wanted.test(name));
      for (const name of names) {
        const source = await readFile(join(folder, name));
        this.emitFile({ type: 'asset', fileName: `client/${name}`, source });
      }
    },
  };
}
