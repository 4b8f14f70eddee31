import { Client } from '../support/client.ts';
import { expect, expectAccessible, test as base } from '../support/fixtures.ts';
import { Server } from '../support/server.ts';

const test = base.extend({
  server: async ({}, use) => {
    const server = await Server.start(['--join-page=true']);
    await use(server);
    await server.stop();
  },
});

test('A9 the join page asks for a name and a room', async ({ person, program, server }) => {
  const ben = await program('ben');
  await ben.call('POST', '/rooms', { name: 'weekend-trip', topic: '' });
  const { page } = await person('ada');
  await page.goto(`${server.url}/join`);
  await page.getByLabel('Find a room').fill('week');
  await expect(page.getByRole('combobox', { name: 'Room' })).toHaveText('weekend-trip');
  await page.getByLabel('Your name').fill('ada');
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page.getByRole('heading', { name: 'weekend-trip' })).toBeVisible();
});

test('A9 the join page lists public rooms page by page, and finds one by its name', async ({
  page,
  server,
}) => {
  for (const name of ['jun', 'mona']) {
    const maker = await Client.signUp(server.url, name);
    for (let n = 10; n < 36; n += 1)
      await maker.call('POST', '/rooms', { name: `${name}-${n}`, topic: '' });
  }
  await page.goto(`${server.url}/join`);
  const rooms = page.getByRole('combobox', { name: 'Room' }).getByRole('option');
  await expect(rooms).toHaveCount(50);
  await page.getByRole('button', { name: 'More rooms' }).click();
  await expect(rooms).toHaveCount(53);
  await expect(page.getByRole('button', { name: 'More rooms' })).toBeHidden();
  await expectAccessible(page);
  await page.getByLabel('Find a room').fill('mona-35');
  await expect(rooms).toHaveText(['mona-35']);
  await page.getByLabel('Your name').fill('pau');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'mona-35' })).toBeVisible();
});

test('somebody with an account logs in on the join page and comes home', async ({
  person,
  program,
  server,
}) => {
  await program('ada');
  const ada = await person('ada');
  await ada.page.goto(`${server.url}/join`);
  await ada.page.getByRole('button', { name: 'Log in' }).click();
  await ada.fillIn('Log in');
  await expect(ada.page).toHaveURL(/\/home$/);
  await expect(ada.rooms.getByRole('link', { name: /^main/ })).toBeVisible();
});

test('a join that fails can be tried again', async ({ person, program }) => {
  const ben = await program('ben');
  const made = await ben.call('POST', '/rooms', { name: 'den', topic: '', kind: 'private' });
  const link = await ben.call('POST', '/invitations', { room: made.body.subscription.id });
  const ada = await person('ada');
  await ada.signUp();
  let failures = 1;
  await ada.page.route(`**/api/v1/invitations/${link.body.token}`, (route) =>
    route.request().method() === 'POST' && failures-- > 0
      ? route.fulfill({
          status: 503,
          json: { error: { code: 'unavailable', message: 'Please try again.' } },
        })
      : route.continue(),
  );
  await ada.page.goto(`${ben.url}/join/${link.body.token}`);
  await ada.page.getByRole('button', { name: 'Try again' }).click();
  await expect(ada.heading('den')).toBeVisible();
});
