import type { Locator } from '@playwright/test';
import type { Client } from '../support/client.ts';
import { cutOff } from '../support/cutoff.ts';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

const main = 1;

const row = (who: Person, text: RegExp): Locator => who.feed.getByRole('article', { name: text });

/** Chooses an action of a message. */
async function act(who: Person, text: RegExp, action: string): Promise<void> {
  await row(who, text).hover();
  await row(who, text).getByRole('button', { name: 'Message actions' }).click();
  await who.page.getByRole('menuitem', { name: action, exact: true }).click();
}

const answering = (who: Person): Locator =>
  who.page.getByRole('group', { name: 'The message that you are answering' });

/** Writes so many messages, one after another so that they are in this order. */
async function chatter(client: Client, count: number): Promise<void> {
  for (let i = 1; i <= count; i += 1) await client.post(main, `chatter ${i}`);
}

test('H2 an answer quotes the original, jumps to it, and follows its edit and its deletion', async ({
  three: [ada, mona, jun],
  program,
}) => {
  test.slow();
  await ada.write('who brings the cake');
  await act(mona, /who brings the cake/, 'Reply');
  await expect(answering(mona)).toContainText('Replying to ada');
  await expect(answering(mona)).toContainText('who brings the cake');
  await expect(mona.composer).toBeFocused();
  await expectAccessible(mona.page);
  await mona.composer.press('Escape');
  await expect(answering(mona)).toBeHidden();

  // The connection is lost while the answer is being written.
  await act(mona, /who brings the cake/, 'Reply');
  const letMonaIn = await cutOff(mona.page.context());
  await mona.page.context().setOffline(true);
  await mona.write('I do');
  await expect(answering(mona)).toBeHidden();
  await mona.page.context().setOffline(false);
  await letMonaIn();
  const answer = /In reply to ada who brings the (cake|pie) I do/;
  for (const who of [ada, mona, jun]) await expect(row(who, answer)).toHaveCount(1);
  await expectAccessible(ada.page);

  // Jun misses the edit, and learns of it when the connection is back.
  const letJunIn = await cutOff(jun.page.context());
  await jun.page.context().setOffline(true);
  await ada.composer.press('ArrowUp');
  const form = ada.page.getByRole('form', { name: 'Edit your message' });
  await form.getByRole('textbox').fill('who brings the pie');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(row(mona, /In reply to ada who brings the pie I do/)).toBeVisible();
  await jun.page.context().setOffline(false);
  await letJunIn();
  await expect(row(jun, /In reply to ada who brings the pie I do/)).toBeVisible();

  // After a reload the original is far away, and the quote leads to it.
  const dan = await program('dan');
  await chatter(dan, 120);
  await jun.page.reload();
  await expect(jun.message('chatter 120')).toBeVisible();
  await jun.page.goto(jun.page.url() + '/2');
  await expect(row(jun, answer)).toBeInViewport();
  await row(jun, answer)
    .getByRole('button', { name: /In reply to ada/ })
    .click();
  const original = row(jun, /^ada who brings the pie/);
  await expect(original).toBeInViewport();
  await expect(original).toHaveAttribute('data-marked', '');

  // The original is deleted while others look at the answer.
  await ada.page.goto(`${new URL(ada.page.url()).origin}/home/${main}/1`);
  await act(ada, /^ada who brings the pie/, 'Delete');
  await ada.page
    .getByRole('dialog', { name: 'Delete this message?' })
    .getByRole('button', { name: 'Delete' })
    .click();
  for (const who of [ada, jun])
    await expect(row(who, /In reply to ada This message was deleted. I do/)).toBeVisible();
  await jun.page.reload();
  await expect(row(jun, /In reply to ada This message was deleted. I do/)).toBeVisible();
});

test('H7 an address shows a message far away, also after log-in', async ({
  three: [ada, mona, jun],
  program,
  server,
}) => {
  test.slow();
  await ada.write('look here');
  const dan = await program('dan');
  await chatter(dan, 150);
  const address = `${server.url}/home/${main}/1`;

  await mona.page.goto(address);
  const there = row(mona, /look here/);
  await expect(there).toBeInViewport();
  await expect(there).toHaveAttribute('data-marked', '');
  await expect(mona.message('chatter 150')).toHaveCount(0);
  await expectAccessible(mona.page);

  await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await ada.page.reload();
  await act(ada, /chatter 150/, 'Copy link');
  await expect(ada.page.getByText('Link copied.')).toBeVisible();
  expect(await ada.page.evaluate('navigator.clipboard.readText()')).toBe(
    `${server.url}/home/${main}/151`,
  );

  await jun.logOut();
  await expect(jun.page).toHaveURL(`${server.url}/`);
  await jun.page.goto(address);
  await expect(jun.page).toHaveURL(/\?to=/);
  await jun.page.getByRole('button', { name: 'Log in' }).click();
  await jun.fillIn('Log in');
  await expect(jun.page).toHaveURL(address);
  await expect(row(jun, /look here/)).toBeInViewport();

  await jun.page.goto(`${server.url}/home/${main}/999`);
  await expect(jun.page.getByText('This message does not exist.')).toBeVisible();
  await expect(jun.composer).toBeVisible();
});
