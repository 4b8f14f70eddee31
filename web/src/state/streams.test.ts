import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { byActivity } from '../model/subscriptions';
import type { GoneReason, Subscription } from '../model/wire';
import { SocketLink } from '../socket';
import { FakeServer, newChat, refusal } from '../testing/fakes';
import { FakeSocket } from '../testing/fakesocket';
import { ModelServer, type Sent } from '../testing/modelserver';
import { settled } from '../testing/settled';
import type { Chat } from './chat.svelte';

const rooms = 7;
const others = [2, 3, 4];

/** Random numbers determined by the seed (mulberry32). */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** The whole client on a model of the server, with a network that the test controls. */
class World {
  readonly model = new ModelServer(rooms);
  readonly socket = new FakeSocket();
  readonly link: SocketLink;
  readonly chat: Chat;
  readonly random: (below: number) => number;
  /** Events in flight, per stream. */
  #events = new Map<Sent['stream'], Sent[]>();
  /** Events delivered on this connection: they may be delivered again. */
  #told: Sent[] = [];
  /** REST answers in flight, and commands whose acknowledgements are in flight. */
  #answers: (() => void)[] = [];
  #acks: { deliver: () => void; lose: () => void }[] = [];
  isConnected = false;
  /** Why rooms have gone from the list, as the client has said since the connection was lost last. */
  readonly told = new Map<number, GoneReason>();

  constructor(seed: number) {
    this.random = makeRandom(seed);
    const { model, socket } = this;
    const server = new FakeServer()
      .on('GET /session', () => ({ body: { user: model.me } }))
      .on('GET /subscriptions', ({ query }) =>
        this.#later({ body: model.page(query.get('after') ?? '') }),
      );
    for (let id = 1; id <= rooms; id += 1) {
      server
        .on(`PUT /subscriptions/${id}`, () => {
          const subscription = model.join(id);
          return this.#later(
            subscription
              ? { body: { subscription } }
              : refusal(403, { code: 'forbidden', message: 'You are banned.' }),
          );
        })
        .on(`DELETE /subscriptions/${id}`, () => {
          model.lose(id, 'left');
          return this.#later({ status: 204 });
        })
        .on(`GET /rooms/${id}/messages`, () => this.#later({ body: this.#page(id) }));
    }
    model.send = (sent) => {
      if (!this.isConnected) return;
      const queue = this.#events.get(sent.stream) ?? [];
      this.#events.set(sent.stream, [...queue, sent]);
    };
    socket.answer = (command, argument) => this.#run(command, argument as never);
    this.link = new SocketLink(() => Promise.resolve(socket as unknown as Socket));
    this.chat = newChat(server, this.link);
  }

  async begin(): Promise<void> {
    for (let id = 1; id <= rooms; id += 2) this.model.join(id);
    const loading = this.chat.session.load();
    const live = await this.chat.loadLive();
    vi.spyOn(live, 'tellGone').mockImplementation(({ id }, reason) => this.told.set(id, reason));
    await this.deliverAll();
    await loading;
  }

  connect(): void {
    if (this.isConnected) return;
    const { ready, after } = this.model.greet(this.link.known());
    this.isConnected = true;
    this.#told = [];
    this.socket.arrive('ready', ready);
    for (const { event, content } of after) this.socket.arrive(event, content);
  }

  /** Loses the connection, and everything in flight. */
  cut(): void {
    if (!this.isConnected) return;
    this.isConnected = this.socket.connected = false;
    this.#events.clear();
    this.told.clear();
    for (const { lose } of this.#acks.splice(0)) lose();
    this.socket.happen('disconnect', 'transport close');
  }

  /** Somebody else logs in with the same browser, while this page has no connection. */
  switchUser(): void {
    if (this.isConnected) return;
    this.#answers = []; // what was on its way was for somebody else
    this.model.switchUser();
  }

  /** Delivers one item in flight. */
  deliver(): void {
    const { random } = this;
    const queues = [...this.#events.values()].filter((queue) => queue.length > 0);
    const queue = queues[random(queues.length || 1)];
    if (random(4) === 0) this.#acks.shift()?.deliver();
    else if (random(3) === 0) this.#answers.splice(random(this.#answers.length || 1), 1)[0]?.();
    else if (queue) this.#arrive(queue.shift() as Sent);
  }

  /** Delivers an event again. */
  repeat(): void {
    const sent = this.#told[this.random(this.#told.length || 1)];
    if (sent) this.socket.arrive(sent.event, sent.content);
  }

  /** Loses one event of a room, while the connection continues. */
  loseOne(): void {
    const queue = this.#events.get(1 + this.random(rooms));
    queue?.shift();
  }

  async deliverAll(): Promise<void> {
    for (;;) {
      await settled();
      vi.advanceTimersByTime(5_000);
      await settled();
      const queue = [...this.#events.values()].find((waiting) => waiting.length > 0);
      if (queue) this.#arrive(queue.shift() as Sent);
      else if (this.#answers.length > 0) this.#answers.shift()?.();
      else if (this.#acks.length > 0) this.#acks.shift()?.deliver();
      else return;
    }
  }

  #arrive(sent: Sent): void {
    if (!sent.event.startsWith('invitation')) this.#told.push(sent);
    this.socket.arrive(sent.event, sent.content);
  }

  #later<T>(answer: T): Promise<T> {
    return new Promise((resolve) => {
      this.#answers.push(() => {
        resolve(answer);
      });
    });
  }

  #page(id: number): object {
    const { messages, room } = this.model.rooms.get(id) ?? { messages: [], room: undefined };
    return { messages: [...messages], seq: room?.seq, rev: room?.rev, more: false };
  }

