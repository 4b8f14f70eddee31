import { expect, test } from '../support/fixtures.ts';

test('A1–A7 B1–B5 C3 D1–D3 two people chat in two browsers, from sign-up to log-out', async ({
  person,
}) => {
  const ada = await person('ada');
  const ben = await person('ben');

  await test.step('sign up, log out, log in', async () => {
    await ada.signUp();
    await ada.logOut();
    await expect(ada.page.getByRole('button', { name: 'Sign up' })).toBeVisible();
    await ada.logIn();
    await ben.signUp();
  });

  await test.step('make a room with +, find it by completing search, subscribe', async () => {
    await ada.createRoom('weekend-trip', 'Saturday, lake, bring food');
    await expect(ada.rooms.getByRole('link', { name: 'weekend-trip' })).toBeVisible();
    await ben.findRoom('week', 'weekend-trip');
    await expect(ben.page.getByText('Saturday, lake, bring food')).toBeVisible();
    await ben.page.getByRole('button', { name: 'Join', exact: true }).first().click();
    await expect(ben.rooms.getByRole('link', { name: 'weekend-trip' })).toBeVisible();
  });

  await test.step('write in both directions, with Enter and with the button', async () => {
    await ada.write('Who has a car on Saturday?');
    await expect(ben.message('Who has a car on Saturday?')).toBeVisible();
    await ben.write('I can take four', 'button');
    await expect(ada.message('I can take four')).toBeVisible();
  });

  await test.step('own on the right, others on the left', async () => {
    for (const [reader, own, other] of [
      [ada, 'Who has a car on Saturday?', 'I can take four'],
      [ben, 'I can take four', 'Who has a car on Saturday?'],
    ] as const) {
      const feed = (await reader.feed.boundingBox())!;
      const middle = feed.x + feed.width / 2;
      const right = (await reader.message(own).boundingBox())!;
      const left = (await reader.message(other).boundingBox())!;
      expect(right.x, `${reader.username}'s own message`).toBeGreaterThan(middle);
      expect(left.x + left.width, `the other's message before ${reader.username}`).toBeLessThan(
        middle,
      );
    }
  });

  await test.step('a reload stays on /home, with the history', async () => {
    await ben.page.reload();
    await expect(ben.page).toHaveURL(/\/home/);
    await expect(ben.message('Who has a car on Saturday?')).toBeVisible();
    await expect(ben.message('I can take four')).toBeVisible();
  });

  await test.step('unsubscribe, and it leaves the list', async () => {
    await ben.inDetails('Leave room');
    await expect(ben.rooms.getByRole('link', { name: 'weekend-trip' })).toBeHidden();
    await expect(ben.rooms.getByRole('link', { name: 'main' })).toBeVisible();
  });

  await test.step('log out in one tab, and the other tab of the same session leaves too', async () => {
    const second = await ada.page.context().newPage();
    await second.goto(ada.page.url());
    await expect(second.getByRole('heading', { name: 'weekend-trip' })).toBeVisible();
    await ada.logOut();
    for (const page of [ada.page, second])
      await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
    await second.goto(`${new URL(second.url()).origin}/home`);
    await expect(second).toHaveURL(/\/$/);
  });
});
