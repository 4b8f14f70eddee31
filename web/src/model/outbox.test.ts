import { describe, expect, it } from 'vitest';
import { ada, message } from '../testing/messages';
import { settled } from '../testing/settled';
import { ManualTimer } from '../testing/timer';
import { Failure, unreachable } from './failure';
import { MemoryOutboxStore } from './memorystore';
import { Outbox, type OutboxEntry } from './outbox';
import type { Message } from './wire';

/** A server that answers when the test says so. */
function setUp() {
  const calls: { entry: OutboxEntry; ack: (failure?: Failure) => Promise<void> }[] = [];
  const sent: Message[] = [];
  const time = new ManualTimer();
  const store = new MemoryOutboxStore();
  let ids = 0;
  const outbox = new Outbox({
    send: (entry) =>
      new Promise((resolve, reject) => {
        calls.push({
          entry,
          ack: async (failure) => {
            if (failure) reject(failure);
            else resolve(stored(entry));
            await settled();
          },
        });
      }),
    onSent: (m) => sent.push(m),
    onChange: () => undefined,
    store,
    newClientId: () => `id-${(ids += 1)}`,
    now: () => new Date('2026-11-20T09:00:00Z'),
    random: () => 0.5,
    timer: time.timer,
  });
  const states = (room = 7) => outbox.entries(room).map(({ body, state }) => `${body}: ${state}`);
  return { outbox, calls, sent, time, store, states };
}

function stored({ room, clientId, body }: OutboxEntry): Message {
  return message(1, { room, clientId, body, author: ada });
}

const refused = new Failure({ code: 'forbidden', message: 'You may not.' });

describe('an outbox', () => {
  it('sends one at a time per room, in the order written', async () => {
    const { outbox, calls, sent, states } = setUp();
    outbox.resume();
    outbox.add(7, 'one');
    outbox.add(7, 'two');
    outbox.add(8, 'elsewhere');
    expect(calls.map(({ entry }) => entry.body)).toEqual(['one', 'elsewhere']);
    await calls[0]?.ack();
    expect(calls.map(({ entry }) => entry.body)).toEqual(['one', 'elsewhere', 'two']);
    await calls[2]?.ack();
    expect(sent.map(({ body }) => body)).toEqual(['one', 'two']);
    expect(states()).toEqual([]);
  });

  it('waits until it is resumed', () => {
    const { outbox, calls, states } = setUp();
    outbox.add(7, 'one');
    expect(calls).toHaveLength(0);
    expect(states()).toEqual(['one: sending']);
    outbox.resume();
    expect(calls).toHaveLength(1);
  });

  it('repeats a send whose acknowledgement was lost, under the same clientId', async () => {
    const { outbox, calls, time, states } = setUp();
    outbox.resume();
    outbox.add(7, 'one');
    await calls[0]?.ack(unreachable());
    expect(states()).toEqual(['one: sending']);
    expect(calls).toHaveLength(1);
    time.fire();
    expect(calls).toHaveLength(2);
    expect(calls[1]?.entry.clientId).toBe(calls[0]?.entry.clientId);
    await calls[1]?.ack();
    expect(states()).toEqual([]);
  });

  it('waits longer after each failure, and never much longer than half a minute', async () => {
    const { outbox, calls, time } = setUp();
    outbox.resume();
    outbox.add(7, 'one');
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      await calls[i]?.ack(unreachable());
      waits.push(...time.waits);
      time.fire();
    }
    expect(waits).toEqual([750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500]);
  });

  it('comes back no sooner than the server asks', async () => {
    const { outbox, calls, time } = setUp();
    outbox.resume();
    outbox.add(7, 'one');
    await calls[0]?.ack(new Failure({ code: 'rate_limited', message: 'Slow.', retryAfter: 9 }));
    expect(time.waits).toEqual([9_000]);
  });

  it('keeps the order while an earlier one is being repeated', async () => {
    const { outbox, calls, time } = setUp();
    outbox.resume();
    outbox.add(7, 'one');
    await calls[0]?.ack(unreachable());
    outbox.add(7, 'two');
    expect(calls).toHaveLength(1);
    time.fire();
    await calls[1]?.ack();
    expect(calls.map(({ entry }) => entry.body)).toEqual(['one', 'one', 'two']);
  });

  it('tries at once when the connection is back', async () => {
    const { outbox, calls, time } = setUp();
    outbox.resume();
    outbox.add(7, 'one');
    outbox.pause();
    await calls[0]?.ack(unreachable());
    expect(time.waits).toEqual([]);
    outbox.resume();
    expect(calls).toHaveLength(2);
  });

  it('shows a final refusal with its reason and goes on with the next', async () => {
    const { outbox, calls, states } = setUp();
    outbox.resume();
    outbox.add(7, 'one');
    outbox.add(7, 'two');
    await calls[0]?.ack(refused);
    expect(states()).toEqual(['one: failed', 'two: sending']);
    expect(outbox.entries(7)[0]?.reason).toBe('You may not.');
    expect(calls[1]?.entry.body).toBe('two');
  });

  it('sends a failed one again on request, under the same clientId', async () => {
    const { outbox, calls, states } = setUp();
    outbox.resume();
    const { clientId } = outbox.add(7, 'one');
    await calls[0]?.ack(refused);
    outbox.retry(7, clientId);
    expect(outbox.entries(7)[0]?.reason).toBeUndefined();
    expect(calls[1]?.entry.clientId).toBe(clientId);
    await calls[1]?.ack();
    expect(states()).toEqual([]);
  });

  it('deletes a failed one, and none that may be on its way', async () => {
    const { outbox, calls, states, store } = setUp();
    outbox.resume();
    const { clientId } = outbox.add(7, 'one');
    outbox.delete(7, clientId);
    expect(states()).toEqual(['one: sending']);
    await calls[0]?.ack(refused);
    outbox.delete(7, clientId);
    expect(states()).toEqual([]);
    expect(await store.load()).toEqual([]);
  });

  it('does not fail what an event has shown to be stored', async () => {
    const { outbox, calls, time, states } = setUp();
    outbox.resume();
    const entry = outbox.add(7, 'one');
    outbox.settle(stored(entry));
    expect(states()).toEqual([]);
    await calls[0]?.ack(unreachable());
    expect(states()).toEqual([]);
    expect(time.waits).toEqual([]);
  });

  it('keeps everything while the session is over', async () => {
    const { outbox, calls, states } = setUp();
    outbox.resume();
    outbox.add(7, 'one');
    await calls[0]?.ack(new Failure({ code: 'unauthenticated', message: 'Log in.' }));
    expect(states()).toEqual(['one: sending']);
    outbox.add(7, 'two');
    expect(calls).toHaveLength(1);
    outbox.resume();
    expect(calls[1]?.entry.body).toBe('one');
  });

  it('takes over what its store has kept, once', async () => {
    const { outbox, calls, states, store } = setUp();
    store.put({ clientId: 'kept', room: 7, body: 'kept', createdAt: '', state: 'sending' });
    await outbox.load();
    await outbox.load();
    expect(states()).toEqual(['kept: sending']);
    outbox.resume();
    expect(calls[0]?.entry.clientId).toBe('kept');
  });

  it('forgets everything for somebody else', async () => {
    const { outbox, states, store } = setUp();
    outbox.add(7, 'one');
    outbox.clear();
    expect(states()).toEqual([]);
    expect(await store.load()).toEqual([]);
  });
});
