// Scenarios for Socket.IO 2.x clients, and the last 1.x, in Node and in a page. Load scenarios.js
// first. Each scenario gets connect(path, options), which opens a socket, and joined, which also
// waits until it is connected.

/** The scenarios for all platforms. */
const eio3Scenarios = {
  async "joins the default namespace automatically, and knows its id"({ connect }) {
    const socket = connect();
    const [id] = await next(socket, "welcome");
    equal([socket.id, socket.io.engine.id], [id, id]);
  },

  async "uses several namespaces on one connection"({ joined }) {
    const root = await joined();
    const dynamic = root.io.socket("/dynamic-7");
    const [id] = await next(dynamic, "welcome");
    equal(id, `/dynamic-7#${root.io.engine.id}`);
    equal(await ask(dynamic, "echo with ack", 1), [1]);
    dynamic.disconnect();
    equal(await ask(root, "echo with ack", 2), [2]);
  },

  async "joins another namespace alone"({ joined }) {
    equal(await ask(await joined("/dynamic-7"), "echo with ack", 1), [1]);
  },

  async "is refused with the error's data, and let in with the right word"({ connect, joined }) {
    equal(await next(connect("/private?token=wrong"), "error"), [{ code: 401, retry: false }]);
    await joined("/private?token=right");
  },

  async "is refused with the error's text where there is no data"({ connect }) {
    equal(await next(connect("/closed"), "error"), ["closed"]);
  },

  async "is refused an unknown namespace"({ connect, server }) {
    const text = "Invalid namespace";
    equal(await next(connect("/unknown"), "error"), [server === "official" ? { message: text } : text]);
  },

  async "gives its auth in the query"({ joined }) {
    const socket = await joined("/", { query: { token: "a&b=c" } });
    const [{ query }] = await ask(socket, "handshake");
    equal([query.token].flat(), ["a&b=c"]);
  },

  async "gives a namespace's auth in its query"({ joined }) {
    const socket = await joined("/dynamic-7?token=a%26b%3Dc");
    const [{ auth }] = await ask(socket, "handshake");
    equal(auth, { token: "a&b=c" });
  },

  async "gets arguments back unchanged"({ joined }) {
    const socket = await joined();
    const args = [1, "2", { 3: [true, null] }, "\u0000\"\\\n", []];
    socket.emit("echo", ...args);
    equal(await next(socket, "echo"), args);
    equal(await ask(socket, "echo with ack", ...args), args);
    equal(await ask(socket, "echo with ack"), []);
  },

  async "gets text of every kind back"({ joined }) {
    const socket = await joined();
    const texts = ["é", "€", "😀", "Ã©", "日本語 👩‍👩‍👧‍👦 \u2028\u2029\ufffd", "\u007f\u0080\u00ff"];
    for (const text of texts) {
      socket.emit("echo", text);
      equal(await next(socket, "echo"), [text]);
    }
    equal(await ask(socket, "echo with ack", ...texts), texts);
  },

  async "gets text of every kind beside binary"({ joined }) {
    const socket = await joined();
    const args = ["é€😀", bytes(1, 2, 255), { deep: "日本語" }];
    for (let i = 0; i < 3; i++) equal(await ask(socket, "echo with ack", ...args), args);
  },

  async "sends and receives binary, also nested and in acknowledgements"({ joined }) {
    const socket = await joined();
    const args = [bytes(1, 2, 255), { deep: [{ er: bytes(...Array(5000).fill(7)) }, 1] }, "text", bytes(0)];
    socket.emit("echo", ...args);
    equal(await next(socket, "echo"), args);
    equal(await ask(socket, "echo with ack", ...args), args);
  },

  async "sends and receives binary as base64"({ joined }) {
    const socket = await joined("/", { forceBase64: true });
    const args = [bytes(1, 2, 255), { deep: bytes(...Array(5000).fill(7)) }];
    equal(await ask(socket, "echo with ack", ...args), args);
  },

  async "sends and receives much at once"({ joined }) {
    const socket = await joined();
    for (const value of ["x".repeat(200_000), bytes(...Array(70_000).fill(9))]) {
      equal(await ask(socket, "echo with ack", value), [value]);
    }
  },

  async "answers the server's questions, with binary too"({ joined }) {
    const socket = await joined();
    socket.once("question", (text, reply) => reply(text + "!", bytes(1, 255)));
    equal(await ask(socket, "ask me", "why"), ["why!", bytes(1, 255)]);
  },

  async "keeps the order of events sent while the transport changes"({ joined, transports }) {
    const socket = await joined();
    const got = [];
    socket.on("echo", (i) => got.push(i));
    for (let i = 0; i < 300; i++) {
      socket.emit("echo", i);
      if (i % 30 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until("all echoes", () => got.length === 300);
    equal(got, [...Array(300).keys()]);
    if (transports.length > 1) await until("the upgrade", () => socket.io.engine.transport.name === "websocket");
  },

  async "sends what was buffered before the connection"({ connect }) {
    const socket = connect();
    socket.emit("echo", "early");
    equal(await next(socket, "echo"), ["early"]);
  },

  async "is in rooms"({ joined, transports }) {
    const [a, b] = [await joined(), await joined()];
    const room = `room ${transports} ${Math.random()}`;
    const heard = { a: [], b: [] };
    a.on("said", (text) => heard.a.push(text));
    b.on("said", (text) => heard.b.push(text));
    equal(await ask(a, "join", room), [[room]]);
    await ask(b, "join", room);
    await ask(a, "to others", room, "one");
    await ask(a, "to all", room, "two");
    await ask(b, "leave", room);
    await ask(a, "to all", room, "three");
    await until("all that was said", () => heard.a.length === 2 && heard.b.length === 2);
    equal(heard, { a: ["two", "three"], b: ["one", "two"] });
  },

  async "hears text of every kind from current clients"({ joined, beside }) {
    const [old, current] = [await joined(), await beside()];
    const room = `room ${Math.random()}`;
    await ask(old, "join", room);
    for (const text of ["é€😀", "日本語", "\u007f\u0080\u00ff"]) {
      const heard = next(old, "said");
      await ask(current, "to all", room, text);
      equal(await heard, [text]);
    }
  },

  async "is heard by current clients with text of every kind"({ joined, beside }) {
    const [old, current] = [await joined(), await beside()];
    const room = `room ${Math.random()}`;
    await ask(current, "join", room);
    for (const text of ["é€😀", "日本語", "\u007f\u0080\u00ff"]) {
      const heard = next(current, "said");
      await ask(old, "to all", room, text);
      equal(await heard, [text]);
    }
  },

  async "sends heartbeats, which are answered"({ joined }) {
    const socket = await joined();
    let answers = 0;
    socket.io.engine.on("packet", ({ type }) => (answers += type === "pong"));
    await until("three answers", () => answers >= 3);
    equal(socket.connected, true);
  },

  async "is disconnected when it sends no heartbeats"({ joined }) {
    const socket = await joined();
    socket.io.engine.ping = () => {};
    await next(socket, "disconnect");
  },

  async "is disconnected by the server, and does not reconnect"({ joined }) {
    for (const closeTransport of [false, true]) {
      const socket = await joined();
      socket.emit("disconnect me", closeTransport);
      equal(await next(socket, "disconnect"), ["io server disconnect"]);
      equal(socket.connected, false);
    }
  },

  async "comes back when the connection is closed below it, and sends what it buffered meanwhile"({ joined }) {
    const socket = await joined();
    const { id } = socket;
    socket.emit("cut me", true);
    equal(await next(socket, "disconnect"), ["transport close"]);
    socket.emit("echo", "buffered");
    equal(await next(socket, "echo"), ["buffered"]);
    equal(socket.id === id, false);
  },

  async "tells the server why it leaves"({ joined }) {
    const path = "/dynamic-" + Math.floor(Math.random() * 1e9);
    const watcher = await joined(path);
    const leaver = await joined(path);
    await ask(leaver, "echo with ack");
    leaver.disconnect();
    const reasons = []; // may include those of other scenarios
    while (!reasons.includes("client namespace disconnect") && reasons.length < 20) reasons.push(...(await ask(watcher, "last reason")));
    equal(reasons.at(-1), "client namespace disconnect");
  },
};

/** Scenarios with text that is not ASCII; only in the last one the client does not send any. */
const beyondASCII = [
  "gets text of every kind back",
  "gets text of every kind beside binary",
  "is heard by current clients with text of every kind",
  "hears text of every kind from current clients",
];

/** Scenarios that need a server with a short heartbeat timeout. */
const impatient = ["is disconnected when it sends no heartbeats"];

/** Scenarios for browsers only. */
const eio3PageScenarios = {
  async "sends blobs, and files beside other binary"({ joined }) {
    const socket = await joined();
    const parts = [new Blob([bytes(1, 2, 3)]), bytes(4, 5), new File(["six"], "six.txt")];
    equal(await ask(socket, "echo with ack", ...parts), [bytes(1, 2, 3), bytes(4, 5), bytes(115, 105, 120)]);
  },

  async "sends cookies"({ joined }) {
    equal(await ask(await joined(), "cookie"), ["who=me"]);
  },
};

/** Runs one scenario with one client and one list of transports. */
async function runEIO3(client, transports, name, server, url) {
  const opened = [];
  const open = (io, path, opts) => {
    const socket = io(url + path, { transports, forceNew: true, reconnectionDelay: 10, ...opts });
    opened.push(socket);
    return socket;
  };
  const connect = (path = "/", opts = {}) => open(clients[client], path, opts);
  const connected = async (socket) => {
    await next(socket, "connect");
    return socket;
  };
  const joined = (path, opts) => connected(connect(path, opts));
  const beside = () => connected(open(clients.current, "/", { withCredentials: true }));
  try {
    const scenario = { ...eio3Scenarios, ...eio3PageScenarios }[name];
    await scenario({ connect, joined, beside, transports, server });
  } finally {
    for (const socket of opened) socket.close();
  }
}
