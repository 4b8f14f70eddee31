import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createServer } from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Server } from "socket.io";
import { instrument } from "@socket.io/admin-ui";
import { io } from "socket.io-client";
import { chromium } from "playwright-core";
import { chromiumPath, next, start, until } from "./harness.js";

const page = join(dirname(createRequire(import.meta.url).resolve("@socket.io/admin-ui")), "..", "ui", "dist");
const credentials = { username: "admin", password: "secret" };

const servers = {
  ours: () => start("./test/conformance/features", "-recovery=0", "-admin-page", page),
  official: async () => {
    const http = createServer();
    const server = new Server(http);
    // the bcrypt hash of "secret", with the lowest cost
    const password = "$2a$04$5SQ0glb6jOHg0K6Ktl.PfubwLyegFCb6BAsPIiRb3wP6IhqAedRtW";
    instrument(server, { auth: { type: "basic", username: "admin", password }, mode: "development" });
    server.on("connection", (socket) => {
      socket.join("room of " + socket.id);
      socket.emit("welcome", false);
      socket.on("echo", (...args) => args.pop()(...args));
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return { url: `http://127.0.0.1:${http.address().port}`, stop: () => new Promise((done) => server.close(() => done())) };
  },
};

for (const [name, startServer] of Object.entries(servers)) {
  describe(`admin namespace, ${name}`, () => {
    let server;
    const sockets = [];
    before(async () => (server = await startServer()));
    after(() => (sockets.forEach((socket) => socket.disconnect()), server.stop()));
    const connect = (path, opts) => {
      const socket = io(server.url + path, { forceNew: true, transports: ["websocket"], reconnection: false, ...opts });
      sockets.push(socket);
      return socket;
    };

    it("refuses who does not have the password", async () => {
      for (const auth of [{}, { username: "admin", password: "wrong" }, { username: "eve", password: "secret" }, { sessionId: "x" }]) {
        const [error] = await next(connect("/admin", { auth }), "connect_error");
        assert.equal(error.message, "invalid credentials");
      }
    });

    it("shows sockets, rooms and events, and takes commands", async () => {
      const ann = connect("/");
      await next(ann, "welcome");
      const admin = connect("/admin", { auth: credentials });
      const heard = {};
      admin.onAny((event, ...args) => (heard[event] ??= []).push(args));
      await until("a session, the sockets and a report", () => heard.session && heard.all_sockets && heard.server_stats);
      const [{ supportedFeatures }] = heard.config[0];
      assert.deepEqual(supportedFeatures.sort(), [
        "AGGREGATED_EVENTS", "ALL_EVENTS", "DISCONNECT", "EMIT", "JOIN", "LEAVE", "MDISCONNECT", "MJOIN", "MLEAVE",
      ]);
      const shown = heard.all_sockets[0][0].find((s) => s.id === ann.id);
      assert.deepEqual(Object.keys(shown).sort(), ["clientId", "data", "handshake", "id", "nsp", "rooms", "transport"]);
      assert.deepEqual([shown.nsp, shown.transport, shown.rooms.sort()], ["/", "websocket", [ann.id, "room of " + ann.id].sort()]);
      assert.equal(shown.clientId.length, 12);
      assert.deepEqual(Object.keys(shown.handshake).sort(), ["address", "headers", "issued", "query", "secure", "time", "url", "xdomain"]);
      const [stats] = heard.server_stats[0];
      assert.deepEqual(
        ["serverId", "hostname", "pid", "uptime", "clientsCount", "pollingClientsCount", "aggregatedEvents", "namespaces"].filter((key) => !(key in stats)), [],
      );
      await until("the number of sockets", () =>
        heard.server_stats.some(([{ namespaces }]) => namespaces.some((n) => n.name === "/" && n.socketsCount === 1)));

      const bob = connect("/");
      await next(bob, "welcome");
      bob.emit("echo", 1, () => {});
      admin.emit("join", "/", "moved", bob.id);
      admin.emit("emit", "/", "moved", "from the admin", 1, { two: 2 });
      assert.deepEqual(await next(bob, "from the admin"), [1, { two: 2 }]);
      admin.emit("leave", "/", "moved", null);
      admin.emit("_disconnect", "/", false, bob.id);
      assert.equal((await next(bob, "disconnect"))[0], "io server disconnect");
      const of = (event, ...start) => (heard[event] ?? []).filter((args) => start.every((value, i) => JSON.stringify(args[i]) === JSON.stringify(value)));
      const { id } = heard.socket_connected.find(([s]) => s.nsp === "/")[0];
      await until("all that has happened", () => of("socket_disconnected", "/", id).length === 1 && of("room_left", "/", "moved", id).length === 1);
      assert.equal(of("room_joined", "/", "moved", id).length, 1);
      assert.equal(of("room_left", "/", id, id).length, 1);
      assert.equal(of("event_received", "/", id, ["echo", 1]).length, 1);
      assert.equal(of("event_sent", "/", id, ["from the admin", 1, { two: 2 }]).length, 1);
      assert.equal(of("socket_disconnected", "/", id, "server namespace disconnect").length, 1);
      for (const args of [...heard.socket_connected, ...heard.room_joined, ...heard.event_sent]) {
        assert.match(args.at(-1), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }
      assert.equal(connect("/").connected, false);

      const again = connect("/admin", { auth: { sessionId: heard.session[0][0] } });
      await next(again, "connect");
    });
  });
}

describe("admin page in Chromium", () => {
  it("shows rooms and sockets of our server", async () => {
    const server = await start("./test/conformance/features", "-recovery=0", "-admin-page", page);
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
    const ann = io(server.url, { forceNew: true, transports: ["websocket"] });
    try {
      await next(ann, "welcome");
      const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await tab.route("**", (route) => (route.request().url().startsWith(server.url) ? route.continue() : route.abort())); // the page requests fonts from elsewhere
      await tab.goto(server.url);
      await tab.getByLabel("Server URL").fill(server.url);
      await tab.getByLabel("Username").fill(credentials.username);
      await tab.getByLabel("Password").fill(credentials.password);
      await tab.getByRole("button", { name: "Connect" }).click();
      await tab.getByText(/^connected$/i).first().waitFor();
      await tab.getByRole("link", { name: "Sockets" }).click();
      await tab.getByText(ann.id).first().waitFor();
      await tab.getByRole("link", { name: "Rooms" }).click();
      await tab.getByText("room of " + ann.id).first().waitFor();
      if (process.env.PICTURES) await tab.screenshot({ path: join(process.env.PICTURES, "admin.png") });
    } finally {
      ann.disconnect();
      await browser.close();
      await server.stop();
    }
  });
});
