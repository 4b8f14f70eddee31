import type { Socket } from 'socket.io-client';
import { Failure, unreachable } from '../model/failure';
import type { Link, LinkState } from '../model/link';
import { startTimer } from '../model/timer';
import type {
  Command,
  Commands,
  EndReason,
  ErrorInfo,
  ServerEvent,
  ServerEvents,
  ServerRestart,
} from '../model/wire';
import type * as LongPolling from './polling';

/** Milliseconds without an acknowledgement after which a command counts as lost. */
const ackTimeout = 10_000;

/** Milliseconds after which a missing acknowledgement is shown as late. */
const overdueAfter = 3_500;

/**
 * Milliseconds before the client reconnects after the server has disconnected it: at least this,
 * at most twice this.
 */
const comeBackAfter = 1_500;

/**
 * Milliseconds that a restart of the server takes: connecting sooner fails and loses more time.
 */
const restartTakes = 300;

/** The events of the user's stream. */
const ofUser = /^(room:(put|gone)|(user|settings):put|bookmark|thread|invitation)/;

/** Milliseconds after which a connection attempt counts as blocked on the way. */
const connectTimeout = 10_000;

/**
 * Milliseconds before the first attempt to reconnect, plus or minus half of it. A server that was
 * killed is back in a tenth of a second; Socket.IO's default of a second would be most of the
 * delay.
 */
const reconnectAfter = 500;

type Ack = { ok: true } | { ok: false; error: ErrorInfo };
type Listener = (content: never) => void;

/**
 * createLink creates the Link on Socket.IO, at the origin of the page. docs/PROTOCOL.md, section
 * 4. The landing page does not load it.
 */
export function createLink(): Link {
  const link = new SocketLink(async () => {
    const { io } = await import('socket.io-client');
    return io({
      auth: (send) => {
        send({ protocol: 2, known: link.known() });
      },
      autoConnect: false,
      // It needs nobody to lead its requests to the same node, as long polling does.
      transports: ['websocket'],
      tryAllTransports: true,
      timeout: connectTimeout,
      reconnectionDelay: reconnectAfter,
    });
  });
  // When the user returns to the page, or the network is back, connect at once.
  window.addEventListener('online', () => {
    link.hurry();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') link.hurry();
  });
  return link;
}

/** SocketLink is a Link on one Socket.IO socket, which is created at the first open. */
export class SocketLink implements Link {
  readonly #make: () => Promise<Socket>;
  readonly #loadPolling: () => Promise<typeof LongPolling>;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #states = new Set<(state: LinkState) => void>();
  readonly #refusals = new Set<(reason?: EndReason) => void>();
  readonly #lates = new Set<(commands: number) => void>();
  #late = 0;
  #socket: Socket | undefined;
  #making = false;
  rev = 0;
  known: Link['known'] = () => undefined;
  #isOpened = false;
  /**
   * Milliseconds over which the server wants its clients to reconnect, once it has announced a
   * stop.
   */
  #within: number | undefined;

  /**
   * `make` creates a socket that does not connect by itself; `loadPolling` loads long polling
   * when a WebSocket could not be opened.
   */
  constructor(
    make: () => Promise<Socket>,
    loadPolling: () => Promise<typeof LongPolling> = () => import('./polling'),
  ) {
    this.#make = make;
    this.#loadPolling = loadPolling;
  }

