// Fails when a visit to /home loads more JavaScript, before the first message can be sent, than a
// slow line can bear: what the page asks for itself, and the Socket.IO client and the home of the
// outbox, which follow.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const limit = 60_000;
const dist = new URL('../dist/', import.meta.url);

const page = readFileSync(new URL('index.html', dist), 'utf8');
const own = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => String(match[1]));
const following = readdirSync(new URL('assets/', dist))
  .filter((name) => /^(socket\.io|outbox)-.*\.js$/.test(name))
  .map((name) => `assets/${name}`);
if (own.length === 0 || following.length !== 2) {
  throw new Error('dist/ has no page, or not both of what follows it: build first');
}

let total = 0;
for (const file of [...own, ...following]) {
  const size = gzipSync(readFileSync(new URL(file, dist))).length;
  total += size;
  console.log(`${String(size).padStart(7)}  ${file}`);
}
console.log(`${String(total).padStart(7)}  of ${limit} bytes, gzip`);
if (total > limit) {
  console.error('The initial JavaScript is over its budget.');
  process.exitCode = 1;
}
