import { io, type Socket } from 'socket.io-client';
import { Failure, unreachable } from '../model/failure';
import type { Link, LinkState } from '../model/link';
import { startTimer } from '../model/timer';
import type { Command, Commands, ErrorBody, ServerEvent, ServerEvents } from '../model/wire';

/** Milliseconds until a command without acknowledgement counts as lost. */
const ackTimeout = 10_000;

/** Milliseconds until the client returns after the server has sent it away at least; at most twice that. */
const comeBackAfter = 1_500;

type Ack = { ok: true } | { ok: false; error: ErrorBody };

/**
 * createLink builds the Link on Socket.IO, at the origin of the page.
 * docs/PROTOCOL.md, section 4.
 */
export function createLink(): Link {
  return new SocketLink(io({ auth: { protocol: 1 }, autoConnect: false }));
}

/** SocketLink is a Link on one Socket.IO socket. */
export class SocketLink implements Link {
  readonly #socket: Socket;
  readonly #states = new Set<(state: LinkState) => void>();
  readonly #refusals = new Set<() => void>();
  #isOpened = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    // The first event says that commands will be heard; connect alone does not.
    socket.on('ready', () => {
      this.#tell('open');
    });
    socket.on('disconnect', (reason) => {
      if (!this.#isOpened) return;
      this.#tell('connecting');
      if (reason === 'io server disconnect') this.#comeBack();
    });
    socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
      if (error.data?.code === 'unauthenticated') {
        for (const listener of this.#refusals) listener();
      } else if (this.#isOpened && !socket.active) {
        this.#comeBack();
      }
    });
  }

  open(): void {
    if (this.#isOpened) return;
    this.#isOpened = true;
    this.#tell('connecting');
    this.#socket.connect();
  }

  close(): void {
    if (!this.#isOpened) return;
    this.#isOpened = false;
    this.#socket.disconnect();
    this.#tell('closed');
  }

  async command<C extends Command>(
    name: C,
    argument: Commands[C]['argument'],
  ): Promise<Commands[C]['answer']> {
    // Socket.IO would keep it and send it on reconnect, when nobody waits for it.
    if (!this.#socket.connected) throw unreachable();
    let ack: Ack & Commands[C]['answer'];
    try {
      ack = (await this.#socket.timeout(ackTimeout).emitWithAck(name, argument)) as typeof ack;
    } catch (thrown) {
      throw unreachable(thrown);
    }
    if (!ack.ok) throw new Failure(ack.error);
    return ack;
  }

  on<E extends ServerEvent>(event: E, listener: (content: ServerEvents[E]) => void): () => void {
    const name: string = event;
    this.#socket.on(name, listener);
    return () => {
      this.#socket.off(name, listener);
    };
  }

  onState(listener: (state: LinkState) => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }

  onRefused(listener: () => void): () => void {
    this.#refusals.add(listener);
    return () => this.#refusals.delete(listener);
  }

  /** Socket.IO does not come back by itself when the server has cut or refused the socket. */
  #comeBack(): void {
    startTimer(
      () => {
        if (this.#isOpened) this.#socket.connect();
      },
      comeBackAfter * (1 + Math.random()),
    );
  }

  #tell(state: LinkState): void {
    for (const listener of this.#states) listener(state);
  }
}
