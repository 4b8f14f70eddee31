// examples/interop serves other clients and protocol suites as its help describes.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Socket } from "engine.io-client";
import { io } from "socket.io-client";
import { next, start, until } from "./harness.js";

/** Makes an Engine.IO handshake by polling and returns the server's parameters. */
async function handshake(url, headers = {}) {
  const response = await fetch(`${url}?EIO=4&transport=polling`, { headers });
  return { status: response.status, origin: response.headers.get("access-control-allow-origin"), ...JSON.parse((await response.text()).slice(1)) };
}

describe("interop by default", () => {
  const servers = {};
  before(async () => {
    for (const kind of ["engineio", "socketio"]) {
      servers[kind] = await start("./examples/interop", kind, "--port", "0", "--ping-timeout", "20s", "--connect-timeout", "20s");
      servers[`${kind}, hasty`] = await start("./examples/interop", kind, "--port", "0");
    }
  });
  after(async () => {
    for (const server of Object.values(servers)) await server.stop();
  });

  for (const [kind, path] of [["engineio", "/engine.io/"], ["socketio", "/socket.io/"]]) {
    it(`${kind} has short times, a largest payload, and lets any origin in`, async () => {
      const { sid, ...rest } = await handshake(servers[`${kind}, hasty`].url + path, { origin: "https://elsewhere.example" });
      assert.ok(sid);
      assert.deepEqual(rest, { status: 200, origin: "*", upgrades: ["websocket"], pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 });
    });
  }

  it("engineio sends back what comes, text and binary", async () => {
    for (const transport of ["polling", "websocket"]) {
      const socket = new Socket(servers.engineio.url, { transports: [transport] });
      socket.binaryType = "arraybuffer";
      await next(socket, "open");
      socket.send("text");
      assert.deepEqual(await next(socket, "message"), ["text"]);
      socket.send(Uint8Array.of(1, 2, 255));
      assert.deepEqual(Buffer.from((await next(socket, "message"))[0]), Buffer.of(1, 2, 255));
      socket.close();
    }
  });

  it("socketio tells new sockets their auth, on / and /custom", async () => {
    for (const path of ["/", "/custom"]) {
      const named = io(servers.socketio.url + path, { forceNew: true, auth: { token: "123" } });
      assert.deepEqual(await next(named, "auth"), [{ token: "123" }]);
      named.disconnect();
      const nameless = io(servers.socketio.url + path, { forceNew: true });
      assert.deepEqual(await next(nameless, "auth"), [{}]);
      nameless.disconnect();
    }
  });

  it("socketio answers messages with their arguments", async () => {
    const socket = io(servers.socketio.url, { forceNew: true });
    const args = [1, "2", { 3: [true] }, Buffer.of(4), { deep: Buffer.of(5) }];
    socket.emit("message", ...args);
    assert.deepEqual(await next(socket, "message-back"), args);
    assert.deepEqual(await new Promise((resolve) => socket.emit("message-with-ack", ...args, (...reply) => resolve(reply))), args);
    socket.disconnect();
  });

  it("socketio broadcasts to a room, text and binary", async () => {
    const [inside, outside] = [io(servers.socketio.url, { forceNew: true }), io(servers.socketio.url, { forceNew: true })];
    const heard = [];
    inside.on("m", (value) => heard.push(value));
    outside.on("m", () => assert.fail("is not in the room"));
    await inside.emitWithAck("join", "room");
    for (const value of ["text", { binary: Buffer.of(1) }]) await outside.emitWithAck("bcast", "room", value);
    await until("both", () => heard.length === 2);
    assert.deepEqual(heard, ["text", { binary: Buffer.of(1) }]);
    inside.disconnect();
    outside.disconnect();
  });

  it("socketio closes a connection that does not join a namespace within a second", async () => {
    const socket = new Socket(servers["socketio, hasty"].url, { path: "/socket.io/", transports: ["websocket"] });
    await next(socket, "open");
    await next(socket, "close");
  });
});

describe("interop with other values", () => {
  it("takes them from its flags", async () => {
    const server = await start("./examples/interop", "socketio", "--port", "0", "--ping-interval", "1s", "--ping-timeout", "2s",
      "--max-payload", "5000", "--connect-timeout", "100ms", "--origin", "https://friend.example");
    const url = `${server.url}/socket.io/`;
    const { pingInterval, pingTimeout, maxPayload, origin } = await handshake(url, { origin: "https://friend.example" });
    assert.deepEqual({ pingInterval, pingTimeout, maxPayload, origin },
      { pingInterval: 1000, pingTimeout: 2000, maxPayload: 5000, origin: "https://friend.example" });
    assert.equal((await fetch(`${url}?EIO=4&transport=polling`, { headers: { origin: "https://elsewhere.example" } })).status, 403);
    const socket = new Socket(server.url, { path: "/socket.io/", transports: ["websocket"] });
    await next(socket, "open");
    await next(socket, "close");
    await server.stop();
  });
});
