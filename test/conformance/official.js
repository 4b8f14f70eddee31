// npm's Socket.IO server with the events of features/main.go, as the reference for
// the same scenarios.
import { createServer } from "node:http";
import { once } from "node:events";
import { Server } from "socket.io";
import * as msgpack from "socket.io-msgpack-parser";

/**
 * Starts the official server on a free port.
 * @param {{recovery?: number, msgpack?: boolean}} opts recovery is in milliseconds
 */
export async function startOfficial(opts = {}) {
  const http = createServer();
  const io = new Server(http, {
    pingInterval: 1000,
    pingTimeout: 20_000,
    connectionStateRecovery: { maxDisconnectionDuration: opts.recovery ?? 60_000, skipMiddlewares: false },
    cors: {
      origin: ["https://friend.example"],
      credentials: true,
      methods: ["GET", "POST"],
      allowedHeaders: ["X-Token"],
      exposedHeaders: ["X-Initial"],
      maxAge: 60,
    },
    cookie: true,
    allowRequest: (req, decide) => decide(req.headers["x-banned"] ? "you are banned" : null, !req.headers["x-banned"]),
    ...(opts.msgpack && { parser: msgpack.default ?? msgpack }),
  });
  let ids = 0;
  let refused = [];
  io.engine.generateId = () => `engine-${++ids}`;
  io.engine.on("initial_headers", (headers) => (headers["X-Initial"] = "yes"));
  io.engine.on("connection_error", ({ code, message, context }) => refused.push({ code, message, context }));
  io.on("connection", (socket) => register(io, socket, () => refused.splice(0)));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    stop: () => new Promise((resolve) => io.close(() => resolve())),
  };
}

function register(io, socket, refused) {
  const sent = [];
  socket.onAnyOutgoing((event) => sent.push(event));
  socket.use(([event], next) => next(event === "forbidden" ? new Error("not allowed") : undefined));
  if (!socket.recovered) {
    socket.data = { name: "ann" };
    socket.join("room of " + socket.id);
  }
  socket.emit("welcome", socket.recovered);
  const on = (event, handler) =>
    socket.on(event, async (...args) => {
      const reply = typeof args.at(-1) === "function" ? args.pop() : () => {};
      reply(await handler(...args));
    });
  on("who am I", () => ({
    id: socket.id,
    rooms: [...socket.rooms].filter((room) => room !== socket.id),
    data: socket.data,
    recovered: socket.recovered,
  }));
  on("cut me", () => void socket.conn.close());
  socket.on("disconnect", (reason) => {
    io.to("room of " + socket.id).emit("missed", "in a room", reason);
    io.to(socket.id).emit("missed", "alone", Buffer.from("binary"));
    io.except("room of " + socket.id).emit("missed", "the others only");
  });
  on("join", (room, other) => (io.in([socket.id, other]).socketsJoin(room), true));
  on("ask all", async (room) => {
    try {
      return { complete: true, answers: await io.in(room).timeout(2000).emitWithAck("question") };
    } catch (error) {
      return { complete: false, answers: error.responses };
    }
  });
  on("fetch", async (room) =>
    (await io.in(room).fetchSockets()).map(({ id, handshake, rooms, data }) => ({ id, handshake, rooms: [...rooms], data })));
  on("disconnect room", (room) => io.in(room).disconnectSockets(true));
  on("forbidden", () => "reached");
  on("sent", () => sent);
  on("refused", refused);
  socket.on("echo", (...args) => {
    const reply = args.pop();
    socket.emit("echo", ...args);
    reply(...args);
  });
}
