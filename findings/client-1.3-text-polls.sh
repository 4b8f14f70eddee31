#!/usr/bin/env bash
# socket.io-client 1.3.7 in a browser reads answers to long polling only from binary
# payloads (application/octet-stream). npm's socket.io 2.5.0, which speaks the same
# protocols, sends payloads of text as text/plain, so the client never connects to it.
# Client 1.4.8 connects to the same server. A server for pages with clients before 1.4
# must answer all polls with binary payloads, unless the client asks for base64 (b64=1).
#
# Needs node, npm and Chromium (CHROMIUM, by default /usr/bin/chromium). Exits 1 if the
# behaviour is another one.
# Output seen with Chromium 156:
#   1.3.7: no connection
#   1.4.8: connected
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund socket.io@2.5.0 playwright-core@1.65.1
for version in 1.3.7 1.4.8; do # their own dependencies are inside the build for browsers
    npm pack --silent "socket.io-client@$version" >/dev/null
    mkdir "$version"
    tar -xzf "socket.io-client-$version.tgz" -C "$version"
done
cat >run.mjs <<'JS'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import Server from 'socket.io';
import { chromium } from 'playwright-core';

const http = createServer((request, response) => {
  const version = request.url.split('/')[1];
  const isScript = request.url.endsWith('/client.js');
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? readFileSync(`${version}/package/socket.io.js`) : `<script src="/${version}/client.js"></script>`);
});
new Server(http);
await new Promise((done) => http.listen(0, '127.0.0.1', done));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const outcomes = [];
for (const version of ['1.3.7', '1.4.8']) {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${http.address().port}/${version}/`);
  const outcome = await page.evaluate(
    () =>
      new Promise((done) => {
        const socket = io({ transports: ['polling'], reconnection: false, timeout: 5000 });
        socket.on('connect', () => done('connected'));
        for (const event of ['connect_error', 'connect_timeout', 'disconnect', 'error']) socket.on(event, () => done('no connection'));
      }),
  );
  console.log(`${version}: ${outcome}`);
  outcomes.push(outcome);
}
await browser.close();
process.exit(outcomes.join() === 'no connection,connected' ? 0 : 1);
JS
node run.mjs
