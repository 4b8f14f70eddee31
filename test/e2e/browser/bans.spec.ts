import type { Page } from '@playwright/test';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const closedRoom = 'You are banned from this room. Its admins can let you back in.';
const closedServer = 'You are banned from this server. Its admins can let you back in.';

const members = (page: Page) => page.getByRole('complementary', { name: 'Room details' });
const actions = (page: Page, name: string) =>
  members(page).getByRole('button', { name: `Actions for ${name}` });
const item = (page: Page, name: string) => page.getByRole('menuitem', { name });

/** Opens another tab of the same person, at the same address. */
async function anotherTab(who: Person): Promise<Page> {
  const tab = await who.page.context().newPage();
  await tab.goto(who.page.url());
  await expect(tab.getByRole('textbox', { name: /^Message/ })).toBeVisible();
  return tab;
}

test('B8 a removed member can rejoin, a banned one only after the ban is lifted', async ({
  person,
}) => {
  const [ada, mona, jun] = [await person('ada'), await person('mona', wide), await person('jun')];
  for (const who of [ada, mona, jun]) await who.arrive(); // in this order: Ada is the server's admin
  await mona.createRoom('weekend-trip', 'Saturday, lake');
  await mona.inDetails('Invite people');
  const link = await mona.makeLink();
  await mona.page.keyboard.press('Escape');
  await jun.page.goto(link);
  await expect(jun.heading('weekend-trip')).toBeVisible();
  await jun.write('Here I am');
  const address = jun.page.url();
  const tab = await anotherTab(jun);

  await test.step('who may not put others out is offered nothing', async () => {
    await expect(members(jun.page).getByText('mona')).toBeVisible();
    await expect(members(jun.page).getByRole('button', { name: /^Actions|Banned/ })).toHaveCount(0);
  });

  await test.step('an admin of the room removes somebody', async () => {
    await members(mona.page).getByText('jun').hover();
    await actions(mona.page, 'jun').click();
    await expect(mona.page.getByRole('menuitem')).toHaveText([
      'Make admin',
      'Remove from room',
      'Ban from room',
    ]);
    await expectAccessible(mona.page);
    await item(mona.page, 'Remove from room').click();
    const question = mona.page.getByRole('dialog', { name: 'Remove jun from weekend-trip?' });
    await expect(question).toContainText('can join again at any time');
    await expectAccessible(mona.page);
    await question.getByRole('button', { name: 'Remove' }).click();
    await expect(mona.page.getByText('jun was removed from weekend-trip.')).toBeVisible();
    await expect(members(mona.page).getByText('jun')).toBeHidden();
    await expect(mona.feed.getByText('jun was removed', { exact: true })).toBeVisible();
  });

  await test.step('who is told so in every tab, and comes away from the room', async () => {
    for (const page of [jun.page, tab]) {
      await expect(page.getByText('You were removed from weekend-trip.')).toBeVisible();
      await expect(page.getByRole('heading', { name: 'No conversation open' })).toBeVisible();
    }
    await expect(jun.room('weekend-trip')).toBeHidden();
  });

  await test.step('and who comes back', async () => {
    await jun.findRoom('week', 'weekend-trip');
    await jun.page.getByRole('button', { name: 'Join', exact: true }).click();
    await jun.write('Back again');
    await tab.goto(address);
    await expect(tab.locator('div.messages').getByText('Back again')).toBeVisible();
  });

  await test.step('by keyboard, somebody is banned', async () => {
    await actions(mona.page, 'jun').focus();
    await mona.page.keyboard.press('Enter');
    await expect(item(mona.page, 'Make admin')).toBeFocused();
    await mona.page.keyboard.press('Escape');
    await expect(actions(mona.page, 'jun')).toBeFocused();
    await mona.page.keyboard.press('Enter');
    await mona.page.keyboard.press('ArrowDown');
    await expect(item(mona.page, 'Remove from room')).toBeFocused();
    await mona.page.keyboard.press('ArrowDown');
    await expect(item(mona.page, 'Ban from room')).toBeFocused();
    await mona.page.keyboard.press('Enter');
    const question = mona.page.getByRole('dialog', { name: 'Ban jun from weekend-trip?' });
    await mona.page.keyboard.press('Escape');
    await expect(question).toBeHidden();
    await expect(actions(mona.page, 'jun')).toBeFocused();
    await mona.page.keyboard.press('Enter');
    await mona.page.keyboard.press('End');
    await mona.page.keyboard.press('Enter');
    await question.getByRole('button', { name: 'Ban' }).press('Enter');
    await expect(mona.page.getByText('jun was banned from weekend-trip.')).toBeVisible();
    await expect(actions(mona.page, 'jun')).toBeHidden();
    // Ada is not in the room: no menu is left that could have the focus.
    await expect(mona.page.getByRole('heading', { name: /^Members/ })).toBeFocused();
  });

  await test.step('who loses the room in every tab, and finds no way back', async () => {
    for (const page of [jun.page, tab]) {
      await expect(page.getByText('You were banned from weekend-trip.')).toBeVisible();
      await expect(page.getByRole('heading', { name: 'No conversation open' })).toBeVisible();
    }
    await tab.close();
    await jun.search.pressSequentially('week');
    await jun.page.getByRole('option', { name: /^weekend-trip/ }).click();
    await expect(jun.page.getByText(closedRoom)).toBeVisible();
    await expectAccessible(jun.page);
    await jun.page.getByRole('button', { name: 'Back to my rooms' }).click();
    await expect(jun.page.getByRole('heading', { name: 'No conversation open' })).toBeVisible();
    await jun.page.goto(address);
    await expect(jun.page.getByText(closedRoom)).toBeVisible();
    await expect(members(jun.page)).toBeHidden();
    await jun.page.goto(link);
    await expect(jun.heading('You can’t join')).toBeVisible();
    await expect(jun.page.getByText(closedRoom)).toBeVisible();
    await expectAccessible(jun.page);
  });

  await test.step('until an admin lets them back in', async () => {
    await mona.page.getByRole('button', { name: 'Banned people' }).press('Enter');
    const banned = mona.page.getByRole('dialog', { name: 'Banned people' });
    await expect(banned.getByRole('listitem')).toContainText(/jun.*by mona · Today/s);
    await expect(banned.getByRole('heading', { name: 'Banned from the server' })).toBeHidden();
    await expectAccessible(mona.page);
    await banned.getByRole('button', { name: 'Unban jun' }).press('Enter');
    await expect(banned.getByText('jun can come back now.')).toBeVisible();
    await expect(banned.getByText('Nobody is banned from weekend-trip.')).toBeVisible();
    await mona.page.keyboard.press('Escape');
    await expect(mona.page.getByRole('button', { name: 'Banned people' })).toBeFocused();
    await jun.page.goto(link);
    await expect(jun.heading('weekend-trip')).toBeVisible();
    await jun.write('And again');
    await expect(mona.message('And again')).toBeVisible();
  });
});

