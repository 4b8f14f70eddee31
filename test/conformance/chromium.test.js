// The official clients' browser builds, in Chromium. The page's origin differs from the server's.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { chromium } from "playwright-core";
import { chromiumPath, start, transports } from "./harness.js";

const builds = [
  { kind: "socket", client: "socket.io-client 4", file: "socket.io-client/dist/socket.io.min.js", global: "io" },
  { kind: "socket", client: "socket.io-client 3", file: "socket.io-client-3/dist/socket.io.min.js", global: "io" },
  { kind: "engine", client: "engine.io-client 6", file: "engine.io-client/dist/engine.io.min.js", global: "eio" },
  { kind: "engine", client: "engine.io-client 4", file: "engine.io-client-4/dist/engine.io.min.js", global: "eio" },
];

const dist = fileURLToPath(new URL("node_modules/socket.io-client/dist", import.meta.url));
const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const scenarios = read("browser/scenarios.js");
const script = builds.reduce(
  (text, { client, file, global }) => `${text}\n;${read(`node_modules/${file}`)}\n;clients[${JSON.stringify(client)}] = ${global};`,
  scenarios,
);
const names = vm.runInNewContext(`${scenarios}; ({ socket: Object.keys(socketScenarios), engine: Object.keys(engineScenarios) })`);

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
  servers.socket = await start("./test/conformance/server", "-origin", origin);
  servers.engine = await start("./examples/interop", "engineio", "--port", "0", "--ping-interval", "100ms", "--ping-timeout", "20s", "--origin", origin);
  servers.compressing = await start("./test/conformance/server", "-origin", origin, "-compress-from", "1");
  servers.serving = await start("./test/conformance/server", "-origin", origin, "-client-files", dist);
  servers.anyone = await start("./test/conformance/server", "-origin", "*");
  // Chromium's own sandbox doesn't work as root, and its background requests are
  // useless here.
  browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  page = await visit(origin);
});
after(async () => {
  await browser?.close();
  for (const server of Object.values(servers)) await server.stop();
  web?.close();
});

/** Opens a page of an origin, which has a cookie for the servers' host. */
async function visit(origin) {
  const context = await browser.newContext();
  await context.addCookies([{ name: "who", value: "me", domain: "127.0.0.1", path: "/" }]);
  const opened = await context.newPage();
  await opened.goto(origin);
  return opened;
}

for (const { kind, client } of builds) {
  for (const [name, list] of Object.entries(transports)) {
    describe(`${client} in Chromium, ${name}`, () => {
      for (const scenario of names[kind]) {
        it(scenario, () => page.evaluate((args) => run(...args), [kind, client, list, scenario, servers[kind].url]));
      }
    });
  }
}

// Chromium always offers compression.
describe("socket.io-client 4 in Chromium, compressed", () => {
  for (const scenario of names.socket) {
    it(scenario, () => page.evaluate((args) => run(...args), ["socket", "socket.io-client 4", ["websocket"], scenario, servers.compressing.url]));
  }
});

describe("the client that the server serves, in Chromium", () => {
  const connected = (page) =>
    page.evaluate(
      (url) =>
        new Promise((resolve, reject) => {
          const socket = globalThis.io(url, { forceNew: true });
          socket.on("connect_error", reject);
          socket.on("connect", () => resolve(socket.disconnect().disconnected));
        }),
      servers.serving.url,
    );

  for (const file of ["socket.io.js", "socket.io.min.js"]) {
    it(`${file} as a script`, async () => {
      const opened = await visit(page.url());
      await opened.addScriptTag({ url: `${servers.serving.url}/socket.io/${file}` });
      assert.equal(await connected(opened), true);
    });
  }

  it("socket.io.esm.min.js as a module of another origin", async () => {
    const opened = await visit(page.url());
    await opened.evaluate(async (url) => {
      globalThis.io = (await import(url)).io;
    }, `${servers.serving.url}/socket.io/socket.io.esm.min.js`);
    assert.equal(await connected(opened), true);
  });

  it("is compressed, and asked for again only if it has changed", async () => {
    const url = `${servers.serving.url}/socket.io/socket.io.esm.min.js`;
    const whole = readFileSync(new URL("node_modules/socket.io-client/dist/socket.io.esm.min.js", import.meta.url), "utf8");
    const response = await fetch(url);
    assert.equal(response.headers.get("content-encoding"), "gzip");
    assert.equal(await response.text(), whole);
    const again = await fetch(url, { headers: { "if-none-match": response.headers.get("etag") } });
    assert.equal(again.status, 304);
  });
});

describe("pages of other origins in Chromium", () => {
  /** Connects and returns the outcome. */
  const attempt = (from, url, list, withCredentials) =>
    from.evaluate(
      ([url, transports, withCredentials]) =>
        new Promise((resolve) => {
          const socket = clients["socket.io-client 4"](url, { transports, withCredentials, forceNew: true, reconnection: false });
          const end = (result) => {
            socket.close();
            resolve(result);
          };
          socket.on("connect_error", () => end("refused"));
          socket.on("connect", () => socket.emit("cookie", (cookie) => end(`with "${cookie}"`)));
        }),
      [url, list, withCredentials],
    );

  for (const [name, list] of Object.entries(transports)) {
    it(`are refused unless they are named, ${name}`, async () => {
      const foreign = await visit(page.url().replace("127.0.0.1", "localhost"));
      assert.equal(await attempt(foreign, servers.socket.url, list, true), "refused");
    });

    it(`are not the user where every origin may connect, ${name}`, async () => {
      assert.equal(await attempt(page, servers.anyone.url, list, false), 'with ""');
    });
  }

  it("tell the server when they are closed", async () => {
    const path = `/dynamic-${Math.floor(Math.random() * 1e9)}`;
    const join = (on) =>
      on.evaluate(
        (url) =>
          new Promise((resolve) => {
            globalThis.socket = clients["socket.io-client 4"](url, { transports: ["websocket"], forceNew: true });
            globalThis.socket.on("connect", resolve);
          }),
        servers.socket.url + path,
      );
    const leaver = await visit(page.url());
    await join(page);
    await join(leaver);
    await leaver.close();
    const reasons = [];
    for (const end = Date.now() + 60_000; !reasons.includes("transport close"); ) {
      assert.ok(Date.now() < end, `only ${reasons}`);
      reasons.push(await page.evaluate(() => new Promise((resolve) => globalThis.socket.emit("last reason", resolve))));
    }
    await page.evaluate(() => globalThis.socket.close());
  });
});
