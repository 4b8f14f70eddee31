#!/usr/bin/env bash
# Versions: socket.io 4.8.1, socket.io-client 4.8.1.
#
# socket.io 4.8.1 with socket.io-client 4.8.1: a page that calls connect(), disconnect()
# and connect() on a namespace of an open connection, as React's StrictMode makes effects
# do, while asynchronous middleware is still at work, becomes two sockets on the server.
# The client knows one id, and handles every broadcast twice. A server that lets the
# second CONNECT packet take the place of the first delivers once.
#
# Needs node and npm. Exits 1 if the behaviour is another one.
# Output seen on Node 20:
#   sockets on the server: 2
#   broadcasts heard: 2
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund socket.io@4.8.1 socket.io-client@4.8.1
for package in socket.io socket.io-client; do
    echo "version: $package $(node -p "JSON.parse(fs.readFileSync('node_modules/$package/package.json')).version")"
done
cat >run.mjs <<'JS'
import { setTimeout as wait } from 'node:timers/promises';
import { Server } from 'socket.io';
import { Manager } from 'socket.io-client';

const server = new Server(0);
await new Promise((done) => server.httpServer.once('listening', done));
const chat = server.of('/chat');
chat.use((socket, next) => wait(200).then(() => next())); // such as a look-up of a session
const manager = new Manager(`http://127.0.0.1:${server.httpServer.address().port}`, { transports: ['websocket'], autoConnect: false });
await new Promise((done) => manager.socket('/').on('connect', done).connect());

const socket = manager.socket('/chat');
let heard = 0;
socket.on('news', () => heard++);
socket.connect();
socket.disconnect();
socket.connect();
await wait(1000);
const sockets = (await chat.fetchSockets()).length;
chat.emit('news');
await wait(500);
console.log('sockets on the server:', sockets);
console.log('broadcasts heard:', heard);
process.exit(sockets === 2 && heard === 2 ? 0 : 1);
JS
node run.mjs
