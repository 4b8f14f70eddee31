// Python's Socket.IO client, from the system's packages. It is the most used client
// outside JavaScript, often with long polling only, because its WebSocket support
// needs another package.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { start, until } from "./harness.js";

const script = fileURLToPath(new URL("python/client.py", import.meta.url));
const need = fileURLToPath(new URL("../../scripts/need", import.meta.url));

/** Starts a client and waits until it is connected. */
async function open(url, transport) {
  const child = spawn(python, [script, url, transport], { stdio: ["pipe", "pipe", "inherit"] });
  const heard = [];
  createInterface(child.stdout).on("line", (line) => heard.push(JSON.parse(line)));
  const client = {
    heard,
    emit: (...event) => child.stdin.write(JSON.stringify(event) + "\n"),
    /** Waits for this many lines of a kind, and returns their arguments. */
    async hear(kind, count = 1) {
      const found = () => heard.filter(([name]) => name === kind).map(([, ...args]) => args);
      await until(`${count} ${kind} of ${JSON.stringify(heard).slice(0, 300)}`, () => found().length >= count);
      return found();
    },
    async ask(...event) {
      const before = heard.filter(([name]) => name === "ack").length;
      client.emit(...event);
      return (await client.hear("ack", before + 1)).at(-1);
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
    kill: () => child.kill("SIGKILL"),
  };
  await client.hear("connect");
  return client;
}

let python;
before(() => {
  python = execFileSync(need, ["python"], { encoding: "utf8" }).trim().split("\n").at(-1);
});

for (const transport of ["polling", "websocket"]) {
  describe(`python-socketio, ${transport}`, () => {
    let server;
    const clients = [];
    const join = async (url = server.url) => {
      clients.push(await open(url, transport));
      return clients.at(-1);
    };
    before(async () => {
      server = await start("./test/conformance/server");
    });
    after(async () => {
      clients.forEach((client) => client.kill());
      await server.stop();
    });

    it("sends, acknowledges and receives text and binary", async () => {
      const client = await join();
      const args = [1, "2", { 3: [true, null] }, "é€😀", { bytes: Buffer.from([0, 1, 255]).toString("base64") }];
      assert.deepEqual(await client.ask("echo with ack", ...args), ["echo with ack", ...args]);
      client.emit("echo", ...args);
      assert.deepEqual((await client.hear("echo"))[0], args);
      await client.close();
    });

    it("receives more at once than one payload may hold", async () => {
      const client = await join();
      await client.ask("join", "room");
      const other = await join();
      for (let i = 0; i < 100; i++) other.emit("to all", "room", String(i));
      // It runs each handler in a new thread, and so in any order.
      const said = (await client.hear("said", 100)).map(([text]) => Number(text)).sort((a, b) => a - b);
      assert.deepEqual(said, [...Array(100).keys()]);
      assert.ok(!client.heard.some(([name]) => name === "disconnect"), "it was disconnected");
    });

    it("sends more at once than one packet may hold", async () => {
      const client = await join();
      for (let i = 0; i < 8; i++) client.emit("echo with ack", "x".repeat(400_000));
      assert.equal((await client.hear("ack", 8)).length, 8);
      assert.ok(!client.heard.some(([name]) => name === "disconnect"), "it was disconnected");
    });

    it("notices that a packet was refused", async () => {
      const client = await join();
      client.emit("echo", "x".repeat(1_100_000));
      if (transport === "websocket") {
        await client.hear("connect", 2); // after reconnecting
        return;
      }
      const [[error]] = await client.hear("connect_error");
      assert.match(error.message, /larger than 1000000 bytes/);
    });

    for (const [how, end] of [
      ["is stopped", (server) => server.stop()],
      ["is killed", (server) => server.kill()],
    ]) {
      it(`reconnects when the server ${how}`, async () => {
        const first = await start("./test/conformance/server");
        const client = await join(first.url);
        await end(first);
        await client.hear("disconnect");
        const second = await start("./test/conformance/server", "--port", new URL(first.url).port);
        await client.hear("connect", 2);
        assert.deepEqual(await client.ask("echo with ack", "again"), ["echo with ack", "again"]);
        client.kill();
        await second.stop();
      });
    }
  });
}