test('B8 somebody who watches a room no longer sees it once banned', async ({ person }) => {
  const [mona, jun] = [await person('mona'), await person('jun')];
  for (const who of [mona, jun]) await who.arrive();
  await mona.createRoom('weekend-trip');
  await mona.write('For everyone');
  await jun.findRoom('week', 'weekend-trip');
  await expect(jun.message('For everyone')).toBeVisible();
  const ban = `/api/v1/rooms/${mona.place()}/bans/${(await jun.account()).id}`;
  const answer = await mona.page.request.put(new URL(ban, mona.page.url()).href);
  expect(answer.status()).toBe(201);
  await expect(jun.page.getByText(closedRoom)).toBeVisible();
  await expect(jun.message('For everyone')).toBeHidden();
});

test('A7 C1 a user banned from the server is logged out in every tab, and has everything back after the ban', async ({
  person,
}) => {
  const [ada, mona, jun] = [await person('ada', wide), await person('mona'), await person('jun')];
  for (const who of [ada, mona, jun]) await who.arrive(); // in this order: Ada is the server's admin
  await jun.createRoom('weekend-trip');
  await jun.write('Mine');
  const tab = await anotherTab(jun);

  await test.step('the server’s admin bans somebody', async () => {
    await actions(ada.page, 'jun').focus();
    await ada.page.keyboard.press('Enter');
    await ada.page.keyboard.press('End');
    await ada.page.keyboard.press('Enter');
    const question = ada.page.getByRole('dialog', { name: 'Ban jun from this server?' });
    await expect(question).toContainText('logged out everywhere');
    await question.getByRole('button', { name: 'Ban' }).press('Enter');
    await expect(ada.page.getByText('jun was banned from this server.')).toBeVisible();
    await expect(members(ada.page).getByRole('list', { name: 'Offline' })).toHaveText(
      /jun.*banned/s,
    );
    await expect(actions(ada.page, 'jun')).toBeFocused();
  });

  await test.step('who is out in both tabs, and is not let in again', async () => {
    for (const page of [jun.page, tab]) {
      await expect(page.getByText('You have been banned from this server.')).toBeVisible();
      await expect(page).toHaveURL(/:\d+\/$/);
    }
    await expectAccessible(jun.page);
    await jun.page.getByRole('button', { name: 'Log in' }).click();
    await jun.fillIn('Log in');
    await expect(jun.page.getByText(closedServer)).toBeVisible();
    await expectAccessible(jun.page);
  });

  await test.step('and whom others see as banned', async () => {
    await mona.begin('Find people');
    await expect(mona.page.getByRole('option', { name: 'jun' })).toContainText('banned');
    await expectAccessible(mona.page);
    await mona.page.keyboard.press('Escape');
  });

  await test.step('until let back in, to everything as it was', async () => {
    await ada.page.getByRole('button', { name: 'Banned people' }).click();
    const banned = ada.page.getByRole('dialog', { name: 'Banned people' });
    const ofServer = banned.getByRole('region', { name: 'Banned from the server' });
    await expect(ofServer.getByRole('listitem')).toContainText(/jun.*by ada · Today/s);
    await expectAccessible(ada.page);
    await ofServer.getByRole('button', { name: 'Unban jun' }).click();
    await expect(ofServer.getByText('Nobody is banned from the server.')).toBeVisible();
    await ada.page.keyboard.press('Escape');
    await expect(members(ada.page).getByText('banned', { exact: true })).toBeHidden();
    await jun.fillIn('Log in');
    await expect(jun.room('weekend-trip')).toBeVisible();
    await jun.room('weekend-trip').click();
    await expect(jun.message('Mine')).toBeVisible();
  });
});

