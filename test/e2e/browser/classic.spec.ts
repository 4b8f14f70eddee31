import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { createServer, type Server as Files } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, repeatUntil, test as base } from '../support/fixtures.ts';
import { Server } from '../support/server.ts';

const examples = new URL('../../../examples/classic/', import.meta.url);

/** The pages of examples/classic, served from a separate origin. */
async function serveExamples(): Promise<Files> {
  const files = createServer((request, response) => {
    const name = new URL(request.url!, 'http://x').pathname.slice(1);
    readFile(new URL(name, examples)).then(
      (body) => {
        const type = name.endsWith('.js') ? 'text/javascript' : 'text/html';
        response.setHeader('Content-Type', type).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await once(files.listen(0, '127.0.0.1'), 'listening');
  return files;
}

/** Opens an example page in a separate browser. */
type Open = (name: string) => Promise<Page>;

const test = base.extend<{ origin: string; open: Open }>({
  origin: async ({}, use) => {
    const files = await serveExamples();
    await use(`http://127.0.0.1:${(files.address() as AddressInfo).port}`);
    files.close();
  },
  server: async ({ origin }, use) => {
    const server = await Server.start(['--classic=true', '--allowed-origins', origin]);
    await use(server);
    await server.stop();
  },
  open: async ({ browser, origin, server }, use) => {
    await use(async (name) => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`${origin}/${name}?server=${encodeURIComponent(server.url)}`);
      return page;
    });
  },
});

test('F4 the lesson: everyone receives a message and sees the count', async ({ open }) => {
  const pages = await Promise.all([open('lesson.html'), open('lesson.html'), open('lesson.html')]);
  for (const page of pages) await expect(page.getByText('Welcome to PartyChat!')).toBeVisible();
  await pages[0]!.getByLabel('Message').fill('hello from the lesson');
  await pages[0]!.getByRole('button', { name: 'Send' }).click();
  await pages[1]!.getByRole('button', { name: '+1' }).click();
  for (const page of pages) {
    await expect(page.getByText('hello from the lesson')).toBeVisible();
    await expect(page.locator('#count')).toHaveText('1');
  }
});

test('F4 rooms: joining shows the history and the people', async ({ open }) => {
  const join = async (username: string, room: string) => {
    const page = await open('rooms.html');
    await page.getByLabel('Name').fill(username);
    await page.getByLabel('Room').fill(room);
    await page.getByRole('button', { name: 'Join' }).click();
    return page;
  };
  const ann = await join('ann', 'den');
  await expect(ann.getByText('Here: ann')).toBeVisible();
  await ann.getByLabel('Message').fill('hello');
  await ann.getByRole('button', { name: 'Send' }).click();
  const stranger = await join('cid', 'elsewhere');
  const bob = await join('bob', 'den');
  await expect(bob.getByText('ann: hello')).toBeVisible();
  await expect(ann.getByText('Here: ann, bob')).toBeVisible();
  await expect(ann.getByText('bob is here')).toBeVisible();
  await repeatUntil(
    () => bob.getByLabel('Message').press('x'),
    (soon) => soon(ann.getByText('bob is typing')).toBeVisible(),
  );
  await bob.getByLabel('Message').fill('hi');
  await bob.getByRole('button', { name: 'Send' }).click();
  await expect(ann.getByText('bob: hi')).toHaveCount(1);
  await expect(bob.getByText('bob: hi')).toHaveCount(1);
  await expect(stranger.getByText('bob: hi')).toHaveCount(0);
  await bob.context().close();
  await expect(ann.getByText('Here: ann', { exact: false })).not.toContainText('bob');
});

test('F4 one-to-one: two people talk, and page back to the first message', async ({ open }) => {
  const enter = async (username: string) => {
    const page = await open('one-to-one.html');
    await page.getByLabel('Name').fill(username);
    await page.getByRole('button', { name: 'Enter' }).click();
    return page;
  };
  const ann = await enter('ann');
  const bob = await enter('bob');
  await ann.getByRole('button', { name: 'bob' }).click();
  await bob.getByRole('button', { name: 'ann' }).click();
  await expect(bob.getByRole('heading', { name: 'ann' })).toBeVisible();
  for (let n = 1; n <= 12; n++) {
    await ann.getByLabel('Message').fill(`number ${n}.`);
    await ann.getByRole('button', { name: 'Send' }).click();
    await expect(bob.getByText(`number ${n}.`)).toBeVisible();
  }
  await repeatUntil(
    () => ann.getByLabel('Message').press('x'),
    (soon) => soon(bob.getByText('ann is typing')).toBeVisible(),
  );
  await expect(bob.getByText('ann is typing')).toBeHidden();
  await bob.context().close();
  await expect(ann.getByRole('button', { name: 'bob' })).toBeHidden();

  const again = await enter('bob');
  await again.getByRole('button', { name: 'ann' }).click();
  await expect(again.locator('#messages li')).toHaveCount(10);
  await again.getByRole('button', { name: 'Older' }).click();
  await expect(again.locator('#messages li')).toHaveCount(12);
  await expect(again.locator('#messages li').first()).toHaveText('ann: number 1.');
});

test('F4 a page of the lesson and two web clients are in the same room', async ({
  open,
  three: [ada, mona],
}) => {
  const page = await open('lesson.html');
  await expect(page.getByText('Welcome to PartyChat!')).toBeVisible();
  await page.getByLabel('Message').fill('hello from the lesson');
  await page.getByRole('button', { name: 'Send' }).click();
  for (const who of [ada, mona]) await expect(who.message('hello from the lesson')).toBeVisible();
  await ada.write('hello from the web');
  await expect(page.getByText('hello from the web')).toHaveCount(1);
  await expect(mona.message('hello from the web')).toBeVisible();
});

test('F4 a page of the rooms and two web clients write, type, join and leave together', async ({
  open,
  three: [ada, mona],
}) => {
  await ada.createRoom('den');
  await ada.write('first');
  const ann = await open('rooms.html');
  await ann.getByLabel('Name').fill('ann');
  await ann.getByLabel('Room').fill('den');
  await ann.getByRole('button', { name: 'Join' }).click();
  await expect(ann.getByText('ada: first')).toHaveCount(1);
  await expect(ada.feed.getByText('ann joined', { exact: true })).toBeVisible();
  await mona.findRoom('den', 'den');
  await mona.page.getByRole('button', { name: 'Join', exact: true }).first().click();

  for (const who of [ada, mona])
    await repeatUntil(
      () => ann.getByLabel('Message').press('x'),
      (soon) => soon(who.typing).toHaveText('ann is typing…'),
    );
  await ann.getByLabel('Message').fill('hi');
  await ann.getByRole('button', { name: 'Send' }).click();
  for (const who of [ada, mona]) {
    await expect(who.message('hi')).toHaveCount(1);
    await expect(who.typing).toBeHidden();
  }
  await repeatUntil(
    () => mona.composer.press('x'),
    (soon) => soon(ann.getByText('mona is typing')).toBeVisible(),
  );
  await mona.composer.fill('hello');
  await mona.composer.press('Enter');
  await expect(ann.getByText('mona: hello')).toHaveCount(1);
  await expect(ada.message('hello')).toBeVisible();
});

test('F4 a page of one-to-one talks with a web client, and a third person receives nothing', async ({
  open,
  three: [ada, mona],
}) => {
  const ann = await open('one-to-one.html');
  await ann.getByLabel('Name').fill('ann');
  await ann.getByRole('button', { name: 'Enter' }).click();
  await ann.getByRole('button', { name: 'ada' }).click();
  await ann.getByLabel('Message').fill('hello, ada');
  await ann.getByRole('button', { name: 'Send' }).click();
  await expect(ada.conversation('ann')).toHaveText(/online.*1 unread/s);
  await ada.conversation('ann').click();
  await expect(ada.message('hello, ada')).toBeVisible();
  await repeatUntil(
    () => ada.composer.press('x'),
    (soon) => soon(ann.getByText('ada is typing')).toBeVisible(),
  );
  await ada.composer.fill('hello, ann');
  await ada.composer.press('Enter');
  await expect(ann.getByText('ada: hello, ann')).toHaveCount(1);
  await expect(mona.conversation('ann')).toBeHidden();
  await ann.context().close();
  await expect(ada.conversation('ann')).toHaveText(/offline/);
});
