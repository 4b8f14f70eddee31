import type { Page } from '@playwright/test';
import { cutOff } from '../support/cutoff.ts';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';
import { until, type Client } from '../support/client.ts';

const main = 1;
/** More changes than the server keeps for a client to catch up. */
const tooMany = 2_050;

/** Records every message that the page sends over its socket, including retries. */
function watchSends(page: Page): string[] {
  const sent: string[] = [];
  const note = (packets: string | null) => {
    for (const found of (packets ?? '').matchAll(/"message:send",(\{[^}]*\})/g))
      sent.push(JSON.parse(found[1]!).body);
  };
  page.on('request', (request) => note(request.postData()));
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => note(payload.toString())),
  );
  return sent;
}

/** Sends a message and waits only until it is shown. */
async function type(page: Page, body: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: /^Message/ });
  await composer.fill(body);
  await composer.press('Enter');
  await expect(shown(page, body)).toBeVisible();
}

function shown(page: Page, body: string) {
  return page.locator('div.messages').getByText(body, { exact: true });
}

/** Everything in the main room that is not a notice, in the order of seq. */
async function stored(client: Client): Promise<string[]> {
  const { body } = await client.call('GET', `/rooms/${main}/messages?limit=200`);
  return body.messages
    .filter((message: { kind: string }) => message.kind === 'text')
    .map((message: { body: string }) => message.body);
}

test('unsent messages survive a reload, and are sent once and in order', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  const context = ada.page.context();
  const letIn = await cutOff(context);
  await ada.page.reload();
  await type(ada.page, 'one');
  await type(ada.page, 'two');
  await expect(ada.page.getByText('sending')).toBeVisible();
  await expectAccessible(ada.page);
  await ada.page.reload();
  await expect(shown(ada.page, 'one')).toBeVisible();
  await type(ada.page, 'three');
  expect(await stored(ben)).toEqual([]);

  await letIn();
  await ben.hears('three');
  expect(await stored(ben)).toEqual(['one', 'two', 'three']);
  await expect(ada.page.getByText('· sent')).toBeVisible();
  await ada.page.reload();
  await expect(shown(ada.page, 'three')).toHaveCount(1);
});

test('unsent messages wait for their author through a log-out, and for nobody else', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  const letIn = await cutOff(ada.page.context());
  await ada.page.reload();
  await type(ada.page, 'kept for later');
  await ada.logOut();
  await expect(ada.page).toHaveURL(/\/$/);
  await letIn();

  await ada.page.getByRole('button', { name: 'Sign up' }).click();
  await ada.fillIn('Create account', 'cleo', 'password of cleo');
  await ada.openMain();
  await ada.write('from Cleo');
  await expect(shown(ada.page, 'kept for later')).toHaveCount(0);
  await ada.logOut();
  await expect(ada.page).toHaveURL(/\/$/);

  await ada.logIn();
  await ben.hears('kept for later');
  expect(await stored(ben)).toEqual(['from Cleo', 'kept for later']);
});

for (const turns of ['locks', 'leases'] as const)
  test(`two tabs show the same and send everything once, coordinated by ${turns}`, async ({
    person,
    program,
  }) => {
    const ben = await program('ben');
    const ada = await person('ada');
    const context = ada.page.context();
    if (turns === 'leases')
      await context.addInitScript(() =>
        Object.defineProperty(navigator, 'locks', { value: undefined }),
      );
    await ada.signUp();
    const letIn = await cutOff(context);
    await ada.page.reload();
    const other = await context.newPage();
    await other.goto(ada.page.url());
    const sent = [watchSends(ada.page), watchSends(other)];

    await type(ada.page, 'first, in one');
    await expect(shown(other, 'first, in one')).toBeVisible();
    await type(other, 'second, in the other');
    await type(ada.page, 'third, in one');
    await expect(shown(other, 'third, in one')).toBeVisible();
    await letIn();

    await ben.hears('third, in one');
    const all = ['first, in one', 'second, in the other', 'third, in one'];
    await expect.poll(() => stored(ben)).toEqual(all);
    for (const page of [ada.page, other]) {
      await expect(page.getByText('· sent')).toBeVisible();
      for (const body of all) await expect(shown(page, body)).toHaveCount(1);
    }
    expect(sent.flat().sort()).toEqual(all);
  });

