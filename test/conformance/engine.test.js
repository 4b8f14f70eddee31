import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as current from "engine.io-client";
import * as previous from "engine.io-client-4";
import { next, start, transports, until } from "./harness.js";

const clients = {
  "engine.io-client 6": (url, opts) => new current.Socket(url, opts),
  "engine.io-client 4": (url, opts) => new (previous.default.Socket ?? previous.Socket)(url, opts),
};

let server;
before(async () => {
  server = await start("./examples/interop", "engineio", "--port", "0", "--ping-interval", "100ms", "--ping-timeout", "20s");
});
after(() => server.stop());

for (const [client, connect] of Object.entries(clients)) {
  for (const [name, list] of Object.entries(transports)) {
    describe(`${client}, ${name}`, () => {
      const open = async () => {
        const socket = connect(server.url, { transports: list });
        socket.binaryType = "arraybuffer";
        await next(socket, "open");
        return socket;
      };

      it("sends and receives text", async () => {
        const socket = await open();
        for (const text of ["hello", "héllo €😀", "x".repeat(100_000), "\u2028\u0000\ufffd"]) {
          socket.send(text);
          assert.deepEqual(await next(socket, "message"), [text]);
        }
        socket.close();
      });

      it("sends and receives binary", async () => {
        const socket = await open();
        for (const bytes of [[], [0, 1, 254, 255], Array(70_000).fill(7)]) {
          socket.send(Uint8Array.from(bytes).buffer);
          const [got] = await next(socket, "message");
          assert.deepEqual(Buffer.from(got), Buffer.from(bytes));
        }
        socket.close();
      });

      it("sends binary as base64 if it is told to", async () => {
        const socket = connect(server.url, { transports: list, forceBase64: true });
        socket.binaryType = "arraybuffer";
        await next(socket, "open");
        if (list.length > 1) await until("the upgrade", () => socket.transport.name === "websocket");
        for (const bytes of [[], [0, 1, 254, 255]]) {
          socket.send(Uint8Array.from(bytes).buffer);
          const [got] = await next(socket, "message");
          assert.deepEqual(Buffer.from(got), Buffer.from(bytes));
        }
        socket.close();
      });

      it("keeps the order of many messages across the upgrade", async () => {
        const socket = await open();
        const got = [];
        socket.on("message", (text) => got.push(Number(text)));
        for (let i = 0; i < 500; i++) {
          socket.send(String(i));
          if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
        }
        await until("all messages", () => got.length === 500);
        assert.deepEqual(got, [...Array(500).keys()]);
        if (list.length > 1) await until("the upgrade", () => socket.transport.name === "websocket");
        socket.close();
      });

      // Version 4 ignores maxPayload when it assembles a payload.
      if (client !== "engine.io-client 4" || list[0] === "websocket") {
        it("sends more at once than one payload may hold", async () => {
          const socket = await open();
          const parts = [..."abcde"].map((letter) => letter.repeat(300_000));
          const got = [];
          socket.on("message", (text) => got.push(text));
          for (const part of parts) socket.send(part);
          await until("all parts", () => got.length === parts.length);
          assert.deepEqual(got, parts);
          socket.close();
        });
      }

      it("stays with its first transport if it is told to", async () => {
        const socket = connect(server.url, { transports: list, upgrade: false });
        await next(socket, "open");
        socket.send("hello");
        assert.deepEqual(await next(socket, "message"), ["hello"]);
        let pings = 0;
        socket.on("packet", ({ type }) => (pings += type === "ping"));
        await until("a heartbeat, long after an upgrade would have come", () => pings === 1);
        assert.equal(socket.transport.name, list[0]);
        socket.close();
      });

      it("answers heartbeats", async () => {
        const socket = await open();
        let pings = 0;
        socket.on("packet", ({ type }) => (pings += type === "ping"));
        await until("five heartbeats", () => pings === 5);
        assert.equal(socket.readyState, "open");
        socket.close();
      });

      it("closes", async () => {
        const socket = await open();
        const closed = next(socket, "close");
        socket.close();
        const [reason] = await closed;
        assert.equal(reason, "forced close");
      });
    });
  }
}

describe("compression", () => {
  let compressing;
  before(async () => {
    compressing = await start("./examples/interop", "engineio", "--port", "0", "--compress-from", "1000");
  });
  after(() => compressing.stop());

  for (const [client, connect] of Object.entries(clients)) {
    it(`is used by ${client}`, async () => {
      const socket = connect(compressing.url, { transports: ["websocket"], perMessageDeflate: { threshold: 0 } });
      socket.binaryType = "arraybuffer";
      await next(socket, "open");
      assert.match(socket.transport.ws.extensions, /permessage-deflate/);
      let received = 0;
      socket.transport.ws._socket.on("data", (data) => (received += data.length));
      for (const message of ["short", "x".repeat(200_000), "é€😀".repeat(1000), "plain"]) {
        socket.send(message);
        assert.deepEqual(await next(socket, "message"), [message]);
      }
      socket.send(new Uint8Array(100_000).buffer);
      assert.deepEqual(Buffer.from((await next(socket, "message"))[0]), Buffer.alloc(100_000));
      assert.ok(received < 10_000, `${received} bytes came for 300,000`);
      socket.close();
    });
  }
});

describe("requests that no client sends", () => {
  const url = (query) => `${server.url}/engine.io/?${query}`;
  const handshake = async () => JSON.parse((await (await fetch(url("EIO=4&transport=polling"))).text()).slice(1));

  it("refuses another version and transport", async () => {
    for (const query of ["transport=polling", "EIO=abc&transport=polling", "EIO=3&transport=polling", "EIO=4", "EIO=4&transport=abc"]) {
      assert.equal((await fetch(url(query))).status, 400, query);
    }
  });

  it("gives the handshake its keys", async () => {
    const { sid, ...rest } = await handshake();
    assert.ok(sid);
    assert.deepEqual(rest, { upgrades: ["websocket"], pingInterval: 100, pingTimeout: 20_000, maxPayload: 1_000_000 });
  });

  it("lets any origin in", async () => {
    const response = await fetch(url("EIO=4&transport=polling"), { headers: { origin: "https://elsewhere.example" } });
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
  });

  it("refuses an oversized post with 413", async () => {
    const { sid } = await handshake();
    const response = await fetch(url(`EIO=4&transport=polling&sid=${sid}`), { method: "POST", body: "4" + "x".repeat(1_000_000) });
    assert.equal(response.status, 413);
  });
});
