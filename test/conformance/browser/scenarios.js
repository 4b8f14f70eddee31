// Scenarios for the browser builds of the official clients, in a page. Each
// scenario gets connect(path, options), and throws if it fails. `clients` holds the
// builds: {name: {io}} and {name: {eio}}.
const clients = {};

const next = (emitter, event) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`timed out waiting for ${event}`)), 60_000);
    emitter.once(event, (...args) => {
      clearTimeout(timer);
      resolve(args);
    });
  });

const until = async (what, condition) => {
  for (const end = Date.now() + 60_000; !condition(); ) {
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const ask = (socket, event, ...args) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`timed out waiting for an answer to ${event}`)), 60_000);
    socket.emit(event, ...args, (...reply) => {
      clearTimeout(timer);
      resolve(reply);
    });
  });

/** Makes values comparable as text, including binary of any type. */
const show = (value) =>
  JSON.stringify(value, (_, v) => {
    if (v instanceof ArrayBuffer) v = new Uint8Array(v);
    if (v?.type === "Buffer") v = Uint8Array.from(v.data); // a Node Buffer, as JSON
    return ArrayBuffer.isView(v) ? `binary ${[...new Uint8Array(v.buffer, v.byteOffset, v.byteLength)]}` : v;
  });

const equal = (got, want) => {
  if (show(got) !== show(want)) throw new Error(`got ${show(got)}, want ${show(want)}`);
};

const bytes = (...values) => Uint8Array.from(values).buffer;

