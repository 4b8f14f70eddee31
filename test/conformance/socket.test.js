import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { io as current } from "socket.io-client";
import previous from "socket.io-client-3";
import { next, start, transports, until } from "./harness.js";

const clients = { "socket.io-client 4": current, "socket.io-client 3": previous.io ?? previous };

let server;
before(async () => {
  server = await start("./test/conformance/server");
});
after(() => server.stop());

/** Emits and waits for the acknowledgement, in a way that works with every client version. */
const ask = (socket, event, ...args) => new Promise((resolve) => socket.emit(event, ...args, (...reply) => resolve(reply)));

for (const [client, io] of Object.entries(clients)) {
  for (const [name, list] of Object.entries(transports)) {
    describe(`${client}, ${name}`, () => {
      const sockets = [];
      const connect = (path = "/", opts = {}) => {
        const socket = io(server.url + path, { transports: list, forceNew: true, reconnectionDelay: 10, ...opts });
        sockets.push(socket);
        return socket;
      };
      const joined = async (path, opts) => {
        const socket = connect(path, opts);
        await next(socket, "connect");
        return socket;
      };
      const close = () => sockets.splice(0).forEach((socket) => socket.disconnect());
      after(close);

      it("joins a namespace and is given its id", async () => {
        const socket = connect();
        const [id] = await next(socket, "welcome");
        assert.equal(id, socket.id);
        close();
      });

      it("is refused with an error and its data, and admitted with the right word", async () => {
        const wrong = connect("/private", { auth: { token: "wrong" } });
        const [error] = await next(wrong, "connect_error");
        assert.equal(error.message, "not authorized");
        assert.deepEqual(error.data, { code: 401, retry: false });
        await joined("/private", { auth: (give) => give({ token: "right" }) });
        close();
      });

      it("is refused an unknown namespace", async () => {
        const [error] = await next(connect("/unknown"), "connect_error");
        assert.equal(error.message, "Invalid namespace");
        close();
      });

      it("uses several namespaces on one connection", async () => {
        const root = await joined("/");
        const dynamic = root.io.socket("/dynamic-7");
        await next(dynamic, "connect");
        assert.notEqual(dynamic.id, root.id);
        assert.deepEqual(await ask(dynamic, "echo with ack", 1), [1]);
        dynamic.disconnect();
        assert.deepEqual(await ask(root, "echo with ack", 2), [2]);
        close();
      });

      it("gets arguments back unchanged", async () => {
        const socket = await joined();
        const args = [1, "2", { 3: [true, null] }, "é€😀\u2028", []];
        socket.emit("echo", ...args);
        assert.deepEqual(await next(socket, "echo"), args);
        assert.deepEqual(await ask(socket, "echo with ack", ...args), args);
        assert.deepEqual(await ask(socket, "echo with ack"), []);
        close();
      });

      it("sends and receives binary, also nested and in acknowledgements", async () => {
        const socket = await joined();
        const args = [Buffer.from([1, 2, 3]), { deep: [{ er: Buffer.from("x".repeat(5000)) }, 1] }, "text"];
        socket.emit("echo", ...args);
        assert.deepEqual(await next(socket, "echo"), args);
        assert.deepEqual(await ask(socket, "echo with ack", ...args), args);
        close();
      });

      it("answers the server's questions, with binary too, or lets them time out", async () => {
        const socket = await joined();
        socket.once("question", (text, reply) => reply(text + "!", Buffer.from("b")));
        assert.deepEqual(await ask(socket, "ask me", "why"), ["why!", Buffer.from("b")]);
        assert.match((await ask(socket, "ask me briefly", "why"))[0], /timed out/);
        close();
      });

      it("keeps the order of events sent while the transport changes", async () => {
        const socket = await joined();
        const got = [];
        socket.on("echo", (i) => got.push(i));
        for (let i = 0; i < 300; i++) {
          socket.emit("echo", i);
          if (i % 30 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
        }
        await until("all echoes", () => got.length === 300);
        assert.deepEqual(got, [...Array(300).keys()]);
        close();
      });

      it("sends what was buffered before the connection", async () => {
        const socket = connect();
        socket.emit("echo", "early");
        assert.deepEqual(await next(socket, "echo"), ["early"]);
        close();
      });

      it("is in rooms", async () => {
        const [a, b] = [await joined(), await joined()];
        const heard = { a: [], b: [] };
        a.on("said", (text) => heard.a.push(text));
        b.on("said", (text) => heard.b.push(text));
        assert.deepEqual(await ask(a, "join", "room " + name), [["room " + name]]);
        await ask(b, "join", "room " + name);
        await ask(a, "to others", "room " + name, "one");
        await ask(a, "to all", "room " + name, "two");
        await ask(b, "leave", "room " + name);
        await ask(a, "to all", "room " + name, "three");
        await until("all that was said", () => heard.a.length === 2 && heard.b.length === 2);
        assert.deepEqual(heard, { a: ["two", "three"], b: ["one", "two"] });
        close();
      });

      it("is moved, excluded, asked and disconnected with others", async () => {
        const [a, b, c] = [await joined(), await joined(), await joined()];
        const [from, to] = [`from ${Math.random()}`, `to ${Math.random()}`];
        const heard = [];
        for (const socket of [a, b]) await ask(socket, "join", from);
        assert.deepEqual(await ask(c, "move", from, to), [2]);

        c.on("said", (text) => heard.push(text));
        a.on("said", () => assert.fail("was left out"));
        await ask(c, "to all", from, "to nobody");
        await ask(a, "to the rest", to, "to the rest");
        await until("what was said", () => heard.length === 1);
        assert.deepEqual(heard, ["to the rest"]);

        a.on("question", (_, reply) => reply("a"));
        b.on("question", () => {}); // doesn't answer
        const [answers] = await ask(c, "ask all", to);
        assert.deepEqual(answers, ["a", "socketio: acknowledgement timed out: 1 of 2 clients answered"]);

        const gone = [next(a, "disconnect"), next(b, "disconnect")];
        c.emit("disconnect room", to);
        for (const [reason] of await Promise.all(gone)) assert.equal(reason, "io server disconnect");
        assert.equal(c.connected, true);
        close();
      });

      it("reaches the server's catch-all listeners", async () => {
        const socket = await joined();
        socket.emit("nobody listens to this", 1);
        socket.emit("error", "nor to this");
        assert.deepEqual(await ask(socket, "seen"), [["nobody listens to this", "error", "seen"]]);
        close();
      });

      it("is refused one namespace too many, and keeps the others", async () => {
        const root = await joined();
        const outcomes = [];
        for (let i = 0; i < 40; i++) {
          const socket = root.io.socket(`/dynamic-${i}`);
          sockets.push(socket);
          socket.on("connect", () => outcomes.push("in"));
          socket.on("connect_error", (error) => outcomes.push(error.message));
        }
        await until("an answer for each", () => outcomes.length === 40);
        assert.equal(outcomes.filter((outcome) => outcome === "in").length, 31);
        assert.equal(outcomes.filter((outcome) => outcome === "Too many namespaces").length, 9);
        assert.deepEqual(await ask(root, "echo with ack", 1), [1]);
        close();
      });

      it("reconnects when the server is back, and sends what it has buffered", async () => {
        const first = await start("./test/conformance/server");
        const socket = io(first.url, { transports: list, forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 50 });
        sockets.push(socket);
        await next(socket, "connect");
        const left = next(socket, "disconnect");
        await first.stop();
        await left;
        socket.emit("echo", "buffered");
        await next(socket.io, "reconnect_attempt");
        const second = await start("./test/conformance/server", "-port", new URL(first.url).port);
        assert.deepEqual(await next(socket, "echo"), ["buffered"]);
        close();
        await second.stop();
      });

      it("is disconnected by the server, and does not reconnect", async () => {
        for (const closeTransport of [false, true]) {
          const socket = await joined();
          socket.emit("disconnect me", closeTransport);
          assert.equal((await next(socket, "disconnect"))[0], "io server disconnect");
          assert.equal(socket.active ?? false, false);
        }
        close();
      });

      it("reconnects when its transport is closed", async () => {
        const socket = await joined();
        const { id } = socket;
        socket.emit("cut me", true);
        assert.equal((await next(socket, "disconnect"))[0], "transport close");
        await next(socket, "connect");
        assert.notEqual(socket.id, id);
        close();
      });

      // React's StrictMode mounts twice. Of the calls below, only CONNECT packets
      // reach the server.
      it("connects, disconnects and connects beside another namespace, and is connected once", async () => {
        const other = await joined("/dynamic-7");
        other.on("disconnect", (reason) => assert.fail(`the connection ended: ${reason}`));
        const room = `room ${Math.random()}`;
        for (const pause of [() => {}, () => ask(other, "echo with ack")]) {
          const socket = other.io.socket("/");
          socket.disconnect();
          await pause(); // the server may have accepted the first one
          socket.connect();
          await next(socket, "connect");
          let heard = 0;
          socket.on("said", () => heard++);
          do {
            heard = 0;
            await ask(socket, "join", room); // a CONNECT that is being answered may undo it
            await ask(socket, "to all", room, "hello");
            await ask(socket, "echo with ack");
            assert.ok(heard <= 1, `heard ${heard} times`);
          } while (heard === 0);
          socket.disconnect();
        }
        other.off("disconnect");
        close();
      });

      it("tells the server why it leaves", async () => {
        const path = "/dynamic-" + Math.floor(Math.random() * 1e9);
        const watcher = await joined(path);
        const leaver = await joined(path);
        await ask(leaver, "echo with ack");
        // Earlier tests' sockets share the handlers, so that their reasons arrive,
        // too.
        const reasons = [];
        leaver.disconnect();
        await until("the reason", () => {
          ask(watcher, "last reason").then(([reason]) => reasons.push(reason));
          return reasons.includes("client namespace disconnect");
        });
        close();
      });
    });
  }
}

describe("socket.io-client 4", () => {
  it("gives up waiting for an acknowledgement", async () => {
    const socket = current(server.url, { forceNew: true });
    await assert.rejects(socket.timeout(50).emitWithAck("never acknowledged"));
    socket.disconnect();
  });

  it("retries unacknowledged events, in order", async () => {
    const socket = current(server.url, { forceNew: true, retries: 3, ackTimeout: 100 });
    const answers = await Promise.all(["one", "two"].map((text) => socket.emitWithAck("echo with ack", text)));
    assert.deepEqual(answers, ["one", "two"]);
    await assert.rejects(socket.emitWithAck("never acknowledged"));
    const seen = await socket.emitWithAck("seen");
    assert.equal(seen.filter((name) => name === "never acknowledged").length, 4);
    socket.disconnect();
  });

  it("finds the server at another path", async () => {
    const own = await start("./test/conformance/server", "-path", "/chat/live/");
    for (const transport of ["polling", "websocket"]) {
      const socket = current(own.url, { forceNew: true, transports: [transport], path: "/chat/live/" });
      await next(socket, "connect");
      socket.disconnect();
      const wrong = current(own.url, { forceNew: true, transports: [transport], reconnection: false });
      await next(wrong, "connect_error");
      wrong.disconnect();
    }
    await own.stop();
  });

  it("drops volatile events while it is not connected", async () => {
    const socket = current(server.url, { forceNew: true, transports: ["websocket"] });
    const got = [];
    socket.on("echo", (text) => got.push(text));
    socket.volatile.emit("echo", "lost");
    await next(socket, "connect");
    socket.volatile.emit("echo", "seen");
    await until("the echo", () => got.length > 0);
    assert.deepEqual(got, ["seen"]);
    await socket.emitWithAck("volatile", "from the server");
    socket.disconnect();
  });

  it("disconnects when the server stops", async () => {
    const own = await start("./test/conformance/server");
    const sockets = ["polling", "websocket"].map((transport) =>
      current(own.url, { forceNew: true, transports: [transport], reconnection: false }));
    await Promise.all(sockets.map((socket) => next(socket, "connect")));
    const left = sockets.map((socket) => next(socket, "disconnect"));
    await own.stop();
    const reasons = (await Promise.all(left)).map(([reason]) => reason);
    // With polling it must look like a lost connection, or Python's client would
    // not reconnect.
    assert.deepEqual(reasons, ["transport error", "transport close"]);
  });
});
