import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { Client, connectTo, heard, until, type Transport } from '../support/client.ts';
import { Server } from '../support/server.ts';

const main = 1;

let server: Server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

for (const transport of ['polling', 'websocket', 'upgrade'] satisfies Transport[]) {
  suite(`two people chat through the official client, ${transport}`, () => {
    let ada: Client;
    let ben: Client;
    let room: number;

    before(async () => {
      ada = await Client.signUp(server.url, `ada.${transport}`);
      ben = await Client.signUp(server.url, `ben.${transport}`);
      await Promise.all([ada.connect(transport), ben.connect(transport)]);
    });
    after(() => {
      ada.socket.close();
      ben.socket.close();
    });

    test('B9 new users are in main', () => {
      assert.deepEqual(
        ben.ready.subscriptions.map((s: any) => s.name),
        ['main'],
      );
      assert.equal(ben.ready.user.username, ben.username);
    });

    test('B2 B3 B4 a room is created, found by the beginning of its name, and joined', async () => {
      const listed = heard(ada.socket, 'room:put');
      const made = await ada.call('POST', '/rooms', {
        name: `Lake trip ${transport}`,
        topic: 'bring food',
      });
      assert.equal(made.status, 201);
      room = made.body.subscription.id;
      assert.equal((await listed).subscription.id, room, 'the maker hears of the room in the list');

      const found = await ben.call(
        'GET',
        `/rooms?text=${encodeURIComponent(`lake trip ${transport}`)}`,
      );
      assert.deepEqual(
        found.body.rooms.map((r: any) => r.id),
        [room],
      );

      const joined = heard(ada.socket, 'member:put');
      const subscribed = await ben.call('PUT', `/subscriptions/${room}`);
      assert.equal(subscribed.status, 201);
      assert.equal((await joined).member.user.username, ben.username);
    });

    test('D3 D5 E3 messages go in both directions, acknowledged, in one order', async () => {
      const sent = await ada.send(room, 'hello');
      assert.equal(sent.ok, true);
      assert.equal(sent.message.kind, 'text');
      assert.equal((await ben.hears('hello')).author.username, ada.username);
      await ben.send(room, 'hello back');
      assert.equal((await ada.hears('hello back')).seq, sent.message.seq + 1);
    });

    test('a retry with the same clientId is answered with the original and stored once', async () => {
      const clientId = randomUUID();
      const [first, second] = await Promise.all([
        ada.send(room, 'once', clientId),
        ada.send(room, 'once', clientId),
      ]);
      assert.deepEqual(second, first);
      const page = await ben.call('GET', `/rooms/${room}/messages?limit=50`);
      assert.equal(page.body.messages.filter((m: any) => m.body === 'once').length, 1);
    });

    test('everyone sees a burst from both in the order of seq, without holes', async () => {
      const bursts = [ada, ben].flatMap((who) =>
        Array.from({ length: 50 }, (_, i) => who.send(room, `${who.username} ${i}`)),
      );
      const acks = await Promise.all(bursts);
      assert.ok(
        acks.every((ack) => ack.ok),
        'every send is acknowledged',
      );
      const last = Math.max(...acks.map((ack) => ack.message.seq));
      for (const who of [ada, ben]) {
        await until('the burst has arrived', () =>
          who.received.find((m) => m.room === room && m.seq === last),
        );
        const seqs = who.received.filter((m) => m.room === room).map((m) => m.seq);
        assert.deepEqual(
          seqs,
          Array.from({ length: last }, (_, i) => i + 1),
          `${who.username} sees 1, 2, 3 …`,
        );
      }
    });

    test('C3 history pages by 10 in both directions, oldest first', async () => {
      const newest = (await ben.call('GET', `/rooms/${room}/messages`)).body;
      assert.equal(newest.messages.length, 10);
      assert.equal(newest.messages.at(-1).seq, newest.seq);
      const first = newest.messages[0].seq;
      const older = (await ben.call('GET', `/rooms/${room}/messages?before=${first}`)).body;
      assert.deepEqual(
        older.messages.map((m: any) => m.seq),
        Array.from({ length: 10 }, (_, i) => first - 10 + i),
      );
      const again = (await ben.call('GET', `/rooms/${room}/messages?after=${first - 1}`)).body;
      assert.deepEqual(again.messages, newest.messages);
      assert.equal(again.more, false);
      const start = (await ben.call('GET', `/rooms/${room}/messages?before=2`)).body;
      assert.deepEqual(
        start.messages.map((m: any) => m.seq),
        [1],
      );
      assert.equal(start.more, false);
    });

    test('room:sync returns what was missed while away', async () => {
      await ben.command('room:read', { room, seq: ben.received.at(-1)!.seq });
      ben.socket.disconnect();
      await ada.write(room, 'while you were away');
      const since = ben.received.filter((m) => m.room === room).at(-1)!.rev;
      await ben.connect(transport);
      const head = ben.ready.subscriptions.find((s: any) => s.id === room);
      assert.equal(head.rev, since + 1);
      assert.equal(head.unread, 1);
      const sync = await ben.command('room:sync', { room, since });
      assert.deepEqual(
        sync.messages.map((m: any) => m.body),
        ['while you were away'],
      );
      const read = await ben.command('room:read', { room, seq: head.seq });
      assert.equal(read.readSeq, head.seq);
    });

    test('B8 a private room does not exist for outsiders', async () => {
      const made = await ada.call('POST', '/rooms', {
        name: `secret ${transport}`,
        topic: '',
        kind: 'private',
      });
      const secret: number = made.body.subscription.id;
      await ada.write(secret, 'for us alone');
      for (const [method, path, body] of [
        ['GET', `/rooms/${secret}`],
        ['GET', `/rooms/${secret}/messages`],
        ['GET', `/rooms/${secret}/members`],
        ['PUT', `/subscriptions/${secret}`],
        ['PATCH', `/rooms/${secret}`, { topic: 'mine' }],
        ['POST', `/rooms/${secret}/messages`, { clientId: randomUUID(), body: 'let me in' }],
      ] as const) {
        const answer = await ben.call(method, path, body);
        assert.equal(answer.status, 404, `${method} ${path}`);
        assert.equal(answer.body.error.code, 'not_found');
      }
      for (const [event, argument] of [
        ['message:send', { room: secret, clientId: randomUUID(), body: 'let me in' }],
        ['room:sync', { room: secret, since: 0 }],
        ['room:read', { room: secret, seq: 1 }],
        ['room:watch', { room: secret }],
      ] as const)
        assert.equal((await ben.command(event, argument)).error.code, 'not_found', event);
      const found = await ben.call('GET', '/rooms?text=secret');
      assert.ok(!found.body.rooms.some((r: any) => r.id === secret), 'search does not show it');
      assert.ok(!ben.received.some((m) => m.room === secret), 'nothing of it is on the wire');
    });

    test('B4 unsubscribed, the room leaves the list and its messages stop', async () => {
      const gone = heard(ben.socket, 'room:gone');
      assert.equal((await ben.call('DELETE', `/subscriptions/${room}`)).status, 204);
      assert.equal((await gone).room, room);
      await ada.write(room, 'without ben');
      await ada.write(main, `to all ${transport}`);
      await ben.hears(`to all ${transport}`);
      assert.ok(!ben.received.some((m) => m.body === 'without ben'));
      const answer = await ben.send(room, 'may I?');
      assert.equal(answer.error.code, 'forbidden');
    });

    test('A7 log-out ends the session and disconnects its sockets at once', async () => {
      const ended = heard(ben.socket, 'session:ended');
      const disconnected = heard(ben.socket, 'disconnect');
      assert.equal((await ben.call('DELETE', '/session')).status, 204);
      assert.equal((await ended).reason, 'log-out');
      await disconnected;
      assert.equal((await ben.call('GET', '/session')).status, 401);
      await assert.rejects(
        ben.connect(transport),
        (error: any) => error.data.code === 'unauthenticated',
      );
      await ben.logIn();
      await ben.connect(transport);
    });
  });
}

