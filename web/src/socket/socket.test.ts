import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../model/failure';
import type { LinkState } from '../model/link';
import { settled } from '../testing/settled';
import { SocketLink } from '.';

/** A socket on which the test says what happens. */
class FakeSocket {
  connected = false;
  active = true;
  connect = vi.fn();
  disconnect = vi.fn();
  answer: () => Promise<unknown> = () => new Promise(() => undefined);
  readonly #own = new Map<string, (...content: unknown[]) => void>();
  #any: ((event: string, content: unknown) => void) | undefined;

  on(event: string, listener: (...content: unknown[]) => void): void {
    this.#own.set(event, listener);
  }

  onAny(listener: (event: string, content: unknown) => void): void {
    this.#any = listener;
  }

  timeout() {
    return { emitWithAck: () => this.answer() };
  }

  arrive(event: string, content: unknown): void {
    this.connected = true;
    this.#any?.(event, content);
  }

  happen(event: string, ...content: unknown[]): void {
    this.#own.get(event)?.(...content);
  }
}

async function setUp() {
  const socket = new FakeSocket();
  const make = vi.fn(() => Promise.resolve(socket as unknown as Socket));
  const link = new SocketLink(make);
  const states: LinkState[] = [];
  link.onState((state) => states.push(state));
  link.open();
  await settled();
  return { socket, make, link, states };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the link', () => {
  it('makes its socket when it is first opened', async () => {
    const { socket, make, link } = await setUp();
    link.open();
    expect(make).toHaveBeenCalledOnce();
    expect(socket.connect).toHaveBeenCalledOnce();
  });

  it('is open when the server is ready, and says so before anybody hears of it', async () => {
    const { socket, link, states } = await setUp();
    const heard = vi.fn(() => [...states]);
    link.on('ready', heard);
    socket.arrive('ready', {});
    expect(heard).toHaveReturnedWith(['connecting', 'open']);
  });

  it('hands events to who listens, until they stop', async () => {
    const { socket, link } = await setUp();
    const listener = vi.fn();
    const stop = link.on('room:gone', listener);
    socket.arrive('room:gone', { room: 7 });
    stop();
    socket.arrive('room:gone', { room: 8 });
    expect(listener).toHaveBeenCalledExactlyOnceWith({ room: 7 });
  });

  it('says that it is connecting while it is cut, and comes back when the server has cut it', async () => {
    const { socket, states } = await setUp();
    socket.arrive('ready', {});
    socket.happen('disconnect', 'io server disconnect');
    expect(states.at(-1)).toBe('connecting');
    expect(socket.connect).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(3_000);
    expect(socket.connect).toHaveBeenCalledTimes(2);
  });

  it('stays closed when it was closed', async () => {
    const { socket, link, states } = await setUp();
    link.close();
    socket.happen('disconnect', 'io client disconnect');
    vi.advanceTimersByTime(10_000);
    expect(states.at(-1)).toBe('closed');
    expect(socket.connect).toHaveBeenCalledTimes(1);
  });

  it('tells that there is no session', async () => {
    const { socket, link } = await setUp();
    const refused = vi.fn();
    link.onRefused(refused);
    socket.active = false;
    socket.happen('connect_error', { data: { code: 'unauthenticated' } });
    expect(refused).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(10_000);
    expect(socket.connect).toHaveBeenCalledTimes(1);
  });

  it('tries again when it was refused for another reason', async () => {
    const { socket } = await setUp();
    socket.active = false;
    socket.happen('connect_error', { data: { code: 'unavailable' } });
    vi.advanceTimersByTime(3_000);
    expect(socket.connect).toHaveBeenCalledTimes(2);
  });

  it('tries again when its code could not be loaded', async () => {
    const socket = new FakeSocket();
    const make = vi
      .fn<() => Promise<Socket>>()
      .mockRejectedValueOnce(new TypeError('Failed to fetch'))
      .mockResolvedValueOnce(socket as unknown as Socket);
    new SocketLink(make).open();
    await settled();
    vi.advanceTimersByTime(3_000);
    await settled();
    expect(socket.connect).toHaveBeenCalledOnce();
  });
});

describe('commands', () => {
  const read = { room: 7, seq: 1 };

  it('give what the acknowledgement holds', async () => {
    const { socket, link } = await setUp();
    socket.connected = true;
    socket.answer = () => Promise.resolve({ ok: true, readSeq: 1 });
    expect(await link.command('room:read', read)).toMatchObject({ readSeq: 1 });
  });

  it('fail as the acknowledgement says', async () => {
    const { socket, link } = await setUp();
    socket.connected = true;
    socket.answer = () =>
      Promise.resolve({ ok: false, error: { code: 'forbidden', message: 'No.' } });
    await expect(link.command('room:read', read)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['there is no acknowledgement in time', true],
    ['there is no connection', false],
  ])('are unavailable when %s', async (_name, connected) => {
    const { socket, link } = await setUp();
    socket.connected = connected;
    socket.answer = () => Promise.reject(new Error('operation has timed out'));
    const failure = await link.command('room:read', read).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'unavailable' });
  });
});
