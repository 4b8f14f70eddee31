import { Client } from '../support/client.ts';
import { cutOff } from '../support/cutoff.ts';
import { expect, test, type Person } from '../support/fixtures.ts';
import type { Server } from '../support/server.ts';

/** Counts the times that the page has been told only what has changed. */
function countDeltas({ page }: Person): () => number {
  let deltas = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (/^42\["ready",.*"delta":true/.test(String(payload))) deltas += 1;
    }),
  );
  return () => deltas;
}

/** Loses Ada's connection, and gives it back after something has happened. */
async function away(ada: Person, server: Server, happen: () => Promise<unknown>): Promise<void> {
  const letIn = await cutOff(ada.page.context());
  await server.restart('SIGKILL');
  await expect(ada.page.getByText(/^Reconnecting/).first()).toBeVisible();
  await happen();
  await letIn();
  await expect(ada.page.getByText(/^Reconnecting/)).toHaveCount(0);
}

/** Creates a room as Mona, who has no browser, and lets Ada join it. */
async function shared(mona: Client, ada: Person, name: string): Promise<number> {
  const { body } = await mona.call('POST', '/rooms', { name, topic: '' });
  await ada.findRoom(name.slice(0, 4), name);
  await ada.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(ada.room(name)).toBeVisible();
  return body.subscription.id;
}

const ok = (answer: { status: number }) => expect(answer.status).toBeLessThan(300);

test('what happened to my rooms while I had no connection is there when it is back, with its reason', async ({
  server,
  person,
  program,
}) => {
  test.slow();
  const mona = await program('mona');
  const ada = await person('ada', { viewport: { width: 1440, height: 900 } });
  const deltas = countDeltas(ada);
  await ada.arrive();
  const { id } = await ada.account();
  const trip = await shared(mona, ada, 'weekend-trip');
  const lake = await shared(mona, ada, 'lakeside');
  const book = await shared(mona, ada, 'book-club');
  const chess = (await mona.call('POST', '/rooms', { name: 'chess', topic: '' })).body;
  await ada.openMain();
  /** What Ada does on another device. */
  const elsewhere = (method: string, path: string) =>
    ada.page.request.fetch(`${server.url}/api/v1${path}`, { method });

  await test.step('removed', async () => {
    await ada.room('weekend-trip').click();
    await away(ada, server, async () =>
      ok(await mona.call('DELETE', `/rooms/${trip}/members/${id}`)),
    );
    await expect(ada.page.getByText('You were removed from weekend-trip.')).toBeVisible();
    await expect(ada.heading('No conversation open')).toBeVisible();
    await expect(ada.room('weekend-trip')).toBeHidden();
  });

  await test.step('banned', async () => {
    await away(ada, server, async () => ok(await mona.call('PUT', `/rooms/${lake}/bans/${id}`)));
    await expect(ada.page.getByText('You were banned from lakeside.')).toBeVisible();
    await expect(ada.room('lakeside')).toBeHidden();
  });

  await test.step('joined on another device, and invited', async () => {
    await away(ada, server, async () => {
      expect((await elsewhere('PUT', `/subscriptions/${chess.subscription.id}`)).status()).toBe(
        201,
      );
      ok(await mona.call('POST', '/invitations', { user: id }));
    });
    await expect(ada.room('chess')).toBeVisible();
    await expect(ada.page.getByText(/mona invites you/)).toBeVisible();
  });

  await test.step('renamed, and written to', async () => {
    await away(ada, server, async () => {
      ok(await mona.call('PATCH', `/rooms/${book}`, { name: 'reading-group' }));
      await mona.post(book, 'Chapter 3 by Friday');
    });
    await expect(ada.room('reading-group')).toHaveAccessibleName('reading-group 1 unread');
    await expect(ada.room('book-club')).toBeHidden();
  });

  await test.step('read on another device', async () => {
    await away(ada, server, async () => {
      const phone = new Client(server.url, 'ada');
      await phone.logIn();
      await phone.connect('websocket');
      expect(await phone.command('room:read', { room: book, seq: 100 })).toMatchObject({
        ok: true,
      });
      phone.socket.close();
    });
    await expect(ada.room('reading-group')).toHaveAccessibleName('reading-group');
  });

  await test.step('made an admin', async () => {
    await ada.room('reading-group').click();
    const members = ada.details;
    await expect(members.getByText('mona')).toBeVisible();
    const lift = members.getByRole('button', { name: 'Banned people' });
    await expect(lift).toBeHidden();
    await away(ada, server, () => server.command('user', 'promote', 'ada'));
    await expect(lift).toBeVisible();
  });

  expect(deltas(), 'each time, only what had changed was sent').toBe(6);
});
