import { describe, expect, it } from 'vitest';
import { ada, message, mona } from '../testing/messages';
import { settled } from '../testing/settled';
import { ManualTimer } from '../testing/timer';
import { Failure, unreachable } from './failure';
import { MemoryOutboxStore, memoryHome } from './memorystore';
import { Outbox, type OutboxEntry } from './outbox';
import type { OutboxHome, OutboxNews } from './outboxhome';
import type { Message } from './wire';

let ids = 0;

/** Ada's outbox, whose server answers when the test says so. */
async function setUp(home: OutboxHome = memoryHome(), isConnected = true) {
  const calls: { entry: OutboxEntry; ack: (failure?: Failure) => Promise<void> }[] = [];
  const sent: Message[] = [];
  const time = new ManualTimer();
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
    openHome: () => Promise.resolve(home),
    newClientId: () => `id-${(ids += 1)}`,
    now: () => new Date('2026-11-20T09:00:00Z'),
    random: () => 0.5,
    timer: time.timer,
  });
  await outbox.open(ada.id);
  if (isConnected) outbox.resume();
  const states = (room = 7) => outbox.entries(room).map(({ body, state }) => `${body}: ${state}`);
  const bodies = () => calls.map(({ entry }) => entry.body);
  const add = async (...written: string[]) => {
    for (const body of written) outbox.add(7, { body });
    await settled();
    return outbox.entries(7).at(-1)?.clientId ?? '';
  };
  return { outbox, calls, sent, time, states, bodies, add, store: home.store };
}

function stored({ room, clientId, body }: OutboxEntry): Message {
  return message(1, { room, clientId, body, author: ada });
}

/** The homes of two tabs: one store, exclusive access in turn, and news in both directions. */
function twoTabs(): [OutboxHome, OutboxHome] {
  const store = new MemoryOutboxStore();
  const turns = new Map<string, Promise<void>>();
  const listeners: ((news: OutboxNews) => void)[] = [() => undefined, () => undefined];
  const tab = (me: number): OutboxHome => ({
    store,
    exclusively: (name, task) => {
      const turn = (turns.get(name) ?? Promise.resolve()).then(() =>
        task(() => Promise.resolve(true)),
      );
      turns.set(name, turn);
      return turn;
    },
    tell: (news) => {
      listeners[1 - me]?.(news);
    },
    onNews: (listener) => {
      listeners[me] = listener;
    },
  });
  return [tab(0), tab(1)];
}

const refused = new Failure({ code: 'forbidden', message: 'You may not.' });

