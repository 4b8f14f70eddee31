import { expect, test, type Person } from '../support/fixtures.ts';
import type { Client } from '../support/client.ts';

const main = 1;

async function fill(client: Client, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await client.write(main, `message ${i}`);
}

/** Where the message stands on the screen, and how tall it is. */
async function place(person: Person, body: string) {
  const box = await person.message(body).boundingBox();
  if (!box) throw new Error(`"${body}" is not on the screen`);
  return box;
}

test('C3 D2 scrolling up loads 200 messages back to the first, oldest on top', async ({
  person,
  program,
}) => {
  await fill(await program('ben'), 200);
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.message('message 200')).toBeVisible();
  const oldest = ada.message('message 1');
  while (!(await oldest.isVisible())) await ada.scroll(-1_000);
  await ada.scroll(-1_000);
  await expect(oldest).toBeInViewport();
  const first = await place(ada, 'message 1');
  const second = await place(ada, 'message 2');
  expect(first.y).toBeLessThan(second.y);
  expect(
    await ada.feed.getByText(/^message \d+$/).count(),
    'only what is near the screen is in the DOM',
  ).toBeLessThan(120);
});

test('D9 an older page moves nothing that is on the screen', async ({ person, program }) => {
  await fill(await program('ben'), 200);
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.message('message 200')).toBeVisible();

  // The older page is held back until the reader has come to rest, so that only its arrival can move anything.
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const asked = ada.page.waitForRequest(/messages\?.*before=/);
  await ada.page.route(/messages\?.*before=/, async (route) => {
    await held;
    await route.continue();
  });
  let isAsked = false;
  void asked.then(() => (isAsked = true));
  while (!isAsked) await ada.scroll(-400);
  const shown = await ada.feed.getByText(/^message \d+$/).evaluateAll((rows) =>
    rows
      .filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return top > 100 && bottom < innerHeight - 150;
      })
      .map((row) => row.textContent),
  );
  const marks = [shown[0]!, shown.at(-1)!];
  const before = await Promise.all(marks.map((mark) => place(ada, mark)));
  const answered = ada.page.waitForResponse(/messages\?.*before=/);
  release();
  await (await answered).finished();
  await ada.scroll(0);
  const after = await Promise.all(marks.map((mark) => place(ada, mark)));
  expect(after.map((box) => box.y)).toEqual(before.map((box) => box.y));
});

test('D9 the feed follows at the bottom, stays still under a reader who has scrolled up, and a button jumps to the newest', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  await fill(ben, 60);
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.message('message 60')).toBeInViewport();
  await ben.write(main, 'at the bottom');
  await expect(ada.message('at the bottom')).toBeInViewport();

  await ada.scroll(-600);
  const jump = ada.page.getByRole('button', { name: /newest/i });
  await expect(jump).toBeVisible();
  const shown = await ada.feed
    .getByText(/^message \d+$/)
    .evaluateAll((rows) => rows.find((row) => row.getBoundingClientRect().top > 200)!.textContent!);
  const before = await place(ada, shown);
  await ben.write(main, 'while you read');
  await ben.write(main, 'and another');
  await expect(jump).toContainText('2');
  expect((await place(ada, shown)).y).toBe(before.y);

  await jump.click();
  await expect(ada.message('and another')).toBeInViewport();
  await expect(jump).toBeHidden();
});

test('D9 a draft of many lines does not stop the feed from following', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  await fill(ben, 40);
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.message('message 40')).toBeInViewport();
  await ada.composer.pressSequentially('one');
  for (const line of ['two', 'three', 'four']) {
    await ada.composer.press('Shift+Enter');
    await ada.composer.pressSequentially(line);
    await expect(ada.message('message 40')).toBeInViewport();
  }
  await expect(ada.page.getByRole('button', { name: /newest/i })).toBeHidden();
  await ben.write(main, 'still following');
  await expect(ada.message('still following')).toBeInViewport();
});

test('D9 a room with many unread messages opens at the first of them', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  await fill(ben, 20);
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.message('message 20')).toBeVisible();
  await ada.page.goto('about:blank');
  for (let i = 1; i <= 40; i++) await ben.write(main, `unread ${i}`);
  await ada.page.goto(`${ben.url}/home/${main}`);
  await expect(ada.feed.getByText('New', { exact: true })).toBeInViewport();
  await expect(ada.message('unread 1')).toBeInViewport();
  const jump = ada.page.getByRole('button', { name: /newest/i });
  await expect(jump).toContainText('40');
  await jump.click();
  await expect(ada.message('unread 40')).toBeInViewport();
  await expect(jump).toBeHidden();
});