  /** Runs a command at once, unless it is lost; its acknowledgement is delayed. */
  #run(
    name: string,
    { room, seq, since, marked }: Record<'room' | 'seq' | 'since' | 'marked', number>,
  ) {
    const isLost = this.random(6) === 0;
    let answer: object = {};
    if (!isLost && name === 'room:read') answer = { readSeq: this.model.read(room, seq, marked) };
    if (name === 'room:sync') answer = this.model.sync(room, since);
    return new Promise((resolve, reject) => {
      const lose = () => {
        reject(new Error('the connection is lost'));
      };
      const deliver = isLost
        ? () => {
            this.cut();
            lose();
          }
        : () => {
            resolve({ ok: true, ...answer });
          };
      this.#acks.push({ deliver, lose });
    });
  }
}

/** One random change: in rooms, by me elsewhere or here, or in the network. */
function step({ model, chat, random, ...world }: World, self: World): void {
  const id = 1 + random(rooms);
  const listed = chat.rooms.get(id);
  const happenings: (() => unknown)[] = [
    () => model.write(id, others[random(others.length)]),
    () => model.write(id, others[random(others.length)], 'notice'),
    () => model.change(id, 1 + random(20), random(2) === 0, random(2) === 0),
    () => model.rename(id, `room ${id} ${random(100)}`),
    () => model.comeOrGo(id, others[random(others.length)] ?? 2, random(2) === 0),
    () => model.mine.has(id) && model.write(id, model.me.id),
    () => model.read(id, 1 + random(20)),
    () => model.markUnread(id, 1 + random(20)),
    () => model.join(id),
    () => model.lose(id, (['left', 'removed', 'removed'] as const)[random(3)] ?? 'left'),
    () => (random(3) === 0 ? model.lose(id, 'banned') : model.banned.delete(id)),
    () => model.setRole(id, random(2) === 0 ? 'admin' : 'member'),
    () => model.invite(random(100)),
    () => model.uninvite(random(100)),
    () => model.endOther(),
    () => listed && readHere(self, listed),
    () => listed && self.isConnected && chat.rooms.noteSent(model.write(id, model.me.id)),
    () => self.isConnected && chat.rooms.subscribe(id).catch(() => undefined),
    () => self.isConnected && chat.rooms.unsubscribe(id).catch(() => undefined),
    () => self.repeat(),
    () => self.loseOne(),
    () => random(3) === 0 && self.cut(),
    () => self.connect(),
    () => random(3) === 0 && self.switchUser(),
    ...Array.from({ length: 20 }, () => () => self.deliver()),
  ];
  void world;
  happenings[random(happenings.length)]?.();
}

/** I read further in the loaded messages. */
function readHere({ model, chat, random }: World, { id, seq, membership }: Subscription): void {
  const to = membership.readSeq + 1 + random(3);
  if (to > seq) return;
  const counted = (model.rooms.get(id)?.messages ?? [])
    .slice(membership.readSeq, to)
    .filter(({ kind, deleted }) => kind !== 'notice' && !deleted).length;
  chat.rooms.markRead(id, to, counted);
}

const essence = ({ id, name, topic, seq, rev, unread, mentions, membership }: Subscription) => {
  const { role, readSeq, joinedAt, marked } = membership;
  const calls = [...(mentions ?? [])].sort((a, b) => a - b);
  return { id, name, topic, seq, rev, unread, calls, role, readSeq, joinedAt, marked };
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('after each reconnect, whatever was changed, lost, repeated or late, the client has what the server has', () => {
  const kinds: [string, Partial<ModelServer>][] = [
    ['by what has changed', {}],
    ['by what has changed, of rooms of which only some fit into the handshake', { authBytes: 230 }],
    ['by the whole list', { isWhole: true }],
  ];
  it.each(kinds)('%s', async (_, options) => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const world = new World(seed);
      Object.assign(world.model, options);
      await world.begin();
      for (let round = 1; round <= 4; round += 1) {
        for (let i = world.random(150); i > 0; i -= 1) {
          step(world, world);
          if (world.random(4) === 0) await settled();
        }
        world.cut();
        await settled();
        // Only a list that it knows whole, and whose it is, comes with reasons.
        const isKnown = world.link.known()?.user === world.model.me.id && !world.model.isWhole;
        const listed = isKnown ? world.chat.rooms.list : [];
        world.connect();
        await world.deliverAll();
        if (!world.isConnected) {
          world.connect();
          await world.deliverAll();
        }
        const where = `seed ${seed}, round ${round}`;
        expect(world.chat.rooms.list.map(essence), where).toEqual(
          world.model.list.sort(byActivity).map(essence),
        );
        expect(invited(world.chat), where).toEqual([...world.model.invitations.keys()].sort());
        for (const { id } of listed) {
          const { mine, gone } = world.model;
          const reason = mine.has(id) ? undefined : gone.get(id)?.reason;
          if (reason) expect(world.told.get(id), `room ${id}, ${where}`).toBe(reason);
        }
      }
    }
  });
});

const seeds = 40;
const invited = ({ live }: Chat) => (live?.invitations ?? []).map(({ id }) => id).sort();
