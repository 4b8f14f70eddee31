import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

const main = 1;

const row = (who: Person, name: string | RegExp) => who.rooms.getByRole('link', { name });
const names = (who: Person) => who.page.getByRole('listbox', { name: 'People' });

test('H4 I2 a mention is completed, stands out, and is counted apart until it is read', async ({
  person,
  program,
  server,
}) => {
  test.slow();
  const ada = await person('ada');
  await ada.signUp();
  const ben = await person('ben');
  await ben.arrive();
  const cleo = await program('cleo');
  await ben.page.goto(`${server.url}/home`);
  await cleo.post(main, 'hello all');
  await expect(row(ben, 'main 1 unread')).toBeVisible();
  await expect(ben.page).toHaveTitle('• PartyChat');

  await ada.composer.pressSequentially('Hi @');
  await expect(names(ada).getByRole('option')).toHaveText([/cleo/, /ben/, /room/]);
  await expectAccessible(ada.page);
  await ada.composer.pressSequentially('be');
  await expect(names(ada).getByRole('option')).toHaveText([/ben/]);
  await ada.composer.press('Enter');
  await expect(ada.composer).toHaveValue('Hi @ben ');
  await ada.composer.press('Enter');
  await expect(ada.message('Hi @ben').locator('.mention')).toHaveText('@ben');

  await expect(row(ben, 'main 2 unread, 1 mentions you')).toBeVisible();
  await expect(ben.page).toHaveTitle('(1) PartyChat');
  await ben.page.context().setOffline(true);
  await cleo.post(main, 'and @ben again');
  await ben.page.context().setOffline(false);
  await expect(row(ben, 'main 3 unread, 2 mention you')).toBeVisible();
  await ben.page.reload();
  await expect(row(ben, 'main 3 unread, 2 mention you')).toBeVisible();
  await expectAccessible(ben.page);
  await row(ben, /^main/).click();
  await expect(ben.message('Hi @ben').locator('.mention')).toBeVisible();
  await expect(row(ben, /^main$/)).toBeVisible();
  await expect(ben.page).toHaveTitle('main · PartyChat');
});

test('H5 messages marked as unread stay so, on all devices and after a reload', async ({
  person,
  program,
  server,
}) => {
  test.slow();
  const ada = await person('ada');
  await ada.signUp();
  const cleo = await program('cleo');
  for (const text of ['one', 'two', 'three']) await cleo.post(main, text);
  await expect(ada.message('three')).toBeVisible();
  await expect(row(ada, /^main$/)).toBeVisible();
  const other = await ada.page.context().newPage();
  await other.goto(`${server.url}/home`);
  await expect(other.getByRole('link', { name: /^main$/ })).toBeVisible();

  await ada.message('two').hover();
  await ada.page
    .getByRole('article', { name: /two/ })
    .getByRole('button', { name: 'Message actions' })
    .click();
  await ada.page.getByRole('menuitem', { name: 'Mark unread from here' }).click();
  await expect(row(ada, 'main 2 unread')).toBeVisible();
  await expect(other.getByRole('link', { name: 'main 2 unread' })).toBeVisible();
  await expect(ada.feed.getByText('New', { exact: true })).toBeVisible();
  await ada.page.goto(`${server.url}/home`);
  await expect(row(ada, 'main 2 unread')).toBeVisible();
  await row(ada, /^main/).click();
  await expect(row(ada, /^main$/), 'opened again, they are read').toBeVisible();
});
