// npm's Socket.IO server with the events of server/main.go, as the reference for
// Socket.IO 2.x clients.
import { createServer } from "node:http";
import { once } from "node:events";
import { Server } from "socket.io";

/**
 * Starts the official server on a free port.
 * @param {{origin?: string, pingTimeout?: number}} opts pages of the origin may connect; the time is in milliseconds
 */
export async function startOfficialEIO3({ origin, pingTimeout = 20_000 } = {}) {
  const http = createServer();
  const io = new Server(http, {
    allowEIO3: true,
    pingInterval: 1000,
    pingTimeout,
    cors: { origin: origin ?? false, credentials: true },
  });
  io.of("/private").use((socket, next) => {
    if (socket.handshake.auth.token === "right") return next();
    next(Object.assign(new Error("not authorized"), { data: { code: 401, retry: false } }));
  });
  io.of("/closed").use((_, next) => next(new Error("closed")));
  for (const name of ["/", "/private", /^\/dynamic-\d+$/]) register(io.of(name));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    stop: () => new Promise((resolve) => io.close(() => resolve())),
  };
}

function register(namespace) {
  const reasons = [];
  const waiting = [];
  namespace.on("connection", (socket) => {
    const { nsp } = socket;
    const rooms = () => [...socket.rooms].filter((room) => room !== socket.id);
    const on = (event, handler) =>
      socket.on(event, async (...args) => {
        const reply = typeof args.at(-1) === "function" ? args.pop() : () => {};
        const answer = await handler(...args);
        if (event === "echo with ack" || event === "ask me") reply(...answer);
        else reply(answer);
      });
    socket.emit("welcome", socket.id);
    socket.on("disconnect", (reason) => (waiting.length ? waiting.shift()(reason) : reasons.push(reason)));
    on("echo", (...args) => void socket.emit("echo", ...args));
    on("echo with ack", (...args) => args);
    on("cookie", () => socket.handshake.headers.cookie ?? "");
    on("handshake", () => ({ query: socket.handshake.query, auth: socket.handshake.auth }));
    on("ask me", (...args) => new Promise((resolve) => socket.emit("question", ...args, (...answer) => resolve(answer))));
    on("join", async (room) => (await socket.join(room), rooms()));
    on("leave", async (room) => (await socket.leave(room), rooms()));
    on("to others", (room, text) => socket.to(room).emit("said", text));
    on("to all", (room, text) => nsp.to(room).emit("said", text));
    on("disconnect me", (closeTransport) => void socket.disconnect(closeTransport));
    on("cut me", () => void socket.conn.close());
    on("last reason", () => reasons.shift() ?? new Promise((resolve) => waiting.push(resolve)));
  });
}
