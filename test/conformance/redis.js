// npm's Socket.IO server with @socket.io/redis-adapter, the counterpart of
// redis/main.go.
import { createServer } from "node:http";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { createClient } from "@redis/client";
import { createAdapter } from "@socket.io/redis-adapter";
import { Server } from "socket.io";

/**
 * Starts an official server on a free port.
 * @param {string} redis the URL of the Redis that it shares with others
 * @param {object} opts of the adapter
 */
export async function startNode(redis, opts = {}) {
  const clients = [0, 1].map(() => {
    const client = createClient({ url: redis, socket: { reconnectStrategy: 20 } });
    client.on("error", () => {}); // some tests stop Redis
    return client;
  });
  await Promise.all(clients.map((client) => client.connect()));
  const http = createServer();
  const io = new Server(http, { adapter: createAdapter(...clients, { requestsTimeout: 5000, ...opts }) });
  io.on("connection", (socket) => {
    socket.data = { name: "node" };
    socket.join("room of " + socket.id);
  });
  io.on("hello", (...args) => io.local.emit("hello", ...args));
  io.on("echo", (value, answer) => answer(value));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    io,
    url: `http://127.0.0.1:${http.address().port}`,
    async stop() {
      await new Promise((resolve) => io.close(() => resolve()));
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { io, url } = await startNode(process.argv[2]);
  io.on("die", () => process.kill(process.pid, "SIGKILL"));
  console.log(`listening on ${url}`);
}
