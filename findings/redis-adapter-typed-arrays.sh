#!/usr/bin/env bash
# Versions: socket.io 4.8.1, socket.io-client 4.8.1, @socket.io/redis-adapter 8.3.0, redis 4.7.1.
#
# @socket.io/redis-adapter 8.3.0: a Float32Array in an event
# reaches clients of the emitting server with all its bytes, and clients of every other
# server with one byte per element, which is the element's integer part. A Uint8Array
# arrives whole everywhere. Go servers that share rooms with Node servers must expect
# both forms.
#
# Needs node, npm and redis-server. Exits 1 if the behaviour is another one.
# Output seen on Node 20:
#   emitting server: 8 bytes 0000c03f0000a041
#   other server:    2 bytes 0114
set -euo pipefail
work=$(mktemp -d)
redis=
trap '[ -z "$redis" ] || kill "$redis"; wait; rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund socket.io@4.8.1 socket.io-client@4.8.1 @socket.io/redis-adapter@8.3.0 redis@4.7.1
for package in socket.io socket.io-client @socket.io/redis-adapter redis; do
    echo "version: $package $(node -p "JSON.parse(fs.readFileSync('node_modules/$package/package.json')).version")"
done
redis-server --port 0 --unixsocket "$work/redis.sock" --save '' >/dev/null &
redis=$!
cat >run.mjs <<'JS'
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';

const path = process.argv[2];
const node = async () => {
  const clients = [createClient({ socket: { path } }), createClient({ socket: { path } })];
  await Promise.all(clients.map((client) => client.connect()));
  const server = new Server(0, { adapter: createAdapter(...clients) });
  await new Promise((done) => server.httpServer.once('listening', done));
  return { server, port: server.httpServer.address().port };
};
const [here, other] = [await node(), await node()];
const results = [here, other].map((one) => {
  const socket = io(`http://127.0.0.1:${one.port}`, { transports: ['websocket'] });
  return { ready: new Promise((done) => socket.on('connect', done)), got: new Promise((done) => socket.on('floats', done)) };
});
await Promise.all(results.map(({ ready }) => ready));
here.server.emit('floats', new Float32Array([1.5, 20]));
const [local, remote] = (await Promise.all(results.map(({ got }) => got))).map((value) => Buffer.from(value).toString('hex'));
const show = (hex) => `${hex.length / 2} bytes ${hex}`;
console.log('emitting server:', show(local));
console.log('other server:   ', show(remote));
process.exit(local === '0000c03f0000a041' && remote === '0114' ? 0 : 1);
JS
node run.mjs "$work/redis.sock"
