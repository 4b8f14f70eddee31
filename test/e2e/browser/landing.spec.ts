import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, expectAccessible, test } from '../support/fixtures.ts';
import { Server } from '../support/server.ts';

test('A1 A2 each button shows its form in place, without a page load; cancel and Escape bring the buttons back', async ({
  person,
  server,
}) => {
  const { page } = await person('ada');
  await page.goto(server.url);
  const loads: string[] = [];
  page.on('request', (request) => request.isNavigationRequest() && loads.push(request.url()));
  const signUp = page.getByRole('button', { name: 'Sign up' });
  const logIn = page.getByRole('button', { name: 'Log in' });

  for (const [button, path, back] of [
    [signUp, '/register', 'cancel'],
    [logIn, '/login', 'cancel'],
    [signUp, '/register', 'Escape'],
    [logIn, '/login', 'Escape'],
    [signUp, '/register', 'history'],
  ] as const) {
    await button.click();
    await expect(page.getByLabel('Username')).toBeFocused();
    await expect(page.getByRole('button', { name: 'Sign up' })).toBeHidden();
    expect(new URL(page.url()).pathname).toBe(path);
    if (back === 'cancel') await page.getByRole('button', { name: 'Cancel' }).click();
    else if (back === 'Escape') await page.keyboard.press('Escape');
    else await page.goBack();
    await expect(signUp).toBeVisible();
    await expect(logIn).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/');
  }
  expect(loads).toEqual([]);
});

test('A3 a wrong name and a wrong password show the same message', async ({
  person,
  server,
  program,
}) => {
  await program('ben');
  const ada = await person('ada');
  for (const username of ['nobody', 'ben']) {
    await ada.page.goto(`${server.url}/login`);
    await ada.fillIn('Log in', username, 'not the password');
    await expect(ada.page.getByRole('form').getByText('Wrong username or password.')).toBeVisible();
    await expect(ada.page.getByLabel('Username')).not.toHaveAttribute('aria-invalid', 'true');
  }
});

test('A4 errors appear at their field, in words, and the input is kept', async ({
  person,
  server,
  program,
}) => {
  await program('mona');
  const ada = await person('ada');
  await ada.page.goto(`${server.url}/register`);
  for (const [username, password, field, words] of [
    ['a', 'long enough', 'Username', /2/],
    ['spaces in it', 'long enough', 'Username', /letters/i],
    ['x'.repeat(33), 'long enough', 'Username', /32/],
    ['ada', 'short', 'Password', /8/],
    ['MONA', 'long enough', 'Username', /taken/],
  ] as const) {
    await ada.fillIn('Create account', username, password);
    const input = ada.page.getByLabel(field, { exact: true });
    await expect(input).toHaveAttribute('aria-invalid', 'true');
    await expect(input).toHaveAccessibleDescription(words);
    await expect(ada.page.getByLabel('Username')).toHaveValue(username);
  }
  await ada.fillIn('Create account', 'ada', 'long enough');
  await expect(ada.page).toHaveURL(/\/home/);
});

test('A5 A6 the session decides between / and /home, and survives closing the page', async ({
  person,
  server,
}) => {
  const ada = await person('ada');
  await ada.page.goto(`${server.url}/home`);
  await expect(ada.page).toHaveURL(`${server.url}/`);
  await ada.signUp();
  const cookie = (await ada.page.context().cookies()).find(
    (c) => c.name === `partychat_session_${new URL(server.url).port}`,
  )!;
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(cookie.expires, 'it outlives the browser').toBeGreaterThan(0);

  await ada.page.close();
  const again = await ada.page.context().newPage();
  for (const path of ['/', '/login', '/register']) {
    await again.goto(server.url + path);
    await expect(again).toHaveURL(/\/home/);
  }
});

test('F2 a bare page with two script tags and io() works', async ({ page }) => {
  // As it is when one learns: the page comes from a development server, which the operator allows, and
  // nobody has a session.
  let server: Server;
  const pages = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<script src="${server.url}/socket.io/socket.io.js"></script>
      <script>const socket = io('${server.url}');</script>`);
  });
  await once(pages.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  server = await Server.start(['--classic', '--allowed-origins', origin]);
  await page.goto(origin);
  await page.waitForFunction('socket.connected');
  await page.waitForFunction('socket.io.engine.transport.name === "websocket"');
  await page.close();
  pages.close();
  await server.stop();
});

test('A5 a link to a room leads there after logging in, and says when the session has ended', async ({
  person,
  server,
  program,
}) => {
  const jun = await program('jun');
  const { body } = await jun.call('POST', '/rooms', { name: 'wanted', topic: '' });
  const link = `${server.url}/home/${body.subscription.id}`;
  const mona = await person('mona');
  await mona.arrive();
  await mona.page.request.delete(`${server.url}/api/v1/session`);
  await mona.page.goto(link);
  await expect(mona.page.getByText('Log in to open this room.')).toBeVisible();
  await expectAccessible(mona.page);
  await mona.page.getByRole('button', { name: 'Log in' }).click();
  await mona.fillIn('Log in');
  await expect(mona.page).toHaveURL(link);
  await expect(mona.heading('wanted')).toBeVisible();

  // Ended elsewhere: this browser still has the cookie.
  const [cookie] = await mona.page.context().cookies();
  await mona.page.goto('about:blank');
  const ended = await fetch(`${server.url}/api/v1/session`, {
    method: 'DELETE',
    headers: { cookie: `${cookie?.name}=${cookie?.value}`, origin: server.url },
  });
  expect(ended.status).toBe(204);
  await mona.page.goto(link);
  await expect(mona.page.getByText('Your session has ended')).toBeVisible();
  await mona.page.reload();
  await mona.page.getByRole('button', { name: 'Log in' }).click();
  await mona.fillIn('Log in');
  await expect(mona.page).toHaveURL(link);
});