test('all of it works by touch on a phone', async ({ person, program }) => {
  const ada = await person('ada', phone);
  await ada.signUp();
  const jun = await program('jun');
  await ada.detailsButton.tap();
  await actions(ada.page, 'jun').tap();
  await expect(item(ada.page, 'Ban from server')).toBeVisible();
  await expectAccessible(ada.page);
  await item(ada.page, 'Ban from room').tap();
  const question = ada.page.getByRole('dialog', { name: 'Ban jun from main?' });
  await expectAccessible(ada.page);

  await test.step('also when it fails at first', async () => {
    const bans = '**/api/v1/rooms/*/bans/*';
    await ada.page.route(bans, (route) => route.abort());
    await question.getByRole('button', { name: 'Ban' }).tap();
    await expect(question.getByRole('alert')).toContainText('cannot be reached');
    await expectAccessible(ada.page);
    await ada.page.unroute(bans);
    await question.getByRole('button', { name: 'Ban' }).tap();
    await expect(actions(ada.page, 'jun')).toBeHidden();
  });

  await test.step('and lets back in', async () => {
    await ada.page.getByRole('button', { name: 'Banned people' }).tap();
    const banned = ada.page.getByRole('dialog', { name: 'Banned people' });
    await banned.getByRole('button', { name: 'Unban jun' }).waitFor();
    await expectAccessible(ada.page);
    await banned.getByRole('button', { name: 'Unban jun' }).tap();
    await expect(banned.getByText('Nobody is banned from main.')).toBeVisible();
    await ada.page.keyboard.press('Escape');
    await expect(members(ada.page), 'the pane behind the dialog stays').toBeVisible();
    const answer = await jun.call('PUT', '/subscriptions/1');
    expect(answer.status).toBe(201);
    await expect(actions(ada.page, 'jun')).toBeVisible();
  });
});