  open(): void {
    if (this.#isOpened) return;
    this.#isOpened = true;
    this.#tell('connecting');
    if (this.#socket) this.#socket.connect();
    else void this.#start();
  }

  close(): void {
    if (!this.#isOpened) return;
    this.#isOpened = false;
    this.#socket?.disconnect();
    this.#tell('closed');
  }

  /**
   * hurry ends the wait before a reconnect, and checks whether the connection died during sleep.
   */
  hurry(): void {
    if (!this.#isOpened) return;
    const { io } = this.#socket ?? {};
    if (!this.#socket) void this.#start();
    else if (this.#socket.connected) io?.engine._hasPingExpired();
    // If an attempt is in progress, let it continue.
    else if (io?.engine.readyState === 'closed') this.#socket.disconnect().connect();
  }

  async command<C extends Command>(
    name: C,
    argument: Commands[C]['argument'],
  ): Promise<Commands[C]['answer']> {
    // Socket.IO would buffer the command and send it after a reconnect, when nobody waits for it.
    if (!this.#socket?.connected) throw unreachable();
    let ack: Ack & Commands[C]['answer'];
    let late = 0;
    const stop = startTimer(() => {
      this.#noteLate((late = 1));
    }, overdueAfter);
    try {
      ack = (await this.#socket.timeout(ackTimeout).emitWithAck(name, argument)) as typeof ack;
    } catch (thrown) {
      throw unreachable(thrown);
    } finally {
      stop();
      if (late) this.#noteLate(-1);
    }
    if (!ack.ok) throw new Failure(ack.error);
    return ack;
  }

  on<E extends ServerEvent>(event: E, listener: (content: ServerEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  onState(listener: (state: LinkState) => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }

  onOverdue(listener: (commands: number) => void): () => void {
    this.#lates.add(listener);
    return () => this.#lates.delete(listener);
  }

  onRefused(listener: (reason?: EndReason) => void): () => void {
    this.#refusals.add(listener);
    return () => this.#refusals.delete(listener);
  }

  async #start(): Promise<void> {
    if (this.#making) return;
    this.#making = true;
    try {
      const socket = await this.#make();
      this.#attach(socket);
      this.#socket = socket;
      if (this.#isOpened) socket.connect();
    } catch {
      this.#comeBack(); // the code could not be loaded: there is no network
    } finally {
      this.#making = false;
    }
  }

  #attach(socket: Socket): void {
    socket.onAny((event: string, content: unknown) => {
      // The first event proves that commands will be handled; being connected does not.
      const { rev } = content as { rev?: number };
      if (event === 'ready') this.#tell('open');
      else if (rev && ofUser.test(event)) {
        // The event is older than the known rev, so it was delivered already. Invitations after
        // `ready` are an exception.
        if (rev <= this.rev && !event.startsWith('invitation')) return;
        this.rev = Math.max(this.rev, rev);
      }
      if (event === 'server:restart') this.#within = (content as ServerRestart).within;
      for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(content as never);
    });
    socket.on('disconnect', (reason) => {
      if (!this.#isOpened) return;
      this.#tell('connecting');
      if (this.#within !== undefined) {
        socket.disconnect(); // otherwise it would reconnect by itself, sooner than the server wants
        this.#comeBack(restartTakes + Math.random() * this.#within);
        this.#within = undefined;
      } else if (reason === 'io server disconnect') {
        this.#comeBack();
      }
    });
    socket.on('connect_error', (error: Error & { data?: Partial<ErrorInfo> }) => {
      if (error.data?.code === 'unauthenticated') {
        for (const listener of this.#refusals) listener(error.data.reason);
      } else if (!socket.active) {
        const after = Math.max(comeBackAfter, 1_000 * (error.data?.retryAfter ?? 0));
        this.#comeBack(after * (1 + Math.random()));
      } else {
        void this.#tryOthers(socket, error.message === 'timeout');
      }
    });
  }

  /** Sees to it that the next attempt has another transport. */
  async #tryOthers({ io }: Socket, isSwallowed: boolean): Promise<void> {
    try {
      const { reorder } = await this.#loadPolling();
      if (reorder(io.opts, isSwallowed)) this.hurry();
    } catch {
      // The network is away altogether.
    }
  }

  /**
   * Socket.IO does not reconnect by itself after the server has disconnected or refused the
   * socket.
   */
  #comeBack(after = comeBackAfter * (1 + Math.random())): void {
    startTimer(() => {
      if (!this.#isOpened) return;
      if (this.#socket) this.#socket.connect();
      else void this.#start();
    }, after);
  }

  #noteLate(more: number): void {
    this.#late += more;
    for (const listener of this.#lates) listener(this.#late);
  }

  #tell(state: LinkState): void {
    for (const listener of this.#states) listener(state);
  }
}
