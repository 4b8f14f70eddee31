import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from '../support/fixtures.ts';
import { Proxy } from '../support/proxy.ts';

/** Waits until the service worker has stored the app, and loads the page through it. */
async function install(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

test('I4 the app and the last conversations open without a server, and what is written is sent later', async ({
  person,
  program,
  server,
}) => {
  test.slow();
  const ada = await person('ada');
  await ada.signUp();
  const ben = await program('ben');
  const cleo = await program('cleo');
  await ben.post(1, 'meet me at the lake');
  await cleo.post(1, 'I am coming, too');
  await install(ada.page);
  await expect(ada.message('I am coming, too')).toBeVisible();

  await server.restart('SIGTERM', async () => {
    await ada.page.reload();
    await expect(ada.message('meet me at the lake')).toBeVisible();
    await expect(ada.page.getByRole('link', { name: /^main/ })).toBeVisible();
    await expectAccessible(ada.page);
    await ada.write('so am I');
    await ada.page.reload();
    await expect(ada.message('so am I')).toBeVisible();
  });
  await cleo.post(1, 'all here');
  await expect(ada.message('all here')).toBeVisible();
  const sent = await ada.page.request.get(`${server.url}/api/v1/rooms/1/messages?limit=5`);
  const bodies = (await sent.json()).messages.map(({ body }: { body: string }) => body);
  expect(bodies.filter((body: string) => body === 'so am I')).toHaveLength(1);
});

test('I4 after a log-out, the device shows nothing of the account without a server', async ({
  person,
  server,
}) => {
  test.slow();
  const ada = await person('ada');
  await ada.signUp();
  await ada.write('for my eyes only');
  await install(ada.page);
  await expect(ada.message('for my eyes only')).toBeVisible();
  await ada.logOut();
  await expect(ada.page).toHaveURL(`${server.url}/`);
  const kept = () =>
    ada.page.evaluate(async () => {
      const names = await caches.keys();
      const texts = names.map(async (name) => {
        const cache = await caches.open(name);
        const api = (await cache.keys()).filter(({ url }) => url.includes('/api/'));
        return Promise.all(api.map(async (it) => (await cache.match(it))?.text()));
      });
      return (await Promise.all(texts)).flat();
    });
  await expect.poll(kept).toEqual([]);
  await server.restart('SIGTERM', async () => {
    await ada.page.goto(`${server.url}/home/1`);
    await expect(ada.page.getByRole('button', { name: 'Try again' })).toBeVisible();
    await expect(ada.page.getByText('for my eyes only')).toHaveCount(0);
  });
});

test('I4 a new version is announced in one sentence, and starts without losing a draft', async ({
  person,
  server,
}) => {
  test.slow();
  let isLater = false;
  const append = (path: string) => (isLater && path === '/worker.js' ? '// a later version' : '');
  const proxy = await Proxy.start(() => server.url, { append });
  const ada = await person('ada');
  const { username, password, page } = ada;
  await page.request.post(`${proxy.url}/api/v1/users`, { data: { username, password } });
  await page.goto(`${proxy.url}/home/1`);
  await install(page);
  await ada.composer.fill('half a sentence');
  const sentence = page.getByText('A new version is ready.');
  await expect(sentence).toHaveCount(0);

  // The next version of the server starts; the client looks for it when it is connected again.
  isLater = true;
  await server.restart('SIGTERM');
  await expect(sentence).toBeVisible();
  await expectAccessible(page);
  const loaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload' }).click();
  await loaded;
  await expect(ada.composer).toHaveValue('half a sentence');
  await ada.composer.press('Enter');
  await expect(ada.message('half a sentence')).toBeVisible();
  await expect(sentence).toHaveCount(0);
  await proxy.stop();
});