test('a closed tab leaves its unsent messages to the other one', async ({ person, program }) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  const context = ada.page.context();
  const letIn = await cutOff(context);
  await ada.page.reload();
  const other = await context.newPage();
  await other.goto(ada.page.url());
  await type(other, 'about to close');
  await expect(shown(ada.page, 'about to close')).toBeVisible();
  await other.close();
  await letIn();
  await ben.hears('about to close');
  expect(await stored(ben)).toEqual(['about to close']);
});

test('killing the server while someone writes loses, duplicates and reorders nothing', async ({
  server,
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  await ada.write('before');
  const killed = server.restart('SIGKILL');
  const written = Array.from({ length: 12 }, (_, i) => `while it is down ${i + 1}`);
  for (const body of written) {
    await ada.composer.fill(body);
    await ada.composer.press('Enter');
  }
  await killed;
  await type(ada.page, 'after');
  await expect(ada.page.getByText('· sent')).toBeVisible();
  expect(await stored(ben)).toEqual(['before', ...written, 'after']);
  await expect(ada.feed.getByText(/^while it is down 12$/)).toHaveCount(1);
});

test('a send that fails for good says so, and can be retried or deleted', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const room = (await ben.call('POST', '/rooms', { name: 'short-lived', topic: '' })).body
    .subscription;
  const ada = await person('ada');
  await ada.signUp();
  await ada.findRoom('short', 'short-lived');
  await ada.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(ada.composer).toBeVisible();
  const letIn = await cutOff(ada.page.context());
  await ada.page.reload();
  await type(ada.page, 'too late');
  // The same person leaves the room in another session, before the message has been sent.
  await ada.page.evaluate(
    (id) => fetch(`/api/v1/subscriptions/${id}`, { method: 'DELETE' }),
    room.id,
  );
  await letIn();
  await expect(ada.page.getByText(/^Not sent\./)).toBeVisible();
  await expectAccessible(ada.page);
  await ada.page.reload();
  await expect(ada.page.getByText(/^Not sent\./)).toBeVisible();
  await ada.page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(shown(ada.page, 'too late')).toHaveCount(0);
  await ada.page.reload();
  await expect(ada.heading('short-lived')).toBeVisible();
  await expect(shown(ada.page, 'too late')).toHaveCount(0);
});

/** Fills the main room and returns a reader who has scrolled up in it. */
async function readerInHistory(person: Person, ben: Client): Promise<number> {
  // What is there before the room is shown counts as unread, and so may what is missed until the
  // page is connected, as it is when it knows that Ben is there.
  await expect(person.feed).toHaveAttribute('aria-busy', 'false');
  await expect(person.page.getByText('Online — 2')).toBeVisible();
  for (let i = 1; i <= 60; i++) await ben.write(main, `message ${i}`);
  await expect(person.message('message 60')).toBeInViewport();
  await person.scroll(-700);
  return person.feed.evaluate((feed) => feed.scrollTop);
}

