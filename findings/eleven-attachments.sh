#!/usr/bin/env bash
# Versions: socket.io 4.8.4, socket.io-client 4.8.4, socket.io-parser 4.2.7.
#
# socket.io 4.8.4 with socket.io-parser 4.2.7: an event with ten Buffers arrives; one with
# eleven ends the whole connection, with all its namespaces, and the client is told no
# more than "transport close". Servers that pass on events of others, such as through a
# shared adapter, must count attachments before they send to JavaScript clients.
#
# Needs node and npm. Exits 1 if the behaviour is another one.
# Output seen on Node 20:
#   ten buffers: arrived
#   eleven buffers: the client says transport close, the server forced close
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true,"overrides":{"socket.io-parser":"4.2.7"}}' >package.json
npm install --silent --no-audit --no-fund socket.io@4.8.4 socket.io-client@4.8.4
for package in socket.io socket.io-client socket.io-parser; do
    echo "version: $package $(node -p "JSON.parse(fs.readFileSync('node_modules/$package/package.json')).version")"
done
cat >run.mjs <<'JS'
import { Server } from 'socket.io';
import { io } from 'socket.io-client';

const server = new Server(0);
await new Promise((done) => server.httpServer.once('listening', done));
const told = new Promise((done) =>
  server.on('connection', (socket) => {
    socket.on('files', (...files) => socket.emit('arrived', files.length));
    socket.on('disconnect', done);
  }),
);
const client = io(`http://127.0.0.1:${server.httpServer.address().port}`, { transports: ['websocket'], reconnection: false });
const next = (event) => new Promise((done) => client.once(event, done));
await next('connect');
client.emit('files', ...Array(10).fill(Buffer.from('x')));
const ten = (await next('arrived')) === 10 ? 'arrived' : 'lost';
client.emit('files', ...Array(11).fill(Buffer.from('x')));
const eleven = `the client says ${await Promise.race([next('disconnect'), next('arrived')])}, the server ${await told}`;
console.log('ten buffers:', ten);
console.log('eleven buffers:', eleven);
process.exit(ten === 'arrived' && eleven === 'the client says transport close, the server forced close' ? 0 : 1);
JS
node run.mjs