suite('bad input on the socket is answered with a code and loses nothing', () => {
  let ada: Client;
  before(async () => {
    ada = await Client.signUp(server.url, 'ada.bad');
    await ada.connect('websocket');
  });
  after(() => ada.socket.close());

  const clientId = '0f8fad5b-d9cb-469f-a165-70867728950e';
  for (const [name, event, argument, code] of [
    ['an empty message', 'message:send', { room: main, clientId, body: '' }, 'invalid'],
    ['a message of white space', 'message:send', { room: main, clientId, body: ' \n ' }, 'invalid'],
    [
      'an over-long message',
      'message:send',
      { room: main, clientId, body: 'x'.repeat(8001) },
      'too_large',
    ],
    ['no clientId', 'message:send', { room: main, body: 'hi' }, 'invalid'],
    [
      'a clientId that is no UUID',
      'message:send',
      { room: main, clientId: 'one', body: 'hi' },
      'invalid',
    ],
    [
      'an unknown kind',
      'message:send',
      { room: main, clientId, kind: 'dance', body: 'hi' },
      'invalid',
    ],
    ['an unknown room', 'message:send', { room: 404404, clientId, body: 'hi' }, 'not_found'],
    ['a room that is no number', 'message:send', { room: 'main', clientId, body: 'hi' }, 'invalid'],
    ['an argument that is no object', 'message:send', 'hi', 'invalid'],
    ['null', 'room:sync', null, 'invalid'],
    ['a negative rev', 'room:sync', { room: main, since: -1 }, 'invalid'],
    ['an unknown event', 'message:dance', {}, 'invalid'],
  ] as const)
    test(name, async () => {
      const answer = await ada.command(event, argument);
      assert.equal(answer.ok, false);
      assert.equal(answer.error.code, code);
      assert.ok(answer.error.message.length > 10, 'with a sentence');
    });

  test('the socket keeps working afterwards', async () => {
    assert.equal((await ada.send(main, 'still here')).ok, true);
    assert.equal(ada.socket.connected, true);
  });

  test('events before log-in', async () => {
    const refused = connectTo(server.url, 'websocket', { protocol: 1 });
    const error = await heard(refused, 'connect_error');
    assert.equal(error.data.code, 'unauthenticated');
    refused.close();

    // It may not stay either if it announces nothing, unless classic events are switched on.
    const bare = connectTo(server.url, 'websocket', {});
    const barred = await heard(bare, 'connect_error');
    assert.equal(barred.data.code, 'unauthenticated');
    bare.close();
  });
});

