// Prints how much JavaScript the client has, and fails when a visit to /home loads
// more of it, before the first message can be sent, than a slow line can bear: what the page asks
// for itself, and the Socket.IO client and the home of the outbox, which follow. What is loaded
// when it is first wanted is printed beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

const limit = 60_000;
const dist = new URL('../dist/', import.meta.url);

const pages = readdirSync(dist).filter((name) => /^index(\.[\w-]+)?\.html$/.test(name));
const all = readdirSync(new URL('assets/', dist))
  .filter((name) => /\.js(\.gz)?$/.test(name))
  .map((name) => `assets/${name.replace(/\.gz$/, '')}`);
/** @param {string} page */
const scriptsOf = (page) =>
  [...readFileSync(new URL(page, dist), 'utf8').matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(
    (match) => String(match[1]),
  );

/** @param {string} file */
function contentOf(file) {
  const packed = new URL(`${file}.gz`, dist); // the build leaves nothing else of what it compresses
  return existsSync(packed) ? gunzipSync(readFileSync(packed)) : readFileSync(new URL(file, dist));
}

/** @param {string} file */
const sizeOf = (file) => gzipSync(contentOf(file)).length;

/**
 * Prints the files, the largest first, and gives how large they are together.
 * @param {string[]} files
 */
function print(files) {
  const sizes = files.map((file) => ({ file, size: sizeOf(file) })).sort((a, b) => b.size - a.size);
  for (const { file, size } of sizes) console.log(`${String(size).padStart(7)}  ${file}`);
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

/** The file by that name; the largest, where each language has its own. @param {string} name */
function following(name) {
  const found = all.filter((file) => file.startsWith(`assets/${name}-`));
  return found.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
}

const later = ['socket.io', 'outbox'].map(following);
const first = pages.map((page) => [...scriptsOf(page), ...later]);
const early = new Set(first.flat());
if (early.has(undefined) || early.size < 3) {
  throw new Error('dist/ has no page, or not both of what follows it: build first');
}

console.log('Loaded when first wanted:');
const rest = print(all.filter((file) => !early.has(file)));
console.log(`${String(rest).padStart(7)}  bytes, gzip`);
for (const [index, page] of pages.entries()) {
  console.log(`\nLoaded before the first message by ${page}:`);
  const total = print((first[index] ?? []).filter((file) => file !== undefined));
  console.log(`${String(total).padStart(7)}  of ${limit} bytes, gzip`);
  if (total > limit) {
    console.error('The initial JavaScript is over its budget.');
    process.exitCode = 1;
  }
}
