// A Go server and npm's server with @socket.io/redis-adapter share rooms through
// Redis.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, afterEach, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { createClient } from "@redis/client";
import { io } from "socket.io-client";
import { io as io3 } from "socket.io-client-3";
import { next, start, until } from "./harness.js";
import { startNode } from "./redis.js";

for (const specific of [false, true]) {
  describe(`a Go and a Node server, ${specific ? "answers to the asker" : "answers to all"}`, () => {
    let go, node, redis;
    const sockets = [];
    const opts = { publishOnSpecificResponseChannel: specific };

    const servers = (n) => {
      let count = 0;
      const ask = async () => (count = await node.io.of("/").adapter.serverCount());
      return until(`${n} servers`, () => (void ask().catch(() => {}), count === n));
    };
    before(async () => {
      go = await start("./test/conformance/redis", ...(specific ? ["-specific"] : []));
      redis = await (await fetch(go.url + "/redis")).text();
      node = await startNode(redis, opts);
      await servers(2);
    });
    after(async () => {
      await node.stop();
      await go.stop();
    });
    afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));

    /** Connects an official client, which records the events that it receives. */
    const connect = async (server, client = io) => {
      const socket = client(server.url, { forceNew: true, transports: ["websocket"], reconnection: false });
      sockets.push(socket);
      socket.heard = [];
      socket.onAny((...event) => socket.heard.push(event));
      await next(socket, "connect");
      return socket;
    };
    /** Connects one client to each server, both in a new room. */
    let rooms = 0;
    const pair = async () => {
      const [g, n] = [await connect(go), await connect(node)];
      const room = `room ${++rooms}`;
      await join([g, n], room);
      return { g, n, room };
    };
    const ids = async (room) => (await node.io.in(room).fetchSockets()).map(({ id }) => id).sort();
    const join = async (clients, room) => {
      node.io.in(clients.map(({ id }) => id)).socketsJoin(room);
      for (let joined = []; joined.length < clients.length; ) joined = await ids(room);
    };
    const last = async (...clients) => {
      for (const client of clients) await until("the last event", () => client.heard.at(-1)?.[0] === "last");
      return clients.map((client) => client.heard.splice(0).slice(0, -1));
    };

    it("broadcasts to rooms, in order, in both directions", async () => {
      const { g, n, room } = await pair();
      const args = ["é😀 <&>", 1, -1.5, 2 ** 40, null, true, [[]], { deep: [Buffer.from("one"), { k: Buffer.alloc(300, 7) }] }, Buffer.from("two")];
      const date = new Date(1_700_000_000_125);
      node.io.to(room).emit("args", ...args, date, [undefined]);
      node.io.to(room).except(g.id).emit("to Node");
      node.io.to(room).except(n.id).emit("to Go");
      node.io.to([room, "nowhere"]).compress(false).emit("both");
      node.io.local.to(room).emit("local");
      node.io.to(g.id).emit("alone");
      node.io.emit("all");
      node.io.to(room).emit("last");
      const sent = [...args, date.toISOString(), [null]];
      assert.deepEqual(await last(g, n), [
        [["args", ...sent], ["to Go"], ["both"], ["alone"], ["all"]],
        [["args", ...sent], ["to Node"], ["both"], ["local"], ["all"]],
      ]);

      await g.emitWithAck("emit", { rooms: [room] }, "args", ...args);
      await g.emitWithAck("emit", { rooms: [room], except: [g.id] }, "to Node");
      await g.emitWithAck("emit", { rooms: [room], except: [n.id] }, "to Go");
      await g.emitWithAck("emit", { rooms: [room, "nowhere"] }, "both");
      await g.emitWithAck("emit", { rooms: [room], local: true }, "local");
      await g.emitWithAck("emit", { rooms: [n.id] }, "alone");
      await g.emitWithAck("emit", {}, "all");
      await g.emitWithAck("emit", { rooms: [room] }, "last");
      assert.deepEqual(await last(g, n), [
        [["args", ...args], ["to Go"], ["both"], ["local"], ["all"]],
        [["args", ...args], ["to Node"], ["both"], ["alone"], ["all"]],
      ]);
    });

    it("broadcasts volatile events", async () => {
      const { g, n, room } = await pair(); // the clients must not have other packets in flight
      node.io.to(room).volatile.emit("volatile");
      await until("the event", () => g.heard.length + n.heard.length === 2);
      await g.emitWithAck("emit", { rooms: [room], except: [g.id], volatile: true }, "volatile");
      await until("the other event", () => n.heard.length === 2);
    });

    it("accepts a number as a room's name, from Node to Go", async () => {
      const { g } = await pair();
      await g.emitWithAck("join", { rooms: [g.id] }, "7");
      node.io.to(7).emit("seven");
      await until("the event", () => g.heard.some(([event]) => event === "seven"));
    });

    it("gets one byte per element of a typed array, like Node", async () => {
      const other = await startNode(redis, opts);
      await servers(3);
      const { g, n, room } = await pair();
      const o = await connect(other);
      await join([o], room);
      const floats = Float32Array.of(1.5, 2, 300);
      node.io.to(room).emit("floats", floats, Buffer.from(floats.buffer), new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
      node.io.to(room).emit("last");
      const bytes = [Buffer.from(floats.buffer), Buffer.of(2, 3)];
      const [atGo, atNode, atSame] = await last(g, o, n);
      assert.deepEqual(atGo, [["floats", Buffer.of(1, 2, 300 % 256), ...bytes]]);
      assert.deepEqual(atNode, atGo);
      assert.deepEqual(atSame[0][1], Buffer.from(floats.buffer)); // the sender's own server keeps the whole array
      o.disconnect();
      await other.stop();
      await servers(2);
    });

    it("forwards eleven Buffers, for which current official clients close the connection", async () => {
      const { g, n, room } = await pair();
      const old = await connect(go, io3);
      await join([old], room);
      const eleven = Array.from({ length: 11 }, (_, i) => Buffer.of(i));
      const closed = next(g, "disconnect");
      node.io.to(room).except(n.id).emit("eleven", ...eleven);
      await until("the Buffers", () => old.heard.length > 0);
      assert.deepEqual(old.heard[0], ["eleven", ...eleven]);
      assert.equal((await closed)[0], "parse error");

      const refused = next(n, "disconnect"); // the Node server is affected, too
      n.emit("eleven", ...eleven);
      assert.equal((await refused)[0], "transport close");
    });

    it("moves and disconnects the other's sockets", async () => {
      const { g, n, room } = await pair();
      const names = (id) => async () => (await node.io.in(id).fetchSockets())[0]?.rooms;
      for (const [client, act] of [
        [g, { join: (room) => node.io.in(g.id).socketsJoin(room), leave: (room) => node.io.in(g.id).socketsLeave(room) }],
        [n, { join: (room) => g.emitWithAck("join", { rooms: [n.id] }, room), leave: (room) => g.emitWithAck("leave", { rooms: [n.id] }, room) }],
      ]) {
        const inside = names(client.id);
        await act.join("moved");
        while (!(await inside()).has("moved"));
        await act.leave("moved");
        while ((await inside()).has("moved"));
      }
      const gone = next(n, "disconnect");
      await g.emitWithAck("disconnect all", { rooms: [room], except: [g.id] });
      assert.match((await gone)[0], /^(io server disconnect|transport close)$/);
      const goneToo = next(g, "disconnect");
      node.io.in(room).disconnectSockets();
      assert.equal((await goneToo)[0], "io server disconnect");
      assert.deepEqual(await ids(room), []);
    });

    it("describes the other's sockets", async () => {
      const { g, n, room } = await pair();
      const { sockets: found, complete } = await g.emitWithAck("fetch", { rooms: [room] });
      assert.equal(complete, true);
      const atNode = found.find(({ id }) => id === n.id);
      assert.deepEqual(atNode.rooms.sort(), [n.id, room, "room of " + n.id].sort());
      assert.deepEqual(atNode.data, { name: "node" });
      assert.equal(atNode.handshake.headers.upgrade, "websocket");
      const atGo = (await node.io.in(room).fetchSockets()).find(({ id }) => id === g.id);
      assert.deepEqual([...atGo.rooms].sort(), [g.id, room, "room of " + g.id].sort());
      assert.deepEqual(atGo.data, { name: "gopher" });
      assert.deepEqual(Object.keys(atGo.handshake).sort(), Object.keys(atNode.handshake).sort());
      atGo.emit("through its description");
      await until("the event", () => g.heard.some(([event]) => event === "through its description"));

      const both = [g.id, n.id, room, "room of " + g.id, "room of " + n.id];
      const all = [[...(await node.io.of("/").adapter.allRooms())], await g.emitWithAck("all rooms", {})];
      for (const rooms of all) assert.deepEqual(both.filter((room) => !rooms.includes(room)), []);
    });

    it("exchanges server-side events", async () => {
      const { g, n } = await pair();
      node.io.serverSideEmit("hello", 1, { k: ["v"] }, Buffer.from("x"));
      await until("the event", () => g.heard.length > 0);
      assert.deepEqual(g.heard, [["hello", 1, { k: ["v"] }, { type: "Buffer", data: [120] }]]); // Node sends server-side events as JSON
      await g.emitWithAck("server side", {}, "hello", 2, Buffer.from("y"));
      await until("the event", () => n.heard.length > 0);
      assert.deepEqual(n.heard, [["hello", 2, Buffer.from("y")]]);

      assert.deepEqual(await node.io.serverSideEmitWithAck("echo", { k: "v" }), [{ k: "v" }]);
      for (const value of ["v", { deep: Buffer.from("z") }]) {
        const got = await g.emitWithAck("server side ask", {}, "echo", value);
        const want = value === "v" ? value : { deep: { type: "Buffer", data: [122] } };
        assert.deepEqual(got, { answers: [want], complete: true });
      }
      await assert.rejects(node.io.serverSideEmitWithAck("nobody answers"), /only 0 responses received out of 1/);
      assert.deepEqual(await g.emitWithAck("server side ask", {}, "nobody answers"), { answers: [], complete: false });
    });

    it("collects the answers of a room, and reports missing ones", async () => {
      const { g, n, room } = await pair();
      for (const [client, name] of [[g, "g"], [n, "n"]]) client.on("question", (binary, answer) => answer({ name, binary }));
      const answers = ["g", "n"].map((name) => ({ name, binary: Buffer.from("b") }));
      const sorted = (list) => list.sort((a, b) => (a.name < b.name ? -1 : 1));
      assert.deepEqual(sorted(await node.io.to(room).timeout(60_000).emitWithAck("question", Buffer.from("b"))), answers);
      const got = await g.emitWithAck("ask", { rooms: [room], timeout: 60_000 }, "question", Buffer.from("b"));
      assert.deepEqual({ ...got, answers: sorted(got.answers) }, { answers, complete: true });
      assert.deepEqual(await g.emitWithAck("ask", { rooms: ["nobody"], timeout: 60_000 }, "question"), { answers: [], complete: true });

      g.on("only g", (answer) => answer("g"));
      n.on("only n", (answer) => answer("n"));
      for (const name of ["g", "n"]) {
        const asked = node.io.to(room).timeout(2000).emitWithAck(`only ${name}`);
        await assert.rejects(asked, (error) => (assert.deepEqual(error.responses, [name]), true));
        assert.deepEqual(await g.emitWithAck("ask", { rooms: [room], timeout: 2000 }, `only ${name}`), { answers: [name], complete: false });
      }
    });

    it("continues when a Node server dies", async () => {
      const { g, n, room } = await pair();
      const child = spawn(process.execPath, [fileURLToPath(new URL("redis.js", import.meta.url)), redis], { stdio: ["ignore", "pipe", "inherit"] });
      await once(createInterface(child.stdout), "line");
      await servers(3);
      const dead = once(child, "exit");
      // The Node server dies before it answers.
      assert.deepEqual(await g.emitWithAck("server side ask", {}, "die"), { answers: [], complete: false });
      assert.equal((await dead)[1], "SIGKILL");
      await servers(2);
      const found = await g.emitWithAck("fetch", { rooms: [room] });
      assert.deepEqual([found.sockets.map(({ id }) => id).sort(), found.complete], [[g.id, n.id].sort(), true]);
    });

    it("reports a server that never answers", async () => {
      const { g, n, room } = await pair();
      const silent = createClient({ url: redis });
      await silent.connect();
      await silent.subscribe("socket.io-request#/#", () => {});
      const found = await g.emitWithAck("fetch", { rooms: [room] });
      assert.deepEqual([found.sockets.map(({ id }) => id).sort(), found.complete], [[g.id, n.id].sort(), false]);
      silent.destroy();
      await servers(2);
    });

    it("recovers after Redis has restarted", async () => {
      const { g, n, room } = await pair();
      assert.equal((await fetch(go.url + "/redis/kill", { method: "POST" })).status, 200);
      await g.emitWithAck("emit", { rooms: [room] }, "at Go only");
      await until("the event at the same server", () => g.heard.length > 0);
      assert.equal((await fetch(go.url + "/redis/start", { method: "POST" })).status, 200);
      await servers(2);
      node.io.to(room).emit("last");
      assert.deepEqual(await last(g, n), [[["at Go only"]], []]);
      await g.emitWithAck("emit", { rooms: [room] }, "last");
      assert.deepEqual(await last(g, n), [[], []]);
    });
  });
}
