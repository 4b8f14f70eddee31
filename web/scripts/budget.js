// Fails when the JavaScript that the first page loads has grown beyond what a slow line can bear.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';

const limit = 60_000;
const dist = new URL('../dist/', import.meta.url);

const page = readFileSync(new URL('index.html', dist), 'utf8');
const files = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => String(match[1]));
if (files.length === 0) throw new Error('dist/index.html loads no script: build first');

let total = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(file, dist))).length;
  total += size;
  console.log(`${String(size).padStart(7)}  ${basename(file)}`);
}
console.log(`${String(total).padStart(7)}  of ${limit} bytes, gzip`);
if (total > limit) {
  console.error('The initial JavaScript is over its budget.');
  process.exitCode = 1;
}
