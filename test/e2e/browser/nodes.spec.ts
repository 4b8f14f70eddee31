import { expect, test, type Page } from '@playwright/test';
import { Client } from '../support/client.ts';
import { Nodes } from '../support/nodes.ts';
import { Proxy, roundRobin } from '../support/proxy.ts';

test.describe.configure({ mode: 'serial' });

let nodes: Nodes;
test.beforeAll(async () => {
  const folder = new URL('pages', import.meta.url).pathname;
  nodes = await Nodes.start(
    'PARTYCHAT_CLASSIC=true',
    `PARTYCHAT_PAGES=${folder}`,
    'PARTYCHAT_CLASSIC_GREET_AFTER=5s', // a busy machine takes its time until a page says something
  );
});
test.afterAll(() => nodes?.stop()); // where they did not start, that is what is told

/** Signs up, opens main, and says something there. */
async function says(page: Page, url: string, username: string, body: string): Promise<void> {
  const data = { username, password: `password of ${username}` };
  const answer = await page.request.post(`${url}/api/v1/users`, { data });
  expect(answer.status(), `sign-up of ${username}`).toBe(201);
  await page.goto(`${url}/home/1`);
  const composer = page.getByRole('textbox', { name: /^Message/ });
  await composer.fill(body);
  await composer.press('Enter');
}

test('G2 the web client works by WebSocket through a proxy without sticky sessions', async ({
  page,
}) => {
  const proxy = await Proxy.start(roundRobin(nodes.urls));
  const bot = await Client.signUp(nodes.urls[1]!, 'echo');
  await bot.connect('websocket');
  await says(page, proxy.url, 'ada', 'over whichever node');
  await bot.hears('over whichever node');
  await bot.write(1, 'heard it');
  await expect(page.locator('div.messages')).toContainText('heard it');
  expect(proxy.webSockets).toBeGreaterThan(0);
  bot.socket.close();
  await proxy.stop();
});

test('G2 the web client uses long polling where WebSocket is blocked', async ({ page }) => {
  const proxy = await Proxy.start(() => nodes.urls[0]!, { refuseWebSocket: true });
  const bot = await Client.signUp(nodes.urls[1]!, 'reply');
  await bot.connect('websocket');
  await says(page, proxy.url, 'bob', 'by polling');
  await bot.hears('by polling');
  await bot.write(1, 'and back');
  await expect(page.locator('div.messages')).toContainText('and back');
  expect(proxy.webSockets).toBe(0);
  bot.socket.close();
  await proxy.stop();
});

test('F4 G2 classic pages of two nodes share the people of a room, and their arrivals and departures', async ({
  browser,
}) => {
  const open = async (node: number, username: string) => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${nodes.pages[node]}/cord.html?username=${username}&room=den`);
    return page;
  };
  const cora = await open(0, 'cora');
  await expect(cora.locator('#people li')).toHaveText(['den', 'cora']);
  const dora = await open(1, 'dora');
  for (const page of [cora, dora])
    await expect(page.locator('#people li')).toHaveText(['den', 'cora', 'dora']);
  await expect(cora.locator('#messages')).toContainText('dora has joined the chat');
  await dora.getByLabel('Text').fill('hello from the other node');
  await dora.getByRole('button', { name: 'Send' }).click();
  await expect(cora.locator('#messages')).toContainText('dora: hello from the other node');
  await dora.context().close();
  await expect(cora.locator('#messages')).toContainText('dora has left the chat');
  await expect(cora.locator('#people li')).toHaveText(['den', 'cora']);
});
