import { Chromium, type Tab } from '../support/chromium.ts';
import type { Client } from '../support/client.ts';
import { expect, test as base } from '../support/fixtures.ts';

const test = base.extend<{ chromium: Chromium }>({
  chromium: async ({}, use) => {
    const chromium = await Chromium.start();
    await use(chromium);
    await chromium.stop();
  },
});

/** Waits until the expression, evaluated in the tab's page, is true. */
async function until(tab: Tab, what: string, expression: string): Promise<void> {
  await expect.poll(() => tab.run(expression), { message: what }).toBe(true);
}

/**
 * Logs mona in and shows her a private room with a secret in it; then opens another site in the
 * same tab.
 */
async function leaveForAnotherSite(tab: Tab, url: string, mona: Client): Promise<string> {
  const { body } = await mona.call('POST', '/rooms', { name: 'diary', topic: '', kind: 'private' });
  const room = body.subscription.id as number;
  await mona.write(room, 'nobody may read this');
  const credentials = JSON.stringify({ username: 'mona', password: 'password of mona' });
  await tab.goto(`${url}/`);
  await until(tab, 'the landing page is there', `document.title === 'PartyChat'`);
  await tab.run(`fetch('/api/v1/session', {
    method: 'POST', headers: {'content-type': 'application/json'}, body: ${JSON.stringify(credentials)},
  }).then((answer) => answer.status)`);
  await tab.goto(`${url}/home/${room}`);
  await until(tab, 'the secret is shown', secretIsRead);
  await tab.run(`window.isTheSame = true`);
  await tab.goto(url.replace('localhost', '127.0.0.1'));
  await until(
    tab,
    'another site is there',
    `location.hostname === '127.0.0.1' && document.readyState === 'complete'`,
  );
  return `/home/${room}`;
}

const secretIsRead = `document.querySelector('.messages')?.checkVisibility({visibilityProperty: true}) === true
  && document.body.innerText.includes('nobody may read this')`;

test('A7 after a log-out in another tab Back shows nothing of a private room', async ({
  chromium,
  server,
  program,
}) => {
  const mona = await program('mona');
  const tab = await chromium.newTab();
  await leaveForAnotherSite(tab, server.url, mona);

  const other = await chromium.newTab();
  await other.goto(`${server.url}/api/v1/server`);
  await until(other, 'the other tab is at the server', `location.pathname === '/api/v1/server'`);
  const status = await other.run(
    `fetch('/api/v1/session', {method: 'DELETE'}).then((answer) => answer.status)`,
  );
  expect(status).toBe(204);

  await tab.back();
  // It is the page that was left, not a new one: only that page could show what it knew.
  await until(tab, 'the page is brought out of the cache', `window.isTheSame === true`);
  for (let looks = 0; looks < 50; looks++) expect(await tab.run(secretIsRead)).not.toBe(true);
  await until(tab, 'it leads to the landing page', `location.pathname === '/'`);
  expect(await tab.run(`document.body.innerText.includes('nobody may read this')`)).toBe(false);
  expect(await tab.run(`document.body.innerText.includes('Your session has ended')`)).toBe(true);
});

test('E1 somebody who leaves for another site goes offline, and Back restores everything', async ({
  chromium,
  server,
  program,
}) => {
  const mona = await program('mona');
  const jun = await program('jun');
  const id = mona.ready.user.id as number;
  const states: string[] = [];
  jun.socket.on('presence', ({ presence }: { presence: { user: number; state: string }[] }) => {
    for (const { user, state } of presence) if (user === id) states.push(state);
  });
  await jun.command('presence:watch', { users: [id] });
  const tab = await chromium.newTab();
  await leaveForAnotherSite(tab, server.url, mona);
  mona.socket.disconnect();
  // The cached page keeps no connection, so the server need not wait for a missed heartbeat.
  await expect.poll(() => states.at(-1)).toBe('offline');

  await tab.back();
  await until(tab, 'the room is shown again', `window.isTheSame === true && ${secretIsRead}`);
  await expect.poll(() => states.at(-1)).toBe('online');
});
