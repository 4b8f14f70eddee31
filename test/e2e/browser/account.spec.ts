import { expect, expectAccessible, test } from '../support/fixtures.ts';
import { Server } from '../support/server.ts';

test('L1 the first admin, who signs up on this machine, is shown the role and how to invite people', async ({
  person,
  server,
}) => {
  const ada = await person('ada');
  await ada.page.goto(`${server.url}/register`);
  await ada.fillIn('Create account');
  const welcome = ada.page.getByRole('dialog', { name: 'You are this server’s admin' });
  await expect(welcome).toContainText('Anyone who opens this address can sign up');
  await expectAccessible(ada.page);
  await welcome.getByRole('button', { name: 'Create an invitation link' }).click();
  await expect(ada.page.getByRole('dialog', { name: 'Invite to main' })).toBeVisible();
  await ada.page.keyboard.press('Escape');

  const mona = await person('mona');
  await mona.signUp();
  await expect(mona.composer).toBeVisible();
  await expect(mona.page.getByRole('dialog')).toBeHidden();
});

test('L3 a member lists her sessions, ends one, and changes her password, which ends the others', async ({
  person,
  program,
  server,
}) => {
  await program('owner');
  const desk = await person('ada');
  await desk.arrive();
  const phone = await person('ada');
  await phone.logIn();

  await desk.page.getByRole('button', { name: /^My account: ada/ }).click();
  const account = desk.page.getByRole('dialog', { name: 'My account' });
  const rows = account.getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toHaveText(/Chrome on Linux\s+this device/);
  await expectAccessible(desk.page);
  await rows
    .nth(1)
    .getByRole('button', { name: /^Log out/ })
    .click();
  await expect(rows).toHaveCount(1);
  await expect(phone.page.getByText(/logged out here from another device/)).toBeVisible();

  await phone.logIn();
  await account.getByLabel('Current password').fill('not the password');
  await account.getByLabel('New password').fill('battery staple');
  await account.getByRole('button', { name: 'Change password' }).click();
  await expect(account.getByLabel('Current password')).toHaveAccessibleDescription(
    'This is not your current password.',
  );
  await account.getByLabel('New password').fill('password1');
  await account.getByLabel('Current password').fill(desk.password);
  await account.getByRole('button', { name: 'Change password' }).click();
  await expect(account.getByLabel('New password')).toHaveAccessibleDescription(/most common/);
  await account.getByLabel('New password').fill('battery staple');
  await account.getByRole('button', { name: 'Change password' }).click();
  await expect(phone.page.getByText(/logged out here from another device/)).toBeVisible();
  await account.getByRole('button', { name: 'Close' }).click();
  await desk.write('still here');

  await phone.page.goto(`${server.url}/login`);
  await phone.fillIn('Log in');
  await expect(phone.page.getByText('Wrong username or password.')).toBeVisible();
  await phone.fillIn('Log in', 'ada', 'battery staple');
  await expect(phone.page).toHaveURL(/\/home/);
});

test('L3 a device that was offline when its session was ended shows nothing once it is back', async ({
  person,
  program,
}) => {
  await program('owner');
  const desk = await person('ada');
  await desk.arrive();
  await desk.write('for members only');
  const phone = await person('ada');
  await phone.logIn();
  await expect(phone.message('for members only')).toBeVisible();
  await phone.page.context().setOffline(true);

  await desk.page.getByRole('button', { name: /^My account: ada/ }).click();
  const rows = desk.page.getByRole('dialog', { name: 'My account' }).getByRole('listitem');
  await rows
    .nth(1)
    .getByRole('button', { name: /^Log out/ })
    .click();
  await expect(rows).toHaveCount(1);
  await expect(phone.message('for members only')).toBeVisible();

  await phone.page.context().setOffline(false);
  await expect(phone.page.getByText(/logged out here from another device/)).toBeVisible();
  await expect(phone.page.getByText('for members only')).toHaveCount(0);
});

test('L2 where sign-up requires an invitation, a link allows it, and the landing page offers none', async ({
  browser,
}) => {
  const server = await Server.start(['--sign-up', 'invitation']);
  const owner = await (
    await fetch(`${server.url}/api/v1/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'owner', password: 'correct horse', token: true }),
    })
  ).json();
  const link = await (
    await fetch(`${server.url}/api/v1/invitations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${owner.token}` },
      body: JSON.stringify({ room: 1 }),
    })
  ).json();

  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  await expect(page.getByText(/you need an invitation link/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign up' })).toBeHidden();
  await expectAccessible(page);
  await page.goto(server.url + link.path);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByLabel('Username').fill('ben');
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL(/\/home\/1/);
  await context.close();
  await server.stop();
});
