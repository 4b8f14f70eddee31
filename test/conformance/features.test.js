import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { io } from "socket.io-client";
import * as msgpack from "socket.io-msgpack-parser";
import { next, start, until } from "./harness.js";
import { startOfficial } from "./official.js";

// Each scenario runs on our server and on npm's, as the reference.
const servers = {
  ours: ({ recovery, msgpack } = {}) =>
    start("./test/conformance/features", ...(recovery ? [`-recovery=${recovery}ms`] : []), ...(msgpack ? ["-msgpack"] : [])),
  official: startOfficial,
};

for (const [name, startServer] of Object.entries(servers)) {
  describe(`features, ${name}`, () => {
    let server;
    before(async () => (server = await startServer()));
    after(() => server.stop());

    const sockets = [];
    afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));
    const connect = async (url = server.url, opts = {}) => {
      const socket = io(url, { forceNew: true, transports: ["websocket"], reconnectionDelay: 50, ...opts });
      sockets.push(socket);
      socket.heard = [];
      socket.on("missed", (...args) => socket.heard.push(args));
      await next(socket, "welcome");
      return socket;
    };

    for (const transports of [["websocket"], ["polling"]]) {
      it(`lets a client come back, ${transports}`, async () => {
        const socket = await connect(server.url, { transports });
        const before = await socket.emitWithAck("who am I");
        assert.equal(before.recovered, false);
        assert.equal(socket.recovered ?? false, false);

        socket.emit("cut me");
        await next(socket, "disconnect");
        await next(socket, "connect");
        assert.equal(socket.recovered, true);
        assert.equal(socket.id, before.id);
        assert.deepEqual(await socket.emitWithAck("who am I"), { ...before, recovered: true });
        await until("what was missed", () => socket.heard.length === 2);
        assert.equal(socket.heard[0][0], "in a room");
        assert.deepEqual(socket.heard[1].slice(0, 2), ["alone", Buffer.from("binary")]);
        for (const args of socket.heard) assert.equal(typeof args.at(-1), "string"); // the offset, which listeners receive, too
      });
    }

    it("does not let a client come back too late, or after it has left", async () => {
      const own = await startServer({ recovery: 1 });
      const late = await connect(own.url);
      const { id } = late;
      late.emit("cut me");
      await next(late, "connect");
      assert.equal(late.recovered, false);
      assert.notEqual(late.id, id);
      await own.stop();

      const left = await connect();
      const was = left.id;
      left.disconnect().connect();
      await next(left, "connect");
      assert.equal(left.recovered, false);
      assert.notEqual(left.id, was);
    });

    it("collects the answers of a room, and says if one is missing", async () => {
      const [a, b] = [await connect(), await connect()];
      await a.emitWithAck("join", "asked", b.id);
      a.on("question", (answer) => answer("a"));
      b.once("question", (answer) => answer("b"));
      const all = await a.emitWithAck("ask all", "asked");
      assert.deepEqual({ ...all, answers: all.answers.sort() }, { complete: true, answers: ["a", "b"] });
      assert.deepEqual(await a.emitWithAck("ask all", "asked"), { complete: false, answers: ["a"] });
      assert.deepEqual(await a.emitWithAck("ask all", "nobody"), { complete: true, answers: [] });
    });

    it("describes sockets, and disconnects them", async () => {
      const [a, b] = [await connect(), await connect(server.url, { auth: { token: "t" }, query: { page: "7" } })];
      await a.emitWithAck("join", "fetched", b.id);
      const found = await a.emitWithAck("fetch", "fetched");
      assert.deepEqual(found.map((s) => s.id).sort(), [a.id, b.id].sort());
      const remote = found.find((s) => s.id === b.id);
      assert.deepEqual(remote.rooms.sort(), [b.id, "fetched", "room of " + b.id].sort());
      assert.deepEqual(remote.data, { name: "ann" });
      const { handshake } = remote;
      assert.deepEqual(Object.keys(handshake).sort(), [
        "address", "auth", "headers", "issued", "query", "secure", "time", "url", "xdomain",
      ]);
      assert.deepEqual([handshake.auth, handshake.query.page, handshake.secure, handshake.xdomain], [{ token: "t" }, "7", false, false]);
      assert.equal(handshake.headers.upgrade, "websocket");
      assert.match(handshake.address, /127\.0\.0\.1$/);

      const gone = next(b, "disconnect");
      b.emit("disconnect room", b.id);
      assert.equal((await gone)[0], "io server disconnect");
      assert.equal((await a.emitWithAck("fetch", "fetched")).length, 1);
    });

    it("asks middleware about each event, and tells of what is sent", async () => {
      const socket = await connect();
      await assert.rejects(socket.timeout(200).emitWithAck("forbidden"));
      assert.equal(await socket.emitWithAck("echo", 1), 1);
      assert.deepEqual(await socket.emitWithAck("sent"), ["welcome", "echo"]);
    });

    const handshake = "/socket.io/?EIO=4&transport=polling";
    it("gives cookie, ids and headers to clients that poll", async () => {
      const response = await fetch(server.url + handshake);
      const { sid } = JSON.parse((await response.text()).slice(1));
      assert.match(sid, /^engine-\d+$/);
      assert.equal(response.headers.get("set-cookie"), `io=${sid}; Path=/; HttpOnly; SameSite=Lax`);
      assert.equal(response.headers.get("x-initial"), "yes");
      const later = await fetch(`${server.url}${handshake}&sid=${sid}`, { method: "POST", body: "40" });
      assert.equal(later.headers.get("set-cookie"), null);
      assert.equal(later.headers.get("x-initial"), null);
    });

    it("answers a browser's question what a page may do", async () => {
      const { status, headers } = await fetch(server.url + handshake, {
        method: "OPTIONS",
        headers: { Origin: "https://friend.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-token" },
      });
      assert.equal(status, 204);
      const got = Object.fromEntries(["origin", "credentials"].map((name) => [name, headers.get(`access-control-allow-${name}`)]));
      assert.deepEqual(got, { origin: "https://friend.example", credentials: "true" });
      assert.equal(headers.get("access-control-allow-methods"), "GET,POST");
      assert.equal(headers.get("access-control-allow-headers"), "X-Token");
      assert.equal(headers.get("access-control-expose-headers"), "X-Initial");
      assert.equal(headers.get("access-control-max-age"), "60");
    });

    it("tells of the requests that it refuses", async () => {
      const socket = await connect();
      await socket.emitWithAck("refused"); // discards the refusals of other tests
      const base = `${server.url}/socket.io/`;
      const statuses = [];
      for (const [query, init] of [
        ["?EIO=4&transport=smoke"],
        ["?EIO=4&transport=polling&sid=nobody"],
        ["?EIO=4&transport=polling", { method: "POST", body: "" }],
        ["?EIO=4&transport=websocket"],
        ["?EIO=4&transport=polling", { headers: { "X-Banned": "yes" } }],
        [`?EIO=4&transport=polling&sid=${socket.io.engine.id}`],
      ]) {
        const response = await fetch(base + query, init);
        statuses.push(response.status);
        await response.text();
      }
      assert.deepEqual(statuses, [400, 400, 400, 400, 403, 400]);
      const refused = await socket.emitWithAck("refused");
      assert.deepEqual(refused.map(({ code, context }) => ({ code, context })), [
        { code: 0, context: { transport: "smoke" } },
        { code: 1, context: { sid: "nobody" } },
        { code: 2, context: { method: "POST" } },
        { code: 3, context: { name: "TRANSPORT_HANDSHAKE_ERROR" } },
        { code: 4, context: { message: "you are banned" } },
        { code: 3, context: { name: "TRANSPORT_MISMATCH", transport: "polling", previousTransport: "websocket" } },
      ]);
    });

    for (const transports of [["websocket"], ["polling"]]) {
      it(`speaks msgpack, ${transports}`, async () => {
        const own = await startServer({ msgpack: true });
        const socket = await connect(own.url, { transports, parser: msgpack.default ?? msgpack });
        const args = [1, -1.5, "é😀", null, true, [[]], { deep: [Buffer.from("bytes"), { big: 2 ** 40 }] }, Buffer.from([0, 255])];
        const echo = next(socket, "echo");
        const acknowledged = await new Promise((resolve) => socket.emit("echo", ...args, (...reply) => resolve(reply)));
        assert.deepEqual(acknowledged, args);
        assert.deepEqual((await echo).slice(0, -1), args); // the last argument is the offset
        socket.emit("cut me");
        await next(socket, "connect");
        assert.equal(socket.recovered, true);
        await until("what was missed", () => socket.heard.length === 2);
        assert.deepEqual(socket.heard[1].slice(0, 2), ["alone", Buffer.from("binary")]);
        await own.stop();
      });
    }
  });
}
