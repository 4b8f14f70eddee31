import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../model/failure';
import type { LinkState } from '../model/link';
import { FakeSocket } from '../testing/fakesocket';
import { settled } from '../testing/settled';
import { SocketLink } from '.';
import type * as LongPolling from './polling';

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

  it('is open when the server is ready, and reports it before delivering events', async () => {
    const { socket, link, states } = await setUp();
    const heard = vi.fn(() => [...states]);
    link.on('ready', heard);
    socket.arrive('ready', {});
    expect(heard).toHaveReturnedWith(['connecting', 'open']);
  });

  it('delivers events to listeners until they unsubscribe', async () => {
    const { socket, link } = await setUp();
    const listener = vi.fn();
    const stop = link.on('room:gone', listener);
    socket.arrive('room:gone', { room: 7 });
    stop();
    socket.arrive('room:gone', { room: 8 });
    expect(listener).toHaveBeenCalledExactlyOnceWith({ room: 7 });
  });

  it('reports connecting while it is cut, and reconnects when the server has cut it', async () => {
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

  it('reports that there is no session', async () => {
    const { socket, link } = await setUp();
    const refused = vi.fn();
    link.onRefused(refused);
    socket.active = false;
    socket.happen('connect_error', { data: { code: 'unauthenticated', reason: 'banned' } });
    expect(refused).toHaveBeenCalledExactlyOnceWith('banned');
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

  it('tries again no sooner than the server that refused it has said', async () => {
    const { socket } = await setUp();
    socket.active = false;
    socket.happen('connect_error', { data: { code: 'unavailable', retryAfter: 20 } });
    vi.advanceTimersByTime(19_999);
    expect(socket.connect).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(20_001);
    expect(socket.connect).toHaveBeenCalledTimes(2);
  });

  it('tries the other transport first when something on the way swallows one', async () => {
    const { socket } = await setUp();
    for (const [error, transports] of [
      ['websocket error', ['websocket', 'polling']],
      ['timeout', ['polling', 'websocket']],
      ['timeout', ['websocket', 'polling']],
    ] as const) {
      socket.happen('connect_error', new Error(error));
      await vi.waitFor(() => {
        expect(socket.io.opts.transports).toEqual(transports);
      });
    }
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

describe('a server that stops', () => {
  it('is reconnected to at a random moment within the time that it sets', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { socket, states } = await setUp();
    socket.arrive('ready', {});
    socket.arrive('server:restart', { within: 20_000 });
    socket.happen('disconnect', 'transport close');
    expect(states.at(-1)).toBe('connecting');
    expect(socket.disconnect).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(10_299);
    expect(socket.connect).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(socket.connect).toHaveBeenCalledTimes(2);
  });

  it('is left to Socket.IO at the next interruption', async () => {
    const { socket } = await setUp();
    socket.arrive('server:restart', { within: 1_000 });
    socket.happen('disconnect', 'transport close');
    vi.advanceTimersByTime(1_300);
    socket.happen('disconnect', 'transport close');
    vi.advanceTimersByTime(60_000);
    expect(socket.connect).toHaveBeenCalledTimes(2);
    expect(socket.disconnect).toHaveBeenCalledOnce();
  });
});

describe('coming back to the page', () => {
  it('connects at once if an attempt was pending', async () => {
    const { socket, link } = await setUp();
    socket.io.engine.readyState = 'closed';
    link.hurry();
    expect(socket.disconnect).toHaveBeenCalledOnce();
    expect(socket.connect).toHaveBeenCalledTimes(2);
  });

  it('does not interrupt an attempt in progress', async () => {
    const { socket, link } = await setUp();
    socket.io.engine.readyState = 'opening';
    link.hurry();
    expect(socket.connect).toHaveBeenCalledTimes(1);
  });

  it('checks whether the connection has died while the page was hidden', async () => {
    const { socket, link } = await setUp();
    socket.arrive('ready', {});
    link.hurry();
    expect(socket.io.engine._hasPingExpired).toHaveBeenCalledOnce();
    expect(socket.connect).toHaveBeenCalledTimes(1);
  });

  it('does nothing while signed out', async () => {
    const { socket, link } = await setUp();
    link.close();
    socket.io.engine.readyState = 'closed';
    link.hurry();
    expect(socket.connect).toHaveBeenCalledTimes(1);
  });
});

describe('commands', () => {
  const read = { room: 7, seq: 1 };

  it('return the content of the acknowledgement', async () => {
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

  it('are overdue after some seconds, until the acknowledgement comes', async () => {
    const { socket, link } = await setUp();
    const overdue = vi.fn();
    link.onOverdue(overdue);
    socket.connected = true;
    let acknowledge: (ack: unknown) => void = () => undefined;
    socket.answer = () => new Promise((resolve) => (acknowledge = resolve));
    const done = link.command('room:read', read);
    vi.advanceTimersByTime(3_000);
    expect(overdue).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(overdue).toHaveBeenLastCalledWith(1);
    acknowledge({ ok: true });
    await done;
    expect(overdue).toHaveBeenLastCalledWith(0);
    vi.advanceTimersByTime(60_000);
    expect(overdue).toHaveBeenCalledTimes(2);
  });
});

describe('long polling', () => {
  it('is loaded when no WebSocket could be opened, once, and tried at once', async () => {
    const socket = new FakeSocket();
    const loadPolling = vi
      .fn<() => Promise<typeof LongPolling>>()
      .mockRejectedValueOnce(new TypeError('no network'))
      .mockImplementation(() => import('./polling'));
    const link = new SocketLink(() => Promise.resolve(socket as unknown as Socket), loadPolling);
    link.open();
    await settled();
    socket.io.engine.readyState = 'closed';
    const attempts = () => socket.connect.mock.calls.length;
    socket.happen('connect_error', new Error('websocket error'));
    await settled();
    expect(attempts(), 'it could not be loaded').toBe(1);
    expect(socket.io.opts.transports, 'and is not asked for').toEqual(['websocket']);
    socket.happen('connect_error', new Error('websocket error'));
    socket.happen('connect_error', new Error('websocket error'));
    await vi.waitFor(() => {
      expect(socket.io.opts.transports).toEqual(['websocket', 'polling']);
    });
    await settled();
    expect(attempts()).toBe(2);
    socket.happen('connect_error', new Error('polling error'));
    await settled();
    expect(attempts()).toBe(2);
  });
});