const socketScenarios = {
  async "joins, and is given its id"({ connect }) {
    const socket = connect();
    const [id] = await next(socket, "welcome");
    equal(id, socket.id);
  },

  async "is refused with an error and its data, and admitted with the right word"({ connect }) {
    const [error] = await next(connect("/private", { auth: { token: "wrong" } }), "connect_error");
    equal([error.message, error.data], ["not authorized", { code: 401, retry: false }]);
    await next(connect("/private", { auth: (give) => give({ token: "right" }) }), "connect");
  },

  async "is refused an unknown namespace"({ connect }) {
    const [error] = await next(connect("/unknown"), "connect_error");
    equal(error.message, "Invalid namespace");
  },

  async "uses several namespaces on one connection"({ joined }) {
    const root = await joined();
    const dynamic = root.io.socket("/dynamic-7");
    if (!dynamic.connected) await next(dynamic, "connect");
    equal(await ask(dynamic, "echo with ack", 1), [1]);
    dynamic.disconnect();
    equal(await ask(root, "echo with ack", 2), [2]);
  },

  async "gets arguments back as they were, binary too"({ joined }) {
    const socket = await joined();
    const args = [1, "2", { 3: [true, null] }, "é€😀\u2028", [], bytes(1, 2, 255), { deep: [{ er: bytes(...Array(5000).fill(7)) }, 1] }];
    socket.emit("echo", ...args);
    equal(await next(socket, "echo"), args);
    equal(await ask(socket, "echo with ack", ...args), args);
    equal(await ask(socket, "echo with ack"), []);
  },

  async "sends blobs, and files beside other binary"({ joined }) {
    const socket = await joined();
    const parts = [new Blob([bytes(1, 2, 3)]), new Uint8Array([4, 5]), new File(["six"], "six.txt")];
    equal(await ask(socket, "echo with ack", ...parts), [bytes(1, 2, 3), bytes(4, 5), bytes(115, 105, 120)]);
  },

  async "answers the server's questions, or lets them time out"({ joined }) {
    const socket = await joined();
    socket.once("question", (text, reply) => reply(text + "!", bytes(1)));
    equal(await ask(socket, "ask me", "why"), ["why!", bytes(1)]);
    const [text] = await ask(socket, "ask me briefly", "why");
    equal(/timed out/.test(text), true);
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

  async "drops volatile events while it is not connected"({ connect }) {
    const socket = connect();
    const got = [];
    socket.on("echo", (text) => got.push(text));
    socket.volatile.emit("echo", "lost");
    await next(socket, "connect");
    socket.emit("echo", "seen");
    await until("the echo", () => got.length > 0);
    equal(got, ["seen"]);
    equal(await ask(socket, "volatile", "from the server"), [true]);
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

  async "is moved, excluded, asked and disconnected with others"({ joined }) {
    const [a, b, c] = [await joined(), await joined(), await joined()];
    const [from, to] = [`from ${Math.random()}`, `to ${Math.random()}`];
    for (const socket of [a, b]) await ask(socket, "join", from);
    equal(await ask(c, "move", from, to), [2]);
    const heard = [];
    for (const socket of [a, c]) socket.on("said", (text) => heard.push(text));
    await ask(c, "to all", from, "to nobody");
    await ask(c, "to the rest", to, "to the rest");
    equal(heard, ["to the rest"]);
    a.on("question", (_, reply) => reply("a"));
    b.on("question", () => {}); // does not answer
    const [answers] = await ask(c, "ask all", to);
    equal(answers.sort(), ["a", "socketio: acknowledgement timed out: 1 of 2 clients answered"]);
    const gone = [next(a, "disconnect"), next(b, "disconnect")];
    c.emit("disconnect room", to);
    for (const [reason] of await Promise.all(gone)) equal(reason, "io server disconnect");
    equal(c.connected, true);
  },

  async "reaches the server's catch-all listeners"({ joined }) {
    const socket = await joined();
    socket.emit("nobody listens to this", 1);
    socket.emit("error", "nor to this");
    equal(await ask(socket, "seen"), [["nobody listens to this", "error", "seen"]]);
  },

  async "is refused one namespace too many, and keeps the others"({ joined }) {
    const root = await joined();
    const outcomes = [];
    const others = [...Array(40).keys()].map((i) => root.io.socket(`/dynamic-${i}`));
    for (const socket of others) {
      socket.on("connect", () => outcomes.push("in"));
      socket.on("connect_error", (error) => outcomes.push(error.message));
    }
    await until("an answer for each", () => outcomes.length === 40);
    equal(outcomes.filter((outcome) => outcome === "in").length, 31);
    equal(outcomes.filter((outcome) => outcome === "Too many namespaces").length, 9);
    equal(await ask(root, "echo with ack", 1), [1]);
    for (const socket of others) socket.disconnect();
  },

  async "is disconnected by the server, and does not reconnect"({ joined }) {
    for (const closeTransport of [false, true]) {
      const socket = await joined();
      socket.emit("disconnect me", closeTransport);
      equal((await next(socket, "disconnect"))[0], "io server disconnect");
    }
  },

  async "comes back when the connection is closed below it, and sends what it buffered meanwhile"({ joined }) {
    const socket = await joined();
    const { id } = socket;
    socket.emit("cut me", true);
    equal((await next(socket, "disconnect"))[0], "transport close");
    socket.emit("echo", "buffered");
    equal(await next(socket, "echo"), ["buffered"]);
    equal(socket.id === id, false);
  },

  async "sends cookies when it is told to"({ joined, transports }) {
    equal(await ask(await joined("/", { withCredentials: true }), "cookie"), ["who=me"]);
    // Browsers always send cookies with a WebSocket.
    if (transports[0] === "polling") equal(await ask(await joined("/", { withCredentials: false }), "cookie"), [""]);
  },

  async "gives up waiting for an acknowledgement"({ joined, client }) {
    const socket = await joined();
    if (!socket.timeout) return equal(client, "socket.io-client 3"); // version 3 has no such timeout
    const error = await new Promise((resolve) => socket.timeout(50).emit("never acknowledged", resolve));
    equal(error instanceof Error, true);
  },
};

const engineScenarios = {
  async "sends and receives text"({ open }) {
    const socket = await open();
    for (const text of ["hello", "héllo €😀", "x".repeat(100_000), "\u2028\u0000\ufffd"]) {
      socket.send(text);
      equal(await next(socket, "message"), [text]);
    }
  },

  async "sends and receives binary"({ open }) {
    const socket = await open();
    for (const data of [bytes(), bytes(0, 1, 254, 255), bytes(...Array(70_000).fill(7))]) {
      socket.send(data);
      equal(await next(socket, "message"), [data]);
    }
  },

  async "keeps the order of many messages across the upgrade"({ open, transports }) {
    const socket = await open();
    const got = [];
    socket.on("message", (text) => got.push(Number(text)));
    for (let i = 0; i < 500; i++) {
      socket.send(String(i));
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until("all messages", () => got.length === 500);
    equal(got, [...Array(500).keys()]);
    if (transports.length > 1) await until("the upgrade", () => socket.transport.name === "websocket");
  },

  async "answers heartbeats"({ open }) {
    const socket = await open();
    let pings = 0;
    socket.on("packet", ({ type }) => (pings += type === "ping"));
    await until("five heartbeats", () => pings === 5);
    equal(socket.readyState, "open");
  },

  async "closes"({ open }) {
    const socket = await open();
    const closed = next(socket, "close");
    socket.close();
    equal((await closed)[0], "forced close");
  },
};

const scenarios = { socket: socketScenarios, engine: engineScenarios };

/** Runs one scenario with one build and one list of transports. */
async function run(kind, client, transports, name, url) {
  const opened = [];
  const connect = (path = "/", opts = {}) => {
    const all = { transports, forceNew: true, reconnectionDelay: 10, withCredentials: true, ...opts };
    const socket = kind === "socket" ? clients[client](url + path, all) : clients[client](url, all);
    opened.push(socket);
    return socket;
  };
  const joined = async (path, opts) => {
    const socket = connect(path, opts);
    await next(socket, "connect");
    return socket;
  };
  const open = async () => {
    const socket = connect();
    socket.binaryType = "arraybuffer";
    await next(socket, "open");
    return socket;
  };
  try {
    await scenarios[kind][name]({ connect, joined, open, transports, client });
  } finally {
    for (const socket of opened) socket.close();
  }
}
