import { createServer, type AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, repeatUntil, test as base } from '../support/fixtures.ts';
import { Server } from '../support/server.ts';

const folder = new URL('pages', import.meta.url).pathname;
// A busy machine takes its time until a page says something.
const patient = ['--classic-greet-after', '5s'];
const here = 'https://google.com/maps?q=48.25,16.5';

/** Opens one of the pages at a browser of its own. */
type Open = (name: string, query?: Record<string, string>) => Promise<Page>;

/** Pages of the dialects, served from a folder; each sends and wants just what its dialect says. */
const test = base.extend<{ open: Open }>({
  server: async ({}, use) => {
    const server = await Server.start(['--classic=true', '--pages', folder, ...patient]);
    await use(server);
    await server.stop();
  },
  open: async ({ browser, server }, use) => {
    await use(async (name, query = {}) => {
      const context = await browser.newContext({
        geolocation: { latitude: 48.25, longitude: 16.5 },
        permissions: ['geolocation'],
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => expect.soft(error.message, `an error in ${name}`).toBe(''));
      await page.goto(`${server.pagesUrl}/${name}.html?${new URLSearchParams(query)}`);
      return page;
    });
  },
});

async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel('Text').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** Expects the page to show these lines as its last ones, each once, and nothing that is undefined. */
async function shows(page: Page, ...lines: string[]): Promise<void> {
  for (const line of lines)
    await expect(page.locator('#messages').getByText(line, { exact: true })).toHaveCount(1);
  await expect(page.locator('body')).not.toContainText('undefined');
}

const answered = (page: Page, text: string | RegExp) =>
  expect(page.locator('#answers li').last()).toHaveText(text);

test('F4 started: a text reaches everybody, and is still there after a reload', async ({
  open,
  three: [ada],
}) => {
  const [ann, bob] = [await open('started'), await open('started')];
  await send(ann, 'hello');
  for (const page of [ann, bob]) await shows(page, 'hello');
  await expect(ada.message('hello')).toBeVisible();
  await ada.write('from the web');
  for (const page of [ann, bob]) await shows(page, 'from the web');
  await bob.reload();
  await shows(bob, 'hello', 'from the web');
});

test('F4 demo: participants, typing, and messages to the others', async ({ open }) => {
  const ann = await open('demo', { username: 'ann' });
  await shows(ann, 'login 1');
  const bob = await open('demo', { username: 'bob' });
  await shows(bob, 'login 2');
  await shows(ann, 'bob joined 2');
  await repeatUntil(
    () => bob.getByLabel('Text').press('x'),
    (soon) => soon(ann.locator('#status')).toHaveText('bob is typing'),
  );
  await bob.getByLabel('Text').fill('hi');
  await bob.getByRole('button', { name: 'Send' }).click();
  await expect(ann.locator('#status')).toHaveText('bob has stopped');
  for (const page of [ann, bob]) await shows(page, 'bob: hi');
  await bob.context().close();
  await shows(ann, 'bob left 1');
});

for (const [edition, page, key, welcome] of [
  ['the third edition', 'course', 'username', 'PartyChat: Welcome!, now'],
  ['the second edition', 'course-2', 'name', 'PartyChat: Welcome!, now'],
] as const)
  test(`F4 course, ${edition}: rooms, locations, acknowledgements`, async ({ open }) => {
    const ann = await open(page, { [key]: 'ann', room: 'den' });
    await answered(ann, 'joined');
    await shows(ann, welcome);
    const bob = await open(page, { [key]: 'bob', room: 'den' });
    await answered(bob, 'joined');
    await shows(ann, 'PartyChat: bob has joined!, now');
    const stranger = await open(page, { [key]: 'cid', room: 'elsewhere' });
    await send(ann, 'hello');
    await answered(ann, 'sent');
    await expect(ann.getByRole('button', { name: 'Send' })).toBeEnabled();
    for (const one of [ann, bob]) await shows(one, 'ann: hello, now');
    await bob.getByRole('button', { name: 'Share location' }).click();
    for (const one of [ann, bob]) await shows(one, `bob is at ${here}, now`);
    await expect(ann.locator('#people')).toContainText(/ann\s*bob/);
    await bob.context().close();
    await shows(ann, 'PartyChat: bob has left!, now');
    await expect(ann.locator('#people')).not.toContainText('bob');
    await expect(stranger.locator('#messages')).not.toContainText('hello');
    await answered(await open(page, { [key]: '', room: 'den' }), /^error join needs/);
  });

test('F4 course, the tutorial derived from it: own messages are distinguished', async ({
  open,
}) => {
  const ann = await open('course-3', { name: 'Ann', room: 'den' });
  const bob = await open('course-3', { name: 'bob', room: 'den' });
  await shows(ann, 'PartyChat: bob has joined!');
  await send(ann, 'hello');
  await answered(ann, 'sent');
  await shows(ann, 'me: hello');
  await shows(bob, 'ann: hello');
  await expect(bob.locator('#people li')).toHaveText(['Ann', 'bob']);
});

test('F4 lesson: the count, then messages with acknowledgements', async ({ open }) => {
  const counts = [await open('count'), await open('count')];
  for (const page of counts) await expect(page.locator('#status')).toHaveText('count 0');
  await counts[0]!.getByRole('button', { name: 'Send' }).click();
  for (const page of counts) await expect(page.locator('#status')).toHaveText('count 1');

  const [ann, bob] = [await open('messages'), await open('messages')];
  for (const page of [ann, bob]) await shows(page, 'Welcome to PartyChat!');
  await send(ann, 'hello');
  await answered(ann, 'sent');
  for (const page of [ann, bob]) await shows(page, 'hello');
  await bob.getByRole('button', { name: 'Share location' }).click();
  await answered(bob, 'shared');
  for (const page of [ann, bob]) await shows(page, here);
});

test('F4 upper: the last lesson, with rooms and a reload', async ({ open }) => {
  const ann = await open('upper', { username: 'ann', room: 'den' });
  await shows(ann, 'PartyChat: Welcome!, now');
  const bob = await open('upper', { username: 'bob', room: 'den' });
  await shows(ann, 'PartyChat: bob has joined!, now');
  await send(bob, 'hello');
  await answered(bob, 'sent');
  await ann.getByRole('button', { name: 'Share location' }).click();
  await answered(ann, 'shared');
  for (const page of [ann, bob]) await shows(page, 'bob: hello, now', `ann is at ${here}, now`);
  await expect(ann.locator('#people li')).toHaveText(['den', 'ann', 'bob']);
  await bob.reload();
  await shows(bob, 'bob: hello, now', `ann is at ${here}, now`);
});

test('F4 cord: rooms with a bot, beside a page of the course in the same room', async ({
  open,
}) => {
  const ann = await open('cord', { username: 'ann', room: 'den' });
  await shows(ann, 'PartyChat: Welcome!, now');
  const bob = await open('cord', { username: 'bob', room: 'den' });
  await shows(ann, 'PartyChat: bob has joined the chat, now');
  const cid = await open('course', { username: 'cid', room: 'den' });
  await answered(cid, 'joined');
  await expect(ann.locator('#people li')).toHaveText(['den', 'ann', 'bob', 'cid']);
  await send(ann, 'hello');
  for (const page of [ann, bob, cid]) await shows(page, 'ann: hello, now');
  await send(cid, 'hi');
  for (const page of [ann, bob, cid]) await shows(page, 'cid: hi, now');
  await cid.getByRole('button', { name: 'Share location' }).click();
  for (const page of [ann, bob]) await shows(page, `cid: ${here}, now`);
  await bob.context().close();
  await shows(ann, 'PartyChat: bob has left the chat, now');
});

/** A port that was free a moment ago. */
const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const trusting = test.extend({
  server: async ({}, use) => {
    const port = await freePort();
    const flags = ['--pages-port', `${port}`, '--allowed-origins', `http://localhost:${port}`];
    const server = await Server.start(['--classic=true', '--pages', folder, ...patient, ...flags]);
    await use(server);
    await server.stop();
  },
});

trusting(
  'F4 pairs: two people with an account talk, by their ids',
  async ({ three: [ada, mona], server }) => {
    for (const who of [ada, mona]) await who.page.goto(`${server.pagesUrl}/pairs.html`);
    await expect(ada.page.locator('#status')).toContainText('mona');
    await ada.page.getByRole('button', { name: 'mona' }).click();
    await mona.page.getByRole('button', { name: 'ada' }).click();
    await repeatUntil(
      () => ada.page.getByLabel('Text').press('x'),
      (soon) => soon(mona.page.locator('#answers li').last()).toHaveText('ada is typing …'),
    );
    await ada.page.getByLabel('Text').fill('hello');
    await ada.page.getByRole('button', { name: 'Send' }).click();
    for (const who of [ada, mona]) await shows(who.page, 'ada: hello');
    await send(mona.page, 'hi');
    for (const who of [ada, mona]) await shows(who.page, 'mona: hi');
    await mona.page.getByRole('button', { name: 'ada' }).click();
    await expect(mona.page.locator('#messages li')).toHaveText([
      'ada: hello, now',
      'mona: hi, now',
    ]);
  },
);

test('F4 rooms: a history, and an invitation to a room of two people', async ({ open }) => {
  const ann = await open('rooms', { username: 'ann', room: 'hall' });
  await send(ann, 'hello');
  const bob = await open('rooms', { username: 'bob', room: 'hall' });
  await shows(bob, 'ann: hello');
  await expect(ann.locator('#people li')).toHaveText(['ann', 'bob']);
  await repeatUntil(
    () => bob.getByLabel('Text').press('x'),
    (soon) => soon(ann.locator('#status')).toHaveText('bob is typing'),
  );
  await bob.getByLabel('Text').fill('hi');
  await bob.getByRole('button', { name: 'Send' }).click();
  for (const page of [ann, bob]) await shows(page, 'bob: hi');
  const together = await bob.context().newPage();
  await together.goto(bob.url().replace('room=hall', 'room=ann%26bob'));
  await ann.getByRole('link', { name: 'bob has invited you' }).click();
  await expect(together.locator('#people li')).toHaveText(['ann', 'bob']);
  await shows(bob, 'ann has left');
  await send(together, 'just us');
  await shows(ann, 'bob: just us');
  await expect(bob.locator('#messages')).not.toContainText('just us');
});

test('F4 pages have a separate origin, where nobody is logged in', async ({
  open,
  server,
  three: [ada],
}) => {
  await expect(await open('index')).toHaveURL(/started\.html$/);
  const page = await ada.page.context().newPage();
  await page.goto(server.pagesUrl);
  await send(page, 'hello');
  await expect(ada.message('hello')).toBeVisible();
  await expect(ada.feed.getByText('guest', { exact: true })).toBeVisible();
  // What a page's script cannot do with the session of its reader.
  const outcomes = await page.evaluate(async (url) => {
    const attempt = (what: Promise<unknown>) =>
      what.then(
        () => 'possible',
        () => 'refused',
      );
    const body = JSON.stringify({ clientId: crypto.randomUUID(), body: 'not hers' });
    const headers = { 'Content-Type': 'application/json' };
    const room = `${url}/api/v1/rooms/1/messages`;
    // A browser does not say how the server has answered this one.
    await fetch(room, { method: 'POST', credentials: 'include', mode: 'no-cors', body });
    return [
      await attempt(fetch(room, { credentials: 'include' })),
      await attempt(fetch(room, { method: 'POST', credentials: 'include', headers, body })),
      await attempt(
        new Promise((resolve, reject) => {
          const socket = (window as any).io(url, { withCredentials: true, reconnection: false });
          socket.on('connect', resolve).on('connect_error', reject);
        }),
      ),
    ];
  }, server.url);
  expect(outcomes).toEqual(['refused', 'refused', 'refused']);
  await ada.page.reload();
  await expect(ada.message('hello')).toBeVisible();
  await expect(ada.message('not hers')).toHaveCount(0);
  await page.goto(server.url);
  await expect(page).toHaveURL(/\/home/);
});
