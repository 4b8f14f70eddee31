// Prints how much JavaScript the client has, and fails when a visit to /home loads
// more of it, before the first message can be sent, than a slow line can bear: what the page asks
// for itself, and the Socket.IO client and the home of the outbox, which follow. What is loaded
// when it is first wanted is printed beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

const limit = 60_000;
const dist = new URL('../dist/', import.meta.url);

const page = readFileSync(new URL('index.html', dist), 'utf8');
const all = readdirSync(new URL('assets/', dist))
  .filter((name) => /\.js(\.gz)?$/.test(name))
  .map((name) => `assets/${name.replace(/\.gz$/, '')}`);
const own = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => String(match[1]));
const following = all.filter((name) => /^assets\/(socket\.io|outbox)-/.test(name));
if (own.length === 0 || following.length !== 2) {
  throw new Error('dist/ has no page, or not both of what follows it: build first');
}

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

console.log('Loaded when first wanted:');
const later = print(all.filter((file) => !own.includes(file) && !following.includes(file)));
console.log(`${String(later).padStart(7)}  bytes, gzip\n\nLoaded before the first message:`);
const total = print([...own, ...following]);
console.log(`${String(total).padStart(7)}  of ${limit} bytes, gzip`);
if (total > limit) {
  console.error('The initial JavaScript is over its budget.');
  process.exitCode = 1;
}
