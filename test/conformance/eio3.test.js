// Socket.IO 2.x clients in Node. The server accepts them if the operator allows it.
// The same scenarios run with npm's server and its option allowEIO3, as the
// reference for what the clients can do.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import vm from "node:vm";
import { io as current } from "socket.io-client";
import { startOfficialEIO3 } from "./eio3-official.js";
import { start, transports } from "./harness.js";

const require = createRequire(import.meta.url);
const versions = ["2.5.0", "2.0.4", "1.7.4"];

const page = ["browser/scenarios.js", "browser/eio3.js"].map((path) => readFileSync(new URL(path, import.meta.url), "utf8"));
const { clients, beyondASCII, impatient, names, run } = vm.runInThisContext(
  `(() => { ${page.join("\n")}; return { clients, beyondASCII, impatient, names: Object.keys(eio3Scenarios), run: runEIO3 }; })()`,
);
clients.current = current;
for (const version of versions) clients[version] = require(`socket.io-client-${version}`);

const servers = {};
before(async () => {
  servers.ours = await start("./test/conformance/server", "-allow-eio3");
  servers.official = await startOfficialEIO3();
  servers["ours, impatient"] = await start("./test/conformance/server", "-allow-eio3", "-ping-timeout", "1s");
  servers["official, impatient"] = await startOfficialEIO3({ pingTimeout: 1000 });
});
after(async () => {
  for (const server of Object.values(servers)) await server.stop();
});

for (const version of versions) {
  for (const [transport, list] of Object.entries(transports)) {
    for (const server of ["ours", "official"]) {
      describe(`socket.io-client ${version} with ${server === "ours" ? "this server" : "npm's server"}, ${transport}`, () => {
        // Over long polling, client 1.7.4 encodes some text twice and, in Node, expects the
        // server to do the same. Neither server supports it.
        const garbles = version === "1.7.4" && list.includes("polling");
        for (const name of names.filter((name) => !garbles || !beyondASCII.includes(name))) {
          const url = () => servers[impatient.includes(name) ? `${server}, impatient` : server].url;
          it(name, () => run(version, list, name, server, url()));
        }
      });
    }
  }
}

describe("socket.io-client 2.5.0", () => {
  it("is refused unless the operator lets it in", async () => {
    const server = await start("./test/conformance/server");
    for (const transport of ["polling", "websocket"]) {
      const socket = clients["2.5.0"](server.url, { transports: [transport], forceNew: true, reconnection: false });
      await assert.rejects(new Promise((resolve, reject) => socket.on("connect", resolve).on("connect_error", () => reject(new Error("refused")))), /refused/);
      socket.close();
    }
    await server.stop();
  });
});
