import type { Page } from '@playwright/test';
import { cutOff } from '../support/cutoff.ts';
import { expect, expectAccessible, test as base, type Person } from '../support/fixtures.ts';
import type { Client } from '../support/client.ts';
import { Server } from '../support/server.ts';

const main = 1;

/** The shortest that a session may idle, in milliseconds, and some more. */
const idle = 60_000;
const someMore = 5_000;

const test = base.extend<{ server: Server }>({
  /** One that soon notices who sleeps, and soon forgets them. */
  server: async ({}, use) => {
    const server = await Server.start(
      '--ping-interval 1s --ping-timeout 1s --session-idle 1m --send-rate 10000'.split(' '),
    );
    await use(server);
    await server.stop();
  },
});

/**
 * Puts the tab to sleep, as a browser or a lid does: nothing runs in it. The result wakes it, eight
 * hours later by its own clock.
 */
async function sleep(page: Page): Promise<() => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Debugger.enable');
  const asleep = new Promise((resolve) => devtools.once('Debugger.paused', resolve));
  await devtools.send('Debugger.pause');
  await asleep;
  return async () => {
    await devtools.send('Debugger.disable');
    await page.clock.fastForward('08:00:00');
  };
}

/** Who has gone to bed with the page open: reading in the middle, a thought begun. */
async function bedtime(person: Person, ben: Client): Promise<number> {
  await person.page.clock.install();
  await person.signUp();
  await expect(person.feed).toHaveAttribute('aria-busy', 'false');
  await expect(person.page.getByText('Online — 2'), 'the page is connected').toBeVisible();
  for (let i = 1; i <= 40; i++) await ben.write(main, `evening ${i}`);
  await expect(person.message('evening 40')).toBeInViewport();
  await person.scroll(-400);
  await person.composer.fill('half a thought');
  return person.feed.evaluate((feed) => feed.scrollTop);
}

/** What is said, corrected and taken back during the night. */
async function night(ben: Client): Promise<string[]> {
  const said = Array.from({ length: 30 }, (_, i) => `night ${i + 1}`);
  for (const body of said) await ben.write(main, body);
  const { body } = await ben.call('GET', `/rooms/${main}/messages?limit=200`);
  const seq = (text: string) => body.messages.find((m: { body: string }) => m.body === text).seq;
  await ben.call('PATCH', `/rooms/${main}/messages/${seq('evening 39')}`, {
    body: 'evening, corrected',
  });
  await ben.call('DELETE', `/rooms/${main}/messages/${seq('night 7')}`);
  said.splice(6, 1);
  return said;
}

/** What the feed has of the night, in its order, looked through from the newest to the oldest. */
async function shown(person: Person): Promise<string[]> {
  await expect(person.message('night 30')).toBeInViewport();
  const found = new Map<number, string>();
  while (![...found.values()].includes('night 1')) {
    for (const [seq, body] of await person.feed.evaluate((feed): [number, string][] =>
      [...feed.querySelectorAll<HTMLElement>('[data-seq]')].flatMap((row) =>
        (row.innerText.match(/^night \d+$/m) ?? []).map((body): [number, string] => [
          Number(row.dataset.seq),
          body,
        ]),
      ),
    ))
      found.set(seq, body);
    await person.scroll(-300);
  }
  return [...found].sort(([a], [b]) => a - b).map(([, body]) => body);
}

/** What ada has stored in the main room. */
async function storedBy(username: string, client: Client): Promise<string[]> {
  const { body } = await client.call('GET', `/rooms/${main}/messages?limit=200`);
  return body.messages
    .filter(
      (message: { kind: string; author: { username: string } }) =>
        message.kind === 'text' && message.author.username === username,
    )
    .map((message: { body: string }) => message.body);
}

/** Waits until the server knows that nobody is there any more. */
async function forgotten(username: string, ben: Client): Promise<void> {
  await expect
    .poll(async () => {
      const { body } = await ben.call('GET', `/users?text=${username}`);
      return [body.users.length, body.presence];
    })
    .toEqual([1, []]);
}

test('a tab that wakes after a night is where it was, and shows the missed messages as new', async ({
  person,
  program,
}) => {
  test.slow();
  const ben = await program('ben');
  const ada = await person('ada');
  const position = await bedtime(ada, ben);
  const wake = await sleep(ada.page);
  await forgotten('ada', ben);
  const said = await night(ben);
  await wake();

  await expect(ada.page.getByRole('button', { name: /Jump to newest/ })).toContainText('30');
  await expect(ada.page.locator('[aria-live=polite]').getByText(/night 30/)).toBeAttached();
  expect(await ada.feed.evaluate((feed) => feed.scrollTop)).toBe(position);
  await expect(ada.composer).toHaveValue('half a thought');
  await ada.composer.press('Enter');
  await ben.hears('half a thought');
  expect(await shown(ada)).toEqual(said);
  expect(await storedBy('ada', ben)).toEqual(['half a thought']);
});

test('a session that expired overnight continues in place, and waiting messages are sent once', async ({
  server,
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  const context = ada.page.context();
  await bedtime(ada, ben);
  const letIn = await cutOff(context);
  await server.restart('SIGTERM');
  await ada.composer.fill('the last of the evening');
  await ada.composer.press('Enter');
  await expect(ada.page.getByText('sending')).toBeAttached();
  await ada.composer.fill('half a thought');
  const wake = await sleep(ada.page);
  const said = await night(ben);
  // Nothing but time ends a session by itself.
  await new Promise((resolve) => setTimeout(resolve, idle + someMore));
  await letIn();
  await wake();

  const dialog = ada.page.getByRole('dialog', { name: 'Log in again' });
  await expect(dialog).toBeVisible();
  expect(await storedBy('ada', ben)).toEqual([]);
  await expectAccessible(ada.page);
  await dialog.getByLabel('Password', { exact: true }).fill(ada.password);
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await expect(dialog).toBeHidden();
  await ben.hears('the last of the evening');
  await expect(ada.composer).toHaveValue('half a thought');
  await ada.composer.press('Enter');
  await ben.hears('half a thought');
  expect(await shown(ada)).toEqual(said);
  expect(await storedBy('ada', ben)).toEqual(['the last of the evening', 'half a thought']);
});
