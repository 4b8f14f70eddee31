import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';

/** How a socket may be carried; 'upgrade' is what the official client does by default. */
export type Transport = 'polling' | 'websocket' | 'upgrade';

export interface Answer {
  status: number;
  // The tests look at whatever the server answered, well-formed or not.
  body: any; // eslint-disable-line
}

export interface Message {
  room: number;
  seq: number;
  rev: number;
  clientId: string;
  author: { id: number; username: string };
  body: string;
}

/** One person using a PartyChat server from a program, as a bot would: REST with a token, and one socket. */
export class Client {
  readonly received: Message[] = [];
  ready: any;
  socket!: Socket;
  token = '';
  readonly url: string;
  readonly username: string;

  constructor(url: string, username: string) {
    this.url = url;
    this.username = username;
  }

  static async signUp(url: string, username: string): Promise<Client> {
    const client = new Client(url, username);
    const answer = await client.call('POST', '/users', {
      username,
      password: `password of ${username}`,
      token: true,
    });
    if (answer.status !== 201)
      throw new Error(`sign-up of ${username}: ${answer.status} ${JSON.stringify(answer.body)}`);
    client.token = answer.body.token;
    return client;
  }

  async logIn(): Promise<void> {
    const answer = await this.call('POST', '/session', {
      username: this.username,
      password: `password of ${this.username}`,
      token: true,
    });
    if (answer.status !== 200) throw new Error(`log-in of ${this.username}: ${answer.status}`);
    this.token = answer.body.token;
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  }

  /** Opens the socket and returns once `ready` has come. */
  async connect(transport: Transport): Promise<void> {
    this.socket = connectTo(this.url, transport, { protocol: 1, token: this.token });
    this.socket.on('message:put', ({ message }: { message: Message }) =>
      this.received.push(message),
    );
    this.ready = await heard(this.socket, 'ready');
    if (transport === 'upgrade') await upgraded(this.socket);
  }

  send(room: number, body: string, clientId: string = randomUUID()): Promise<any> {
    return this.command('message:send', { room, clientId, kind: 'text', body });
  }

  /** Sends and expects it to be stored. */
  async write(room: number, body: string): Promise<Message> {
    const answer = await this.send(room, body);
    if (!answer.ok) throw new Error(`"${body}" was refused: ${JSON.stringify(answer.error)}`);
    return answer.message;
  }

  /** Stores a message by REST: a socket may send so many commands only. */
  async post(room: number, body: string): Promise<Message> {
    const message = { clientId: randomUUID(), body };
    const answer = await this.call('POST', `/rooms/${room}/messages`, message);
    if (answer.status !== 201)
      throw new Error(`"${body}" was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.message;
  }

  command(event: string, argument: unknown): Promise<any> {
    return this.socket.timeout(10_000).emitWithAck(event, argument);
  }

  /** Waits until this client has received a message with that body. */
  hears(body: string): Promise<Message> {
    return until(`${this.username} hears "${body}"`, () =>
      this.received.find((m) => m.body === body),
    );
  }
}

export function connectTo(url: string, transport: Transport, auth: object): Socket {
  return io(url, {
    forceNew: true,
    auth,
    transports: transport === 'upgrade' ? ['polling', 'websocket'] : [transport],
  });
}

/** The first argument of the next such event; fails after a minute, or when the connection is refused. */
export function heard(socket: Socket, event: string): Promise<any> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no "${event}" within a minute`)), 60_000);
    socket.once(event, (argument: unknown) => {
      clearTimeout(timer);
      resolve(argument);
    });
    if (event !== 'connect_error')
      socket.once('connect_error', (error: Error) => {
        clearTimeout(timer);
        reject(error);
      });
  });
}

async function upgraded(socket: Socket): Promise<void> {
  await until(
    'the socket is upgraded to WebSocket',
    () => socket.io.engine.transport.name === 'websocket' || undefined,
  );
}

/** Polls until probe gives something; for what has no event of its own. */
export async function until<T>(what: string, probe: () => T | undefined): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited a minute in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