describe('an outbox', () => {
  it('sends one at a time per room, in the order written', async () => {
    const { outbox, calls, sent, states, bodies, add } = await setUp();
    await add('one', 'two');
    outbox.add(8, { body: 'elsewhere' });
    await settled();
    expect(bodies()).toEqual(['one', 'elsewhere']);
    await calls[0]?.ack();
    expect(bodies()).toEqual(['one', 'elsewhere', 'two']);
    await calls[2]?.ack();
    expect(sent.map(({ body }) => body)).toEqual(['one', 'two']);
    expect(states()).toEqual([]);
  });

  it('shows a message at once, and sends it when connected', async () => {
    const { outbox, calls, states } = await setUp(memoryHome(), false);
    outbox.add(7, { body: 'one' });
    expect(states()).toEqual(['one: sending']);
    await settled();
    expect(calls).toHaveLength(0);
    outbox.resume();
    await settled();
    expect(calls).toHaveLength(1);
  });

  it('retries a send whose acknowledgement was lost, with the same clientId', async () => {
    const { calls, time, states, add } = await setUp();
    await add('one');
    await calls[0]?.ack(unreachable());
    expect(states()).toEqual(['one: sending']);
    expect(calls).toHaveLength(1);
    time.fire();
    await settled();
    expect(calls).toHaveLength(2);
    expect(calls[1]?.entry.clientId).toBe(calls[0]?.entry.clientId);
    await calls[1]?.ack();
    expect(states()).toEqual([]);
  });

  it('waits longer after each failure, and never much longer than half a minute', async () => {
    const { calls, time, add } = await setUp();
    await add('one');
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      await calls[i]?.ack(unreachable());
      waits.push(...time.waits);
      time.fire();
      await settled();
    }
    expect(waits).toEqual([750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500]);
  });

  it('retries no sooner than the server asks', async () => {
    const { calls, time, add } = await setUp();
    await add('one');
    await calls[0]?.ack(new Failure({ code: 'rate_limited', message: 'Slow.', retryAfter: 9 }));
    expect(time.waits).toEqual([9_000]);
  });

  it('keeps the order while an earlier one is being retried', async () => {
    const { calls, time, bodies, add } = await setUp();
    await add('one');
    await calls[0]?.ack(unreachable());
    await add('two');
    expect(calls).toHaveLength(1);
    time.fire();
    await settled();
    await calls[1]?.ack();
    expect(bodies()).toEqual(['one', 'one', 'two']);
  });

  it('retries at once when the connection is back', async () => {
    const { outbox, calls, time, add } = await setUp();
    await add('one');
    outbox.pause();
    await calls[0]?.ack(unreachable());
    expect(time.waits).toEqual([]);
    outbox.resume();
    await settled();
    expect(calls).toHaveLength(2);
  });

  it('stops waiting when the connection is back', async () => {
    const { outbox, calls, time, add } = await setUp();
    await add('one');
    await calls[0]?.ack(unreachable());
    outbox.pause();
    await settled();
    expect(time.waits).toEqual([]);
    outbox.resume();
    await settled();
    expect(calls).toHaveLength(2);
  });

  it('shows a final refusal with its reason and continues with the next', async () => {
    const { outbox, calls, states, add } = await setUp();
    await add('one', 'two');
    await calls[0]?.ack(refused);
    expect(states()).toEqual(['one: failed', 'two: sending']);
    expect(outbox.entries(7)[0]?.reason).toBe('You may not.');
    expect(calls[1]?.entry.body).toBe('two');
  });

  it('sends a failed one again on request, under the same clientId', async () => {
    const { outbox, calls, states, add } = await setUp();
    const clientId = await add('one');
    await calls[0]?.ack(refused);
    outbox.retry(7, clientId);
    expect(outbox.entries(7)[0]?.reason).toBeUndefined();
    await settled();
    expect(calls[1]?.entry.clientId).toBe(clientId);
    await calls[1]?.ack();
    expect(states()).toEqual([]);
  });

  it('deletes a failed one, but none that may be in flight', async () => {
    const { outbox, calls, states, store, add } = await setUp();
    const clientId = await add('one');
    outbox.delete(7, clientId);
    expect(states()).toEqual(['one: sending']);
    await calls[0]?.ack(refused);
    outbox.delete(7, clientId);
    await settled();
    expect(states()).toEqual([]);
    expect(await store.load(ada.id)).toEqual([]);
  });

  it('drops an entry after its event, even if the acknowledgement is lost', async () => {
    const { outbox, calls, time, states, store, add } = await setUp();
    const clientId = await add('one');
    outbox.settle(message(1, { room: 7, clientId, author: ada }));
    await calls[0]?.ack(unreachable());
    expect(states()).toEqual([]);
    expect(time.waits).toEqual([]);
    expect(await store.load(ada.id)).toEqual([]);
  });

  it('stops when the session has ended, and continues when there is one again', async () => {
    const { outbox, calls, states, add } = await setUp();
    await add('one');
    await calls[0]?.ack(new Failure({ code: 'unauthenticated', message: 'Log in.' }));
    expect(states()).toEqual(['one: sending']);
    await add('two');
    expect(calls).toHaveLength(1);
    outbox.resume();
    await settled();
    expect(calls[1]?.entry.body).toBe('one');
  });
});