test('an expired session continues in place after logging in, with nothing lost', async ({
  server,
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  const position = await readerInHistory(ada, ben);
  await ada.composer.fill('half a thought');
  // The server knows the session no longer when the page comes back to it.
  await ada.page.context().clearCookies();
  await server.restart('SIGTERM');
  const dialog = ada.page.getByRole('dialog', { name: 'Log in again' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel('Username')).toHaveValue('ada');
  await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused();
  await expectAccessible(ada.page);

  await dialog.getByLabel('Password', { exact: true }).fill('not the password');
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await expect(dialog.getByLabel('Password', { exact: true })).toHaveAttribute(
    'aria-invalid',
    'true',
  );
  await expectAccessible(ada.page);
  await dialog.getByLabel('Password', { exact: true }).fill(ada.password);
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await expect(dialog).toBeHidden();
  await expect(ada.composer).toHaveValue('half a thought');
  expect(await ada.feed.evaluate((feed) => feed.scrollTop)).toBe(position);
  await ada.composer.press('Enter');
  await until('the thought is stored', () =>
    ben.received.find(({ body }) => body === 'half a thought'),
  );
});

test('logging in as somebody else instead leads to that person’s own home', async ({
  server,
  person,
  program,
}) => {
  await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  await ada.createRoom('secret plans');
  await ada.composer.fill('not for Ben');
  await ada.page.context().clearCookies();
  await server.restart('SIGTERM');
  const dialog = ada.page.getByRole('dialog', { name: 'Log in again' });
  await dialog.getByLabel('Username').fill('ben');
  await dialog.getByLabel('Password', { exact: true }).fill('password of ben');
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await expect(dialog).toBeHidden();
  await expect(ada.page).toHaveURL(/\/home$/);
  await ada.page.getByRole('button', { name: 'Later' }).click(); // Ben is the server's admin
  await ada.openMain();
  await expect(ada.heading('main')).toBeVisible();
  await expect(ada.rooms.getByRole('link', { name: /^secret plans/ })).toHaveCount(0);
  await expect(ada.composer).toHaveValue('');
});

test('a session that is ended on purpose elsewhere leads to the landing page', async ({
  person,
}) => {
  const ada = await person('ada');
  await ada.signUp();
  // A page that is still asking for something when the session ends learns that it has, and not why.
  await expect(ada.page.getByText('Online — 1')).toBeVisible();
  await ada.write('everything is here');
  await expect(ada.page.getByText('· sent')).toBeVisible();
  const other = await ada.page.context().newPage();
  await other.goto(ada.page.url());
  await ada.logOut(other);
  await expect(ada.page.getByText('You have logged out.')).toBeVisible();
  await expect(ada.page.getByRole('dialog')).toHaveCount(0);
});

test('a reconnect moves nothing on the screen, and shows the missed messages as new', async ({
  server,
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  await readerInHistory(ada, ben);
  await ada.feed.evaluate((feed) => {
    const row = [...feed.querySelectorAll('[data-seq]')].find(
      (element) => element.getBoundingClientRect().top > 200,
    )!;
    const places = new Set<number>();
    (window as any).places = places;
    (function look() {
      places.add(row.isConnected ? row.getBoundingClientRect().top : NaN);
      requestAnimationFrame(look);
    })();
  });
  const letIn = await cutOff(ada.page.context());
  await server.restart('SIGTERM');
  await until('ben is back', () => ben.socket.connected || undefined);
  await ben.write(main, 'while you were away');
  await ben.write(main, 'and this');
  await letIn();
  await expect(ada.page.getByRole('button', { name: /Jump to newest/ })).toContainText('2');
  await expect(ada.page.locator('[aria-live=polite]').getByText(/and this/)).toBeAttached();
  const places = await ada.page.evaluate(() => [...(window as any).places]);
  expect(places).toHaveLength(1);
});

test('after a long absence the screen stays as it is, until the reader jumps to the newest', async ({
  server,
  person,
  program,
}) => {
  test.slow();
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  await readerInHistory(ada, ben);
  const place = () => ada.message('message 30').boundingBox();
  await expect.poll(place).not.toBeNull();
  const before = await place();
  const letIn = await cutOff(ada.page.context());
  await server.restart('SIGTERM');
  for (let i = 1; i <= tooMany; i += 50)
    await Promise.all(Array.from({ length: 50 }, (_, k) => ben.post(main, `meanwhile ${i + k}`)));
  await letIn();
  const jump = ada.page.getByRole('button', { name: /Jump to newest/ });
  await expect(jump).toContainText(`${tooMany}`);
  expect(await place()).toEqual(before);
  await jump.click();
  const newest = (await stored(ben)).at(-1)!;
  await expect(ada.message(newest)).toBeInViewport();
  await expect(jump).toBeHidden();
  await ada.write('back again');
});

test('chat works without a warning in a browser that stores nothing', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.page.addInitScript(() => {
    for (const name of ['indexedDB', 'localStorage'])
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException('not here', 'SecurityError');
        },
      });
  });
  await ada.signUp();
  await ada.write('from a private window');
  await ben.hears('from a private window');
  await expect(ada.page.getByText('· sent')).toBeVisible();
  await expect(ada.page.getByRole('status', { name: 'Notifications' })).toBeEmpty();
});
