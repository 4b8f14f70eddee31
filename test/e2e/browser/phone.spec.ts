import { devices } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';

const phone = {
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
  userAgent: devices['Pixel 7'].userAgent,
};

test('Back on a phone closes a picker, a menu, a dialog or a pane, then shows the list, never an earlier room', async ({
  person,
  program,
  server,
}) => {
  const ben = await program('ben');
  await ben.call('POST', '/rooms', { name: 'photography', topic: '' });
  const ada = await person('ada', phone);
  await ada.signUp();
  const { page } = ada;
  await ada.write('hello');
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await ada.search.fill('photo');
  await page.getByRole('option', { name: /^photography/ }).click();
  await page.getByRole('button', { name: 'Join', exact: true }).first().click();
  await expect(ada.composer).toBeVisible();
  await expect(ada.composer, 'the keyboard stays down').not.toBeFocused();
  await page.goBack();
  await expect(ada.room('main'), 'the list').toBeVisible();
  await ada.room('main').click();

  await test.step('a picker', async () => {
    await page.getByRole('button', { name: 'Emoji', exact: true }).click();
    const picker = page.getByRole('dialog', { name: 'Emoji' });
    await expect(picker).toBeVisible();
    await page.goBack();
    await expect(picker).toBeHidden();
    await expect(ada.heading('main')).toBeVisible();
  });
  await test.step('a menu', async () => {
    await ada.message('hello').tap();
    const row = page.getByRole('article', { name: /hello/ });
    await row.getByRole('button', { name: 'Message actions' }).tap();
    const menu = page.getByRole('menu', { name: 'Message actions' });
    await expect(menu).toBeVisible();
    await page.goBack();
    await expect(menu).toBeHidden();
    await expect(ada.heading('main')).toBeVisible();
  });
  await test.step('a dialog, and the pane below it', async () => {
    await ada.inDetails('Invite people');
    const dialog = page.getByRole('dialog', { name: /^Invite to/ });
    await expect(dialog).toBeVisible();
    await page.goBack();
    await expect(dialog).toBeHidden();
    await expect(ada.details).toBeVisible();
    await page.goBack();
    await expect(ada.details).toBeHidden();
    await expect(ada.heading('main')).toBeVisible();
  });
  await test.step('what was closed in another way uses up no Back', async () => {
    await ada.inDetails('Invite people');
    const dialog = page.getByRole('dialog', { name: /^Invite to/ });
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(dialog).toBeHidden();
    await ada.details.getByRole('button', { name: 'Close details' }).click();
    await expect(ada.details).toBeHidden();
    await page.waitForFunction('history.state?.depth === 1');
  });
  await page.goBack();
  await expect(ada.room('photography')).toBeVisible();
  await expect(page).toHaveURL(/\/home$/);

  await test.step('and so does a room that a link has opened', async () => {
    await page.goto(`${server.url}/home/1`);
    await expect(ada.composer).toBeVisible();
    await page.goBack();
    await expect(ada.room('main')).toBeVisible();
    await expect(page).toHaveURL(/\/home$/);
  });
});

test('a room that is opened offline becomes complete when the network is back', async ({
  person,
  program,
  server,
}) => {
  const ben = await program('ben');
  await ben.post(1, 'said **before**');
  const ada = await person('ada');
  const { username, password } = ada;
  await ada.page.request.post(`${server.url}/api/v1/users`, { data: { username, password } });
  await ada.page.goto(`${server.url}/home`);
  await expect(ada.page.getByRole('heading', { name: 'No conversation open' })).toBeVisible();
  await expect(ada.search).toBeVisible();

  await ada.page.context().setOffline(true);
  await ada.room('main').click();
  await expect(ada.composer).toBeFocused();
  await expect(ada.page.getByText('The messages could not be loaded')).toBeVisible();
  await ada.detailsButton.click();
  await ada.detailsButton.click();
  await ada.composer.pressSequentially('written in a tunnel');
  await ada.page.context().setOffline(false);

  await expect(ada.feed.getByText('said before')).toBeVisible();
  await expect(ada.page.getByRole('button', { name: 'Emoji', exact: true })).toBeVisible();
  await expect(ada.details.getByRole('button', { name: 'Invite people' })).toBeVisible();
  await expect(ada.details.getByText('ben')).toBeVisible();
  await ada.composer.press('Enter');
  await expect(ada.message('written in a tunnel')).toBeVisible();
  const row = ada.feed.getByRole('article', { name: /written in a tunnel/ });
  await row.hover();
  await expect(row.getByRole('button', { name: 'Message actions' })).toBeVisible();
});
