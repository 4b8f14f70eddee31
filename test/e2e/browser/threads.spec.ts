import type { Locator } from '@playwright/test';
import { cutOff } from '../support/cutoff.ts';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

const main = 1;

const row = (who: Person, text: RegExp): Locator => who.feed.getByRole('article', { name: text });

/** The pane with the open thread. */
const pane = (who: Person): Locator => who.page.getByRole('complementary', { name: 'Thread' });

async function openThread(
  who: Person,
  text: RegExp,
  how: 'hover' | 'tap' = 'hover',
): Promise<void> {
  await row(who, text)[how]();
  await row(who, text).getByRole('button', { name: 'Message actions' }).click();
  await who.page.getByRole('menuitem', { name: 'Reply in a thread' }).click();
  await expect(pane(who).getByRole('article', { name: text })).toBeVisible();
}

/** Writes in the open thread. */
async function reply(who: Person, text: string): Promise<void> {
  const box = pane(who).getByRole('textbox');
  await box.fill(text);
  await box.press('Enter');
  await expect(pane(who).getByRole('article', { name: text })).toBeVisible();
}

test('H3 a thread is beside the room, and its root shows who has replied', async ({
  three: [ada, mona, jun],
}) => {
  test.slow();
  await ada.write('where do we meet');
  await openThread(mona, /where do we meet/);
  await expect(pane(mona)).toContainText('No replies yet');
  await expectAccessible(mona.page);
  await reply(mona, 'at the station');
  await expect(mona.message('at the station')).toHaveCount(0);
  for (const who of [ada, mona, jun])
    await expect(row(who, /where do we meet/)).toContainText('1 reply');

  // Jun loses the connection, and learns of everything when it is back.
  await row(jun, /where do we meet/)
    .getByRole('button', { name: '1 reply' })
    .click();
  await expect(pane(jun).getByRole('article', { name: /at the station/ })).toBeVisible();
  const letIn = await cutOff(jun.page.context());
  await jun.page.context().setOffline(true);
  await reply(jun, 'I am late');
  await row(ada, /where do we meet/)
    .getByRole('button', { name: '1 reply' })
    .click();
  await reply(ada, 'no problem');
  await pane(mona).getByRole('checkbox').check();
  await reply(mona, 'we wait at the café');
  await jun.page.context().setOffline(false);
  await letIn();
  for (const who of [ada, mona, jun]) {
    await expect(pane(who).getByRole('article')).toHaveCount(5);
    await expect(row(who, /where do we meet/)).toContainText('4 replies');
    await expect(who.message('we wait at the café')).toBeVisible();
    await expect(who.message('I am late')).toHaveCount(0);
  }
  await expectAccessible(jun.page);

  // What only the thread shows is not unread, and after a reload all is as before.
  await jun.page.reload();
  await row(jun, /where do we meet/)
    .getByRole('button', { name: '4 replies' })
    .click();
  await expect(pane(jun).getByRole('article')).toHaveCount(5);
  await jun.page.goto('about:blank');
  await reply(ada, 'one more');
  await jun.page.goto(`${new URL(ada.page.url()).origin}/home`);
  await expect(jun.rooms.getByRole('link', { name: 'main', exact: true })).toBeVisible();
  await jun.openMain();
  await expect(row(jun, /where do we meet/)).toContainText('5 replies');

  // The address of a reply opens its thread.
  await jun.page.goto(`${new URL(ada.page.url()).origin}/home/${main}/6`);
  const one = pane(jun).getByRole('article', { name: /one more/ });
  await expect(one).toBeInViewport();
  await expect(one).toHaveAttribute('data-marked', '');
  await jun.page.keyboard.press('Escape');
  await expect(pane(jun)).toBeHidden();
});

test('H3 messages in a thread are answered, edited and deleted there', async ({
  three: [ada, mona, jun],
}) => {
  await ada.write('where do we meet');
  await openThread(mona, /where do we meet/);
  await reply(mona, 'at the staton');
  for (const who of [ada, jun]) {
    await row(who, /where do we meet/)
      .getByRole('button', { name: '1 reply' })
      .click();
    await expect(pane(who).getByRole('article', { name: /at the staton/ })).toBeVisible();
  }
  const act = async (who: Person, text: RegExp, action: string) => {
    const message = pane(who).getByRole('article', { name: text });
    await message.hover();
    await message.getByRole('button', { name: 'Message actions' }).click();
    await who.page.getByRole('menuitem', { name: action, exact: true }).click();
  };
  await act(ada, /at the staton/, 'Reply');
  await expect(
    pane(ada).getByRole('group', { name: 'The message that you are answering' }),
  ).toContainText('at the staton');
  await expectAccessible(ada.page);
  await reply(ada, 'which one');
  await act(mona, /^mona at the staton/, 'Edit');
  const form = pane(mona).getByRole('form', { name: 'Edit your message' });
  await form.getByRole('textbox').fill('at the station');
  await form.getByRole('button', { name: 'Save' }).click();
  for (const who of [ada, mona, jun])
    await expect(
      pane(who).getByRole('article', { name: /In reply to mona at the station which one/ }),
    ).toBeVisible();
  await act(mona, /^mona at the station/, 'Delete');
  await mona.page
    .getByRole('dialog', { name: 'Delete this message?' })
    .getByRole('button', { name: 'Delete' })
    .click();
  for (const who of [ada, mona, jun]) {
    await expect(
      pane(who).getByRole('article', { name: /In reply to mona This message was deleted. which/ }),
    ).toBeVisible();
    await expect(row(who, /where do we meet/)).toContainText('1 reply');
  }
});

test('H3 on a phone a thread is a page of its own, which Back closes', async ({ person }) => {
  const ada = await person('ada', {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  await ada.arrive();
  await ada.write('where do we meet');
  await openThread(ada, /where do we meet/, 'tap');
  await reply(ada, 'at the station');
  await expect(ada.feed).toBeHidden();
  await expectAccessible(ada.page);
  await ada.page.goBack();
  await expect(pane(ada)).toBeHidden();
  await expect(row(ada, /where do we meet/)).toContainText('1 reply');
});