describe('what was written before', () => {
  it('is there after a reload, in its order and before what is written now', async () => {
    const store = new MemoryOutboxStore();
    const before = await setUp(memoryHome(store), false);
    await before.add('one', 'two');
    const { states, add, calls, outbox, bodies } = await setUp(memoryHome(store), false);
    expect(states()).toEqual(['one: sending', 'two: sending']);
    await add('three');
    outbox.resume();
    for (let i = 0; i < 3; i += 1) {
      await settled();
      await calls[i]?.ack();
    }
    expect(bodies()).toEqual(['one', 'two', 'three']);
    expect(await store.load(ada.id)).toEqual([]);
  });

  it('is still failed after a reload, with its reason', async () => {
    const store = new MemoryOutboxStore();
    const before = await setUp(memoryHome(store));
    await before.add('one');
    await before.calls[0]?.ack(refused);
    const { outbox, calls } = await setUp(memoryHome(store));
    expect(outbox.entries(7)).toMatchObject([{ state: 'failed', reason: 'You may not.' }]);
    expect(calls).toEqual([]);
  });

  it('waits for its author while somebody else is signed in', async () => {
    const { outbox, calls, states, add } = await setUp(memoryHome(), false);
    await add('of Ada');
    await outbox.open(mona.id);
    expect(states()).toEqual([]);
    outbox.resume();
    await settled();
    expect(calls).toEqual([]);
    await outbox.open(ada.id);
    outbox.resume();
    await settled();
    expect(calls.map(({ entry }) => entry.body)).toEqual(['of Ada']);
  });
});

describe('two tabs', () => {
  it('show the same, and only one of them sends', async () => {
    const homes = twoTabs();
    const [one, two] = [await setUp(homes[0]), await setUp(homes[1])];
    await one.add('one');
    await two.add('two');
    expect(one.states()).toEqual(['one: sending', 'two: sending']);
    expect(two.states()).toEqual(['one: sending', 'two: sending']);
    expect([one.bodies(), two.bodies()]).toEqual([['one'], []]);
    await one.calls[0]?.ack();
    await one.calls[1]?.ack();
    expect([one.bodies(), two.bodies()]).toEqual([['one', 'two'], []]);
    expect([one.states(), two.states()]).toEqual([[], []]);
    expect(two.sent.map(({ body }) => body)).toEqual(['one', 'two']);
  });

  it('take over from each other when one loses its connection', async () => {
    const homes = twoTabs();
    const [one, two] = [await setUp(homes[0]), await setUp(homes[1])];
    await one.add('one');
    one.outbox.pause();
    await one.calls[0]?.ack(unreachable());
    expect(two.bodies()).toEqual(['one']);
    expect(two.calls[0]?.entry.clientId).toBe(one.calls[0]?.entry.clientId);
    await two.calls[0]?.ack();
    one.outbox.resume();
    await settled();
    expect(one.calls).toHaveLength(1);
    expect(one.states()).toEqual([]);
  });

  it('agree on what was deleted', async () => {
    const homes = twoTabs();
    const [one, two] = [await setUp(homes[0]), await setUp(homes[1])];
    const clientId = await one.add('one');
    await one.calls[0]?.ack(refused);
    expect(two.states()).toEqual(['one: failed']);
    two.outbox.delete(7, clientId);
    await settled();
    expect(one.states()).toEqual([]);
  });

  it('do not send what the other has sent without announcing it', async () => {
    const homes = twoTabs();
    const deaf = { ...homes[1], onNews: () => undefined };
    const one = await setUp(homes[0], false);
    await one.add('one');
    const two = await setUp(deaf, false);
    expect(two.states()).toEqual(['one: sending']);
    one.outbox.resume();
    await settled();
    await one.calls[0]?.ack();
    two.outbox.resume();
    await settled();
    expect(two.calls).toEqual([]);
    expect(two.states()).toEqual([]);
  });

  it('send nothing after losing the lock', async () => {
    const home = memoryHome();
    let turns = 0;
    const { add, calls } = await setUp({
      ...home,
      exclusively: (_name, task) => {
        turns += 1;
        return task(() => Promise.resolve(turns > 1));
      },
    });
    await add('one');
    expect(turns).toBe(2);
    expect(calls).toHaveLength(1);
  });
});
