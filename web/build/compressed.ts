import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzipSync,
} from 'node:zlib';
import type { Plugin } from 'vite';

/** Smaller files fit one network packet anyway. */
const worthIt = 1024;

/**
 * The page itself, in each language, stays uncompressed too, because it is small and make looks
 * for it.
 */
const page = /^index(\.[\w-]+)?\.html$/;

/** Files compressed by an earlier build, of another language. */
const done = /\.(gz|br|zst)$/;

type Coding = {
  ending: string;
  pack: (plain: Buffer) => Uint8Array;
  unpack: (packed: Uint8Array) => Uint8Array;
};

const gzip: Coding = {
  ending: '.gz',
  pack: (plain) => gzipSync(plain, { level: constants.Z_BEST_COMPRESSION }),
  unpack: gunzipSync,
};

const brotli: Coding = {
  ending: '.br',
  pack: (plain) =>
    brotliCompressSync(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      },
    }),
  unpack: brotliDecompressSync,
};

/**
 * Node has zstd only since 22.15, so it comes from a package: the build is the same on every
 * version.
 */
async function zstd(): Promise<Coding> {
  const { compress, decompress, init } = await import('@bokuweb/zstd-wasm').catch(() => {
    throw new Error('@bokuweb/zstd-wasm is not installed: run npm ci in web/');
  });
  await init();
  return { ending: '.zst', pack: (plain) => compress(plain, 19), unpack: decompress };
}

/**
 * Replaces files that gain from compression by their compressed forms, one file per encoding,
 * which the server sends as they are. For the rare client that accepts none of them, the server
 * decompresses.
 */
export function compressed(): Plugin {
  let outDir = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const codings = [gzip, brotli, await zstd()];
        for (const entry of await readdir(outDir, { recursive: true, withFileTypes: true })) {
          if (
            !entry.isFile() ||
            /^\./.test(entry.name) ||
            done.test(entry.name) ||
            page.test(entry.name)
          )
            continue;
          await compress(join(entry.parentPath, entry.name), codings);
        }
      },
    },
  };
}

async function compress(path: string, codings: Coding[]) {
  const plain = await readFile(path);
  if (plain.length < worthIt) return;
  const packed = codings.map((coding) => ({ ...coding, content: coding.pack(plain) }));
  if (packed.some(({ content }) => content.length > plain.length * 0.9)) return;
  for (const { ending, content, unpack } of packed) {
    if (!plain.equals(unpack(content))) throw new Error(`${path}${ending} is not what was packed`);
    await writeFile(path + ending, content);
  }
  await rm(path);
}
