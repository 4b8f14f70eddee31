import type { Client } from '../support/client.ts';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

const main = 1;

/** Writes so many messages, one after another so that they are in this order. */
async function write(client: Client, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i += 1) await client.post(main, `message ${i}`);
}

/** Ada has read the first messages and is away while Ben writes more. */
async function away(
  person: (name: string) => Promise<Person>,
  ben: Client,
  read: number,
  unread: number,
): Promise<Person> {
  await write(ben, 1, read);
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.message(`message ${read}`)).toBeVisible();
  await ada.page.goto('about:blank');
  await write(ben, read + 1, read + unread);
  return ada;
}

const bar = (who: Person) => who.page.getByRole('group', { name: 'Unread messages' });
const badge = (who: Person, unread: number) =>
  who.rooms.getByRole('link', { name: `main ${unread} unread` });
const jump = (who: Person) => who.page.getByRole('button', { name: /^Jump to newest/ });

/** The numbers of the messages on the screen, to their end. */
const shown = (who: Person) =>
  who.feed.evaluate((feed) => {
    const { top, bottom } = feed.getBoundingClientRect();
    return [...feed.querySelectorAll<HTMLElement>('.bubble')]
      .filter((bubble) => {
        const box = bubble.getBoundingClientRect();
        const isThere = getComputedStyle(bubble).visibility !== 'hidden';
        return isThere && box.bottom > top && box.bottom <= bottom;
      })
      .map((bubble) => Number(/\d+/.exec(bubble.textContent ?? '')?.[0]));
  });

for (const unread of [80, 180])
  test(`H5 a room with ${unread} unread opens at the first of them, and what is on the screen is read`, async ({
    person,
    program,
    server,
  }) => {
    test.slow();
    const ben = await program('ben');
    const ada = await away(person, ben, 30, unread);
    await ada.page.goto(`${server.url}/home`);
    await badge(ada, unread).click();

    await expect(ada.message('message 31')).toBeInViewport();
    await expect(ada.feed.getByText('New', { exact: true })).toBeInViewport();
    await expect(ada.message('message 30'), 'with what stands before it').toBeInViewport();
    await expect(bar(ada)).toContainText(new RegExp(`^${unread} new since \\d\\d:\\d\\d`));
    await expect(jump(ada)).toBeVisible();
    const seen = (await shown(ada)).at(-1)!;
    await expect(badge(ada, unread + 30 - seen), 'and no more than that is read').toBeVisible();
    await expectAccessible(ada.page);

    // Scrolled through by the wheel, all are on the screen one after another.
    for (let at = seen; at < unread + 30; at = (await shown(ada)).at(-1) ?? at)
      await ada.scroll(400);
    await expect(ada.rooms.getByRole('link', { name: 'main', exact: true })).toBeVisible();
    await expect(bar(ada)).toBeHidden();
    await ada.page.reload();
    await expect(ada.rooms.getByRole('link', { name: 'main', exact: true })).toBeVisible();
  });

test('H5 jumping to the newest across a gap keeps skipped messages unread, receives new ones, and leads back', async ({
  person,
  program,
  server,
}) => {
  test.slow();
  const ben = await program('ben');
  const cleo = await program('cleo');
  await cleo.connect('websocket');
  const ada = await away(person, ben, 30, 180);
  await ada.page.goto(`${server.url}/home/${main}`);
  await expect(ada.message('message 31')).toBeInViewport();

  await cleo.write(main, 'message 211');
  await expect(jump(ada)).toContainText(String(211 - (await shown(ada)).at(-1)!));
  await expect(ada.message('message 211'), 'it comes after what is not loaded').toHaveCount(0);
  await jump(ada).click();
  await expect(ada.message('message 211')).toBeInViewport();
  await expect(ada.message('message 210')).toBeInViewport();
  await expect(jump(ada)).toBeHidden();
  const waiting = ada.rooms.getByRole('link', { name: /^main 1\d\d unread$|^main 99\+? unread$/ });
  await expect(waiting, 'most of it was never on the screen').toBeVisible();

  await cleo.write(main, 'message 212');
  await expect(ada.message('message 212')).toBeInViewport();
  await expect(bar(ada)).toContainText(/^182 new/);
  await expect(ada.feed.getByText('message 212')).toHaveCount(1);

  await bar(ada)
    .getByRole('button', { name: /new since/ })
    .click();
  await expect(ada.feed.getByText('New', { exact: true })).toBeInViewport();
  await expect(ada.message('message 31')).toBeInViewport();
  await bar(ada).getByRole('button', { name: 'Mark as read' }).click();
  await expect(bar(ada)).toBeHidden();
  await expect(ada.rooms.getByRole('link', { name: 'main', exact: true })).toBeVisible();
  await ada.page.reload();
  await expect(ada.message('message 212')).toBeInViewport();
  await expect(ada.rooms.getByRole('link', { name: 'main', exact: true })).toBeVisible();
});

test('H5 a reader who scrolls across a gap misses nothing, whatever is sent meanwhile', async ({
  person,
  program,
  server,
}) => {
  test.slow();
  const ben = await program('ben');
  const ada = await away(person, ben, 5, 180);
  await ada.page.goto(`${server.url}/home/${main}`);
  await expect(ada.message('message 6')).toBeInViewport();
  const all = new Set(await shown(ada));
  let said = 185;
  while (!all.has(205)) {
    await ada.scroll(400);
    if (said < 205) await ben.post(main, `message ${(said += 1)}`);
    for (const seq of await shown(ada)) all.add(seq);
  }
  expect([...all].sort((a, b) => a - b).slice(-200)).toEqual(
    Array.from({ length: 200 }, (_, i) => i + 6),
  );
  await expect(ada.rooms.getByRole('link', { name: 'main', exact: true })).toBeVisible();
});

test('two messages with the same words are both announced to screen readers', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  await ben.connect('websocket');
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.page.locator('[aria-live=polite][aria-relevant=additions]')).toBeAttached();
  const spoken = ada.page.locator('[aria-live=polite] p').filter({ hasText: 'ben: yes' });
  await ben.write(main, 'yes');
  await expect(spoken).toHaveCount(1);
  await ben.write(main, 'yes');
  await expect(spoken).toHaveCount(2);
});
