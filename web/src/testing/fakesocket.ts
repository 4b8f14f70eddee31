import { vi } from 'vitest';

/** FakeSocket is a socket whose events the test controls. */
export class FakeSocket {
  connected = false;
  active = true;
  connect = vi.fn();
  disconnect = vi.fn(() => this);
  readonly io = {
    engine: { readyState: 'open', _hasPingExpired: vi.fn() },
    opts: { transports: ['websocket'] },
  };
  answer: (command: string, argument: unknown) => Promise<unknown> = () =>
    new Promise(() => undefined);
  readonly #own = new Map<string, (...content: unknown[]) => void>();
  #any: ((event: string, content: unknown) => void) | undefined;

  on(event: string, listener: (...content: unknown[]) => void): void {
    this.#own.set(event, listener);
  }

  onAny(listener: (event: string, content: unknown) => void): void {
    this.#any = listener;
  }

  timeout() {
    return {
      emitWithAck: (command: string, argument: unknown) => this.answer(command, argument),
    };
  }

  arrive(event: string, content: unknown): void {
    this.connected = true;
    this.#any?.(event, content);
  }

  happen(event: string, ...content: unknown[]): void {
    this.#own.get(event)?.(...content);
  }
}
