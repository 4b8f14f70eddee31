import { expect, test } from '@playwright/test';
import { Client } from '../support/client.ts';
import { Person } from '../support/fixtures.ts';
import { Nodes } from '../support/nodes.ts';
import { Proxy, roundRobin } from '../support/proxy.ts';

test.describe.configure({ mode: 'serial' });

let nodes: Nodes;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  nodes = await Nodes.start();
});
test.afterAll(() => nodes.stop());

async function says(person: Person, body: string): Promise<void> {
  await person.composer.fill(body);
  await person.composer.press('Enter');
}

test('G2 the web client talks by WebSocket through a proxy that knows nothing of sessions', async ({
  page,
}) => {
  const proxy = await Proxy.start(roundRobin(nodes.urls));
  const bot = await Client.signUp(nodes.urls[1]!, 'echo');
  await bot.connect('websocket');
  const ada = new Person(page, 'ada', proxy);
  await ada.arrive();
  await says(ada, 'over whichever node');
  await bot.hears('over whichever node');
  await bot.write(1, 'heard it');
  await expect(ada.feed).toContainText('heard it');
  expect(proxy.webSockets).toBeGreaterThan(0);
  bot.socket.close();
  await proxy.stop();
});

test('G2 where WebSocket does not go through the web client polls', async ({ page }) => {
  const proxy = await Proxy.start(() => nodes.urls[0]!, { refuseWebSocket: true });
  const bot = await Client.signUp(nodes.urls[1]!, 'reply');
  await bot.connect('websocket');
  const bob = new Person(page, 'bob', proxy);
  await bob.arrive();
  await says(bob, 'by polling');
  await bot.hears('by polling');
  await bot.write(1, 'and back');
  await expect(bob.feed).toContainText('and back');
  expect(proxy.webSockets).toBe(0);
  bot.socket.close();
  await proxy.stop();
});
