// The official Socket.IO server with the events that the load generator uses: `node
// server.js [ws|eiows] [REDIS]`. With a Redis address, it is one of several nodes.
// It prints "listening ADDRESS" when ready.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { Server } from "socket.io";

const require = createRequire(import.meta.url);
const [engine = "ws", redis] = process.argv.slice(2);

// ws silently works without its native part, but slower; so fail if it is missing.
require("bufferutil");
require("utf-8-validate");

const http = createServer();
const io = new Server(http, {
  wsEngine: require(engine).Server,
  perMessageDeflate: false,
  serveClient: false,
});

if (redis) {
  const { createAdapter } = await import("@socket.io/redis-adapter");
  const { createClient } = await import("redis");
  const publish = createClient({ url: redis });
  const subscribe = publish.duplicate();
  await Promise.all([publish.connect(), subscribe.connect()]);
  io.adapter(createAdapter(publish, subscribe));
}

io.on("connection", (socket) => {
  socket.on("join", (room, ack) => {
    socket.join(room);
    ack();
  });
  socket.on("bcast", (room, value, ack) => {
    io.to(room).emit("m", value);
    ack();
  });
});

http.listen(0, "127.0.0.1", 4096, () => {
  const { address, port } = http.address();
  console.log(`listening ${address}:${port}`);
});

process.on("SIGTERM", () => process.exit(0));
