import type { Locator } from '@playwright/test';
import { cutOff } from '../support/cutoff.ts';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

function pane({ page }: Person): Locator {
  return page.getByRole('complementary', { name: 'Thread' });
}

/** Opens the thread under a message by its menu. */
async function openThread(person: Person, text: string): Promise<void> {
  const row = person.feed.getByRole('article').filter({ hasText: text });
  await row.hover();
  await row.getByRole('button', { name: 'Message actions' }).click();
  await person.page.getByRole('menuitem', { name: 'Reply in a thread' }).click();
  await expect(pane(person)).toBeVisible();
}

async function reply(person: Person, text: string): Promise<void> {
  const box = pane(person).getByRole('textbox');
  await box.fill(text);
  await box.press('Enter');
  await expect(pane(person).getByText(text, { exact: true })).toBeVisible();
}

function threads({ page }: Person): Locator {
  return page.getByRole('button', { name: /^Threads/ });
}

test('H3 three people follow a thread, and its unread replies are counted on every device', async ({
  person,
  server,
}) => {
  test.slow();
  const [ada, ben, cleo] = [await person('ada'), await person('ben'), await person('cleo')];
  for (const somebody of [ada, ben, cleo]) await somebody.arrive();
  await ada.write('tea at four?');
  const other = await ada.page.context().newPage();
  await other.goto(ada.page.url());
  const badge = other.getByRole('button', { name: /^Threads/ });
  await openThread(ben, 'tea at four?');
  await reply(ben, 'I bring cake');

  // Ada has written the root; both of her tabs count, until she reads the thread in one of them.
  await expect(threads(ada)).toHaveAccessibleName(/1 thread with unread replies/);
  await expect(badge).toHaveAccessibleName(/1 thread with unread replies/);
  await expect(threads(ben)).toHaveAccessibleName('Threads');
  await threads(ada).click();
  const list = ada.page.getByRole('region', { name: 'Threads' });
  await expect(list.getByRole('link')).toContainText('1 new reply');
  await expectAccessible(ada.page);
  await list.getByRole('link', { name: /tea at four/ }).click();
  await expect(pane(ada).getByText('I bring cake', { exact: true })).toBeVisible();
  await expect(threads(ada)).toHaveAccessibleName('Threads');
  await expect(badge).toHaveAccessibleName('Threads');

  // Reactions work in the pane, for everyone.
  const cake = pane(ada).getByRole('article').filter({ hasText: 'I bring cake' });
  await cake.hover();
  await cake.getByRole('button', { name: 'Message actions' }).click();
  await ada.page.getByRole('menuitem', { name: 'React' }).click();
  const picker = ada.page.getByRole('dialog', { name: 'React' });
  await picker.getByRole('combobox').fill('party popper');
  await expect(picker.getByRole('option')).toHaveCount(1);
  await picker.getByRole('combobox').press('Enter');
  const reaction = pane(ben).getByRole('button', { name: '🎉 by ada' });
  await expect(reaction).toBeVisible();
  await reaction.click();
  await expect(pane(ada).getByRole('button', { name: '🎉 by you and ben' })).toBeVisible();
  await expectAccessible(ada.page);

  // Cleo follows by choice while she has no connection; it survives a reload.
  await openThread(cleo, 'tea at four?');
  await expect(pane(cleo).getByRole('button', { name: 'Follow this thread' })).toBeVisible();
  const letIn = await cutOff(cleo.page.context());
  await server.restart('SIGKILL');
  await expect(cleo.page.getByText(/^Reconnecting/).first()).toBeVisible();
  await pane(cleo).getByRole('button', { name: 'Follow this thread' }).click();
  await expect(
    pane(cleo).getByRole('button', { name: 'Stop following this thread' }),
  ).toBeVisible();
  await cleo.page.reload();
  await letIn();
  await threads(cleo).click();
  const hers = cleo.page.getByRole('region', { name: 'Threads' });
  await expect(hers.getByRole('link', { name: /tea at four/ })).toBeVisible();
  await reply(ben, 'and juice');
  await expect(threads(cleo)).toHaveAccessibleName(/1 thread with unread replies/);
  await expect(hers.getByRole('link')).toContainText('1 new reply');

  // She stops following, and further replies do not count as unread.
  await hers.getByRole('link').click();
  await expect(threads(cleo)).toHaveAccessibleName('Threads');
  await pane(cleo).getByRole('button', { name: 'Stop following this thread' }).click();
  await expect(pane(cleo).getByRole('button', { name: 'Follow this thread' })).toBeVisible();
  await pane(cleo).getByRole('button', { name: 'Close the thread' }).click();
  await reply(ben, 'and biscuits');
  await expect(ada.feed.getByText(/4 replies|3 replies/)).toBeVisible();
  await threads(cleo).click();
  await expect(cleo.page.getByText('You follow no threads yet')).toBeVisible();
});
