import { expect, expectAccessible, test } from '../support/fixtures.ts';

test('A8 a guest continues on the same device after the session has ended, and nobody else can', async ({
  person,
  program,
  server,
}) => {
  const ben = await program('ben');
  const made = await ben.call('POST', '/rooms', { name: 'den', topic: '', kind: 'private' });
  const room = made.body.subscription.id;
  const link = (await ben.call('POST', '/invitations', { room, guests: true })).body.path;

  const pau = await person('pau');
  await pau.page.goto(server.url + link);
  await pau.page.getByLabel('Your name').fill('pau');
  await pau.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(pau.heading('den')).toBeVisible();
  await pau.write('hello from pau');
  const { id } = await pau.account();

  // As if it had idled away: the browser has no session any more.
  await pau.page.goto('about:blank');
  await pau.page.context().clearCookies({ name: /session/ });
  await pau.page.goto(server.url);
  const goOn = pau.page.getByRole('button', { name: 'Continue as pau' });
  await expect(goOn).toBeVisible();
  await expectAccessible(pau.page);
  await goOn.click();
  await expect(pau.page).toHaveURL(/\/home/);
  expect((await pau.account()).id).toBe(id);
  await pau.rooms.getByRole('link', { name: /den/ }).click();
  await pau.write('here again');

  const other = await person('other');
  await other.page.goto(server.url + link);
  await other.page.getByLabel('Your name').fill('pau');
  await other.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(other.page.getByLabel('Your name')).toHaveAccessibleDescription(/taken/);
});