suite('bad input on REST is answered with a code and loses nothing', () => {
  let ada: Client;
  before(async () => {
    ada = await Client.signUp(server.url, 'ada.rest');
  });

  for (const [name, method, path, body, status, code] of [
    ['broken JSON', 'POST', '/rooms', '{"name": ', 400, 'invalid'],
    ['an empty room name', 'POST', '/rooms', { name: ' ', topic: '' }, 422, 'invalid'],
    [
      'an over-long room name',
      'POST',
      '/rooms',
      { name: 'x'.repeat(65), topic: '' },
      413,
      'too_large',
    ],
    [
      'an over-long topic',
      'POST',
      '/rooms',
      { name: 'fine', topic: 'x'.repeat(257) },
      413,
      'too_large',
    ],
    ['a room name in use', 'POST', '/rooms', { name: 'MAIN', topic: '' }, 409, 'taken'],
    ['an unknown room', 'GET', '/rooms/404404', undefined, 404, 'not_found'],
    ['a room that is no number', 'GET', '/rooms/main', undefined, 422, 'invalid'],
    [
      'both directions at once',
      'GET',
      '/rooms/1/messages?before=5&after=2',
      undefined,
      422,
      'invalid',
    ],
    ['an unknown call', 'GET', '/dances', undefined, 404, 'not_found'],
  ] as const)
    test(name, async () => {
      const answer = await ada.call(method, path, body);
      assert.equal(answer.status, status);
      assert.equal(answer.body.error.code, code);
    });

  test('A3 simultaneous sign-ups with one name: one wins, the others get an error', async () => {
    const names = ['Zoë', 'zoë', 'ZOË', 'Zoe\u0308', 'zoe\u0308'];
    const answers = await Promise.all(
      names.map((username) =>
        new Client(server.url, username).call('POST', '/users', {
          username,
          password: 'correct horse',
        }),
      ),
    );
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, 409, 409, 409, 409]);
    const taken = answers.find((a) => a.status === 409)!;
    assert.equal(taken.body.error.code, 'taken');
    assert.equal(taken.body.error.field, 'username');
  });

  test('every call without a session is unauthenticated', async () => {
    const nobody = new Client(server.url, 'nobody');
    for (const [method, path] of [
      ['GET', '/session'],
      ['GET', '/rooms'],
      ['GET', '/users'],
      ['GET', '/subscriptions'],
      ['GET', '/rooms/1/messages'],
      ['PUT', '/subscriptions/1'],
    ] as const) {
      const answer = await nobody.call(method, path);
      assert.equal(answer.status, 401, `${method} ${path}`);
      assert.equal(answer.body.error.code, 'unauthenticated');
    }
  });
});

suite('the server is killed and comes back', () => {
  test('acknowledged messages are kept, the session continues, and the client reconnects by itself', async () => {
    const own = await Server.start();
    const ada = await Client.signUp(own.url, 'ada');
    await ada.connect('upgrade');
    for (let i = 1; i <= 20; i++) await ada.write(main, `message ${i}`);
    const again = heard(ada.socket, 'ready').catch(() => heard(ada.socket, 'ready'));
    await own.restart('SIGKILL');
    assert.equal((await again).user.username, 'ada');
    const page = await ada.call('GET', '/rooms/1/messages?limit=50');
    assert.deepEqual(
      page.body.messages.map((m: any) => m.body),
      Array.from({ length: 20 }, (_, i) => `message ${i + 1}`),
    );
    ada.socket.close();
    await own.stop();
  });
});
