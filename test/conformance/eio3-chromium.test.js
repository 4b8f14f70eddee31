// The browser builds of Socket.IO 2.x clients, in Chromium, with this server and with npm's. The
// page's origin differs from the servers'.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import vm from "node:vm";
import { chromium } from "playwright-core";
import { startOfficialEIO3 } from "./eio3-official.js";
import { chromiumPath, start, transports } from "./harness.js";

const versions = ["2.5.0", "2.0.4", "1.7.4"];
const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const scenarios = `${read("browser/scenarios.js")}\n${read("browser/eio3.js")}`;
const build = (client, path) => `;${read(`node_modules/${path}`)}\n;clients[${JSON.stringify(client)}] = io;`;
const script = [
  scenarios,
  build("current", "socket.io-client/dist/socket.io.min.js"),
  ...versions.map((version) => build(version, `socket.io-client-${version}/dist/socket.io.js`)),
].join("\n");
const { names, beyondASCII, impatient } = vm.runInNewContext(
  `${scenarios}; ({ beyondASCII, impatient, names: Object.keys({ ...eio3Scenarios, ...eio3PageScenarios }) })`,
);

let web, browser, page;
const servers = {};

before(async () => {
  web = createServer((request, response) => {
    const isScript = request.url === "/script.js";
    response.setHeader("content-type", isScript ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
    response.end(isScript ? script : '<!doctype html><title>clients</title><script src="/script.js"></script>');
  });
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  const origin = `http://127.0.0.1:${web.address().port}`;
  servers.ours = await start("./test/conformance/server", "-allow-eio3", "-origin", origin);
  servers.official = await startOfficialEIO3({ origin });
  servers["ours, impatient"] = await start("./test/conformance/server", "-allow-eio3", "-origin", origin, "-ping-timeout", "1s");
  servers["official, impatient"] = await startOfficialEIO3({ origin, pingTimeout: 1000 });
  // Chromium's own sandbox doesn't work as root, and its background requests are
  // useless here.
  browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const context = await browser.newContext();
  await context.addCookies([{ name: "who", value: "me", domain: "127.0.0.1", path: "/" }]);
  page = await context.newPage();
  await page.goto(origin);
});
after(async () => {
  await browser?.close();
  for (const server of Object.values(servers)) await server.stop();
  web?.close();
});

/**
 * What client 1.7.4 cannot do over long polling. It encodes text that is not ASCII twice, which a
 * server cannot detect. It reads long text, and text that is not ASCII, only from binary
 * payloads, which npm's server sends only for binary.
 */
function beyond(version, server, list) {
  if (version !== "1.7.4" || !list.includes("polling")) return [];
  return server === "ours" ? beyondASCII.slice(0, -1) : [...beyondASCII, "sends and receives much at once"];
}

for (const version of versions) {
  for (const [transport, list] of Object.entries(transports)) {
    for (const server of ["ours", "official"]) {
      describe(`socket.io-client ${version} in Chromium with ${server === "ours" ? "this server" : "npm's server"}, ${transport}`, () => {
        for (const name of names.filter((name) => !beyond(version, server, list).includes(name))) {
          const url = () => servers[impatient.includes(name) ? `${server}, impatient` : server].url;
          it(name, () => page.evaluate((args) => runEIO3(...args), [version, list, name, server, url()]));
        }
      });
    }
  }
}
