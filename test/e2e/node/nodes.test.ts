import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';
import { io } from 'socket.io-client';
import { Client, heard, until } from '../support/client.ts';
import { Nodes } from '../support/nodes.ts';
import { Proxy, roundRobin } from '../support/proxy.ts';

const main = 1;

suite('G2 two nodes behind a proxy that knows nothing of sessions', () => {
  let nodes: Nodes;
  before(async () => {
    nodes = await Nodes.start();
  });
  after(() => nodes.stop());

  test('a poll, a post or an upgrade that reaches the wrong node is refused at once', async () => {
    const [a, b] = nodes.urls as [string, string];
    const opened = await fetch(`${a}/socket.io/?EIO=4&transport=polling`);
    const { sid } = JSON.parse((await opened.text()).slice(1));
    const wrong = `${b}/socket.io/?EIO=4&sid=${sid}&transport=`;
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    for (const [url, method, headers] of [
      [`${wrong}polling`, 'GET', {}],
      [`${wrong}polling`, 'POST', {}],
      [`${wrong}websocket`, 'GET', upgrade],
    ] as const) {
      const asked = request(url, { method, headers, agent: false }).end(
        method === 'POST' ? '40' : undefined,
      );
      const [answer] = await once(asked, 'response');
      assert.equal(answer.statusCode, 400, `${method} ${url}`);
      assert.match(await text(answer), /Session ID unknown/, `${method} ${url}`);
    }
  });

  test('clients that use only WebSocket need no sticky sessions', async () => {
    const proxy = await Proxy.start(roundRobin(nodes.urls));
    const people = [];
    for (const name of ['wim', 'wes', 'wyn', 'wat'])
      people.push(await Client.signUp(proxy.url, name));
    for (const person of people) await person.connect('websocket');
    for (const person of people) await person.write(main, `hello from ${person.username}`);
    for (const person of people)
      for (const { username } of people) await person.hears(`hello from ${username}`);
    for (const person of people) {
      const seqs = person.received.map((m) => m.seq);
      assert.deepEqual(
        seqs,
        [...new Set(seqs)].sort((x, y) => x - y),
        'once each and in order',
      );
      person.socket.close();
    }
    assert.equal(proxy.webSockets, people.length);
    await proxy.stop();
  });

  test('a polling client that is moved to another node reconnects there, and misses nothing', async () => {
    let [here, there] = nodes.urls as [string, string];
    const proxy = await Proxy.start(() => here);
    const pat = await Client.signUp(proxy.url, 'pat');
    const quin = await Client.signUp(there, 'quin');
    await pat.connect('polling');
    await quin.connect('websocket');
    const known = pat.ready.subscriptions[0].rev;
    const ended = heard(pat.socket, 'disconnect');
    const again = heard(pat.socket, 'ready');
    here = there;
    await quin.write(main, 'by the poll that was open');
    assert.match(await ended, /^transport (error|close)$/);
    await quin.write(main, 'while you were away');
    const ready = await again;
    assert.ok(ready.subscriptions[0].rev > known);
    const since = await pat.command('room:sync', { room: main, since: known });
    assert.deepEqual(
      since.messages.map((m: any) => m.body),
      ['by the poll that was open', 'while you were away'],
    );
    await quin.write(main, 'welcome back');
    await pat.hears('welcome back');
    pat.socket.close();
    quin.socket.close();
    await proxy.stop();
  });

  test('an official client with its defaults is never left hanging', async () => {
    const proxy = await Proxy.start(roundRobin(nodes.urls));
    const ola = await Client.signUp(proxy.url, 'ola');
    const socket = io(proxy.url, {
      forceNew: true,
      auth: { protocol: 1, token: ola.token },
      reconnectionDelay: 10,
      reconnectionDelayMax: 20,
    });
    let refusals = 0;
    socket.on('disconnect', () => refusals++);
    socket.on('connect_error', () => refusals++);
    // Half of its requests go astray, and each one says so: it tries again and again.
    await until('it is refused', () => refusals >= 5);
    socket.close();
    await proxy.stop();
  });
});