test('all loaded messages can be reached by keyboard, including the first and the last', async ({
  person,
  program,
}) => {
  await fill(await program('ben'), 80);
  const ada = await person('ada');
  await ada.signUp();
  const focused = ada.page.locator('[role=article]:focus');
  await expect(ada.message('message 80')).toBeVisible();
  await ada.feed.getByRole('article').filter({ hasText: 'message 80' }).focus();
  await ada.page.keyboard.press('ArrowUp');
  await expect(focused).toContainText('message 79');
  await ada.page.keyboard.press('Home');
  await expect(focused).not.toContainText('message 79');
  await expect(focused).toBeInViewport();
  await ada.page.keyboard.press('ArrowDown');
  await expect(focused).toBeInViewport();
  // The newest is the welcome to who has just come in.
  await ada.page.keyboard.press('End');
  await expect(focused).toContainText(/message 80|Welcome/);
  await expect(focused).toBeInViewport();
});

test('D1 Shift+Enter is a new line, and line breaks are kept', async ({ person }) => {
  const ada = await person('ada');
  await ada.signUp();
  await ada.composer.pressSequentially('one');
  await ada.composer.press('Shift+Enter');
  await ada.composer.pressSequentially('two');
  await ada.composer.press('Enter');
  const row = ada.feed.getByText(/one\s+two/);
  await expect(row).toBeVisible();
  expect(await row.evaluate((element: any) => element.innerText)).toContain('one\ntwo');
  await expect(ada.composer).toHaveValue('');
  await expect(ada.composer).toBeFocused();
});

test('D4 empty and over-long messages are not sent, with a reason, and the draft is kept', async ({
  person,
}) => {
  const ada = await person('ada');
  await ada.signUp();
  const send = ada.page.getByRole('button', { name: 'Send' });
  await expect(send).toBeDisabled();
  await ada.composer.fill('   \n ');
  await ada.composer.press('Enter');
  await expect(send).toBeDisabled();
  const long = 'x'.repeat(8_003);
  await ada.composer.fill(long);
  await ada.composer.press('Enter');
  await expect(ada.page.getByText('Too long by 3 characters').first()).toBeVisible();
  await expect(ada.composer).toHaveValue(long);
  await ada.page.reload();
  await expect(ada.composer).toHaveValue(long);
  await ada.write('short');
});

test('D5 a message sent without a connection waits visibly, and is sent once when it is back', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  await ada.write('first');
  await ada.page.context().setOffline(true);
  await ada.composer.fill('into the tunnel');
  await ada.composer.press('Enter');
  await expect(ada.message('into the tunnel')).toBeVisible();
  await ada.page.context().setOffline(false);
  expect((await ben.hears('into the tunnel')).seq).toBeGreaterThan(0);
  await expect(ada.message('into the tunnel')).toHaveCount(1);
  expect(ben.received.filter((m) => m.body === 'into the tunnel')).toHaveLength(1);
});

test('D5 a send that the server refuses is shown as failed and can be retried or deleted', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const made = await ben.call('POST', '/rooms', { name: 'reading', topic: '' });
  const room: number = made.body.subscription.id;
  const ada = await person('ada');
  await ada.signUp();
  await ada.findRoom('read', 'reading');
  await ada.page.getByRole('button', { name: 'Join', exact: true }).first().click();
  await expect(ada.composer).toBeVisible();

  // The membership ends behind the back of a page that cannot hear of it.
  await ada.page.context().setOffline(true);
  await ada.composer.fill('too late');
  await ada.composer.press('Enter');
  const cookies = await ada.page.context().cookies();
  const cookie = cookies.map((c) => `${c.name}=${c.value}`).join('; ');
  await fetch(`${ben.url}/api/v1/subscriptions/${room}`, { method: 'DELETE', headers: { cookie } });
  await ada.page.context().setOffline(false);
  await expect(ada.page.getByRole('button', { name: /retry/i })).toBeVisible();
  await ada.page.getByRole('button', { name: /^delete/i }).click();
  await expect(ada.message('too late')).toBeHidden();
  expect(ben.received.filter((m) => m.body === 'too late')).toHaveLength(0);
});

test('D6 what people write is rendered safely, and the time has the full date on hover', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  await ben.send(
    main,
    '<img src=x onerror="document.title=1"> **bold** and [bad](javascript:alert(1)) https://example.org/a?b=c',
  );
  const row = ada.feed.getByText('<img src=x onerror=');
  await expect(row).toBeVisible();
  await expect(ada.feed.locator('img')).toHaveCount(0);
  await expect(ada.feed.locator('a[href^="javascript"]')).toHaveCount(0);
  await expect(ada.feed.locator('strong')).toHaveText('bold');
  await expect(ada.feed.locator('a[href="https://example.org/a?b=c"]')).toHaveAttribute(
    'rel',
    /noopener/,
  );
  expect(await ada.page.title()).not.toBe('1');
  const time = ada.feed.locator('time').last();
  await expect(time).toHaveText(/^\d\d:\d\d/);
  await expect(time).toHaveAttribute('title', new RegExp(`${new Date().getFullYear()}`));
});
