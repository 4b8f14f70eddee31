import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A proxy that knows nothing of sessions: whatever is asked goes where `next` says just then. */
export class Proxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** How many WebSocket connections have been let through. */
  webSockets = 0;

  private constructor(
    next: () => string,
    refuseWebSocket: boolean,
    append: (path: string) => string,
  ) {
    this.#server = createServer((from, to) => {
      const extra = append(from.url ?? '/');
      const headers = { ...from.headers };
      if (extra) {
        headers['accept-encoding'] = 'identity';
        delete headers['if-none-match'];
      }
      const onwards = request(
        new URL(from.url ?? '/', next()),
        { method: from.method, headers, agent: false },
        (answer) => {
          if (extra) delete answer.headers['content-length'];
          to.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(to, { end: !extra });
          if (extra) answer.on('end', () => to.end(extra));
        },
      );
      onwards.on('error', () => to.destroy());
      to.on('close', () => onwards.destroy());
      from.pipe(onwards);
    });
    this.#server.on('connection', (socket) => this.#keep(socket));
    this.#server.on('upgrade', (from: IncomingMessage, socket: Socket, head: Buffer) => {
      if (refuseWebSocket) {
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
        return;
      }
      this.webSockets++;
      const { hostname, port } = new URL(next());
      const onwards = connect(Number(port), hostname);
      this.#keep(onwards);
      const { rawHeaders } = from;
      let text = `GET ${from.url} HTTP/1.1\r\n`;
      for (let i = 0; i < rawHeaders.length; i += 2)
        text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
      onwards.write(`${text}\r\n`);
      onwards.write(head);
      onwards.pipe(socket).pipe(onwards);
      socket.on('error', () => onwards.destroy());
      onwards.on('error', () => socket.destroy());
    });
  }

  static async start(
    next: () => string,
    {
      refuseWebSocket = false,
      append = () => '',
    }: {
      refuseWebSocket?: boolean;
      /** What is added to the answer for a path. */
      append?: (path: string) => string;
    } = {},
  ): Promise<Proxy> {
    const proxy = new Proxy(next, refuseWebSocket, append);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }
}

/** Each in turn: the plainest way to share out work. */
export function roundRobin(urls: string[]): () => string {
  let at = 0;
  return () => urls[at++ % urls.length]!;
}
