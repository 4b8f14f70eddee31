import { Client } from '../support/client.ts';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';
import { Server } from '../support/server.ts';

const typing = (who: Person) => who.page.getByRole('main').getByText(/typing…/);

test('C1 C2 C4 E1 everybody is listed with who is there, and a conversation reaches both', async ({
  person,
  program,
}) => {
  const [ada, mona] = [await person('ada'), await person('mona')];
  await program('jun');
  await ada.signUp();
  await mona.signUp();
  await ada.page.getByRole('button', { name: 'Find people' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'People' });
  await expect(dialog.getByRole('option')).toHaveText([/jun.*online/s, /mona.*online/s]);
  await expectAccessible(ada.page);
  await dialog.getByRole('combobox').fill('mo');
  await expect(dialog.getByRole('option')).toHaveCount(1);
  await ada.page.keyboard.press('Enter');
  await expect(ada.heading('mona')).toBeVisible();
  await ada.write('Hello, Mona');

  const conversations = (who: Person) => who.page.getByRole('navigation', { name: 'One-to-one' });
  await conversations(mona)
    .getByRole('link', { name: /^ada.*1 unread/ })
    .click();
  await expect(mona.message('Hello, Mona')).toBeVisible();
  await mona.write('Hello, Ada');
  await expect(ada.message('Hello, Ada')).toBeVisible();
  await expectAccessible(mona.page);

  await mona.page.context().close();
  await expect(conversations(ada).getByRole('link', { name: /^mona offline/ })).toBeVisible({
    timeout: 20_000,
  });
});

test('E2 who is typing is told to the others, and never stays', async ({ person }) => {
  const people = [await person('ada'), await person('mona'), await person('jun')] as const;
  const [ada, mona, jun] = people;
  for (const each of people) await each.signUp();
  await mona.composer.pressSequentially('Hm');
  await expect(typing(ada)).toHaveText('mona is typing…');
  await jun.composer.pressSequentially('Oh');
  await expect(typing(ada)).toHaveText(/and .* are typing…/);
  await expect(typing(mona)).toHaveText('jun is typing…');
  await mona.composer.press('Enter');
  await expect(ada.message('Hm')).toBeVisible();
  await expect(typing(ada)).toBeHidden();
});

test('D10 who comes is welcomed, and the others are told in one quiet line', async ({
  person,
  program,
}) => {
  const ada = await person('ada');
  await ada.signUp();
  await ada.createRoom('lake');
  const room = Number(new URL(ada.page.url()).pathname.split('/').at(-1));
  const mona = await program('mona');
  await mona.call('PUT', `/subscriptions/${room}`);
  await expect(ada.feed.getByText('mona joined', { exact: true })).toBeVisible();
  for (const name of ['jun', 'lena']) {
    const each = await program(name);
    await each.call('PUT', `/subscriptions/${room}`);
  }
  await expect(ada.feed.getByText('mona and 2 others joined', { exact: true })).toBeVisible();
  await expect(
    ada.feed.getByText(/^Welcome/),
    'nobody is welcomed to a room of their own',
  ).toBeHidden();
  await expectAccessible(ada.page);

  const pau = await person('pau');
  await pau.signUp();
  await pau.findRoom('lake', 'lake');
  await pau.page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await expect(pau.feed.getByText(/^Welcome, pau!/)).toHaveCount(1);

  // There are no notices in the main room: the client welcomes by itself, and others hear nothing.
  await pau.rooms.getByRole('link', { name: /^main/ }).click();
  await pau.write('Hello');
  await expect(pau.feed.getByText(/^Welcome, pau!/)).toBeVisible();
  await ada.rooms.getByRole('link', { name: /^main/ }).click();
  await expect(ada.message('Hello')).toBeVisible();
  await expect(ada.feed.getByText(/^Welcome, pau!/)).toBeHidden();
});

test('A8 B7 a link lets a guest in by a name alone, who sees that room only', async ({
  person,
}) => {
  const ada = await person('ada');
  await ada.signUp();
  await ada.createRoom('weekend-trip', 'Saturday, lake');
  await ada.page.getByRole('button', { name: 'Invite' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Invite to weekend-trip' });
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  const link = await dialog.getByLabel('Link', { exact: true }).inputValue();
  await expectAccessible(ada.page);

  const pau = await person('pau');
  await pau.page.goto(link);
  await expect(pau.heading('Join weekend-trip')).toBeVisible();
  await expect(pau.page.getByText('Inside: ada', { exact: true })).toBeVisible();
  await expectAccessible(pau.page);
  await pau.page.getByLabel('Your name').fill('ADA');
  await pau.page.keyboard.press('Enter');
  await expect(pau.page.getByLabel('Your name')).toHaveAccessibleDescription(/taken/i);
  await pau.page.getByLabel('Your name').fill('pau');
  await pau.page.keyboard.press('Enter');
  await expect(pau.heading('weekend-trip')).toBeVisible();
  await pau.write('Here I am');
  await expect(pau.rooms.getByRole('link')).toHaveCount(1);

  const mona = await person('mona');
  await mona.signUp();
  await mona.page.goto(link);
  await expect(mona.message('Here I am')).toBeVisible();

  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await expect(dialog.getByRole('button', { name: 'Revoke' })).toHaveCount(0);
  const late = await person('late');
  await late.page.goto(link);
  await expect(late.heading('This link does not work')).toBeVisible();

  await pau.page.getByRole('button', { name: 'Settings' }).click();
  await pau.page.getByLabel('Password', { exact: true }).fill(pau.password);
  await pau.page.getByRole('button', { name: 'Set the password' }).click();
  await expect(pau.page.getByRole('dialog')).toBeHidden();
  await expect(pau.message('Here I am')).toBeVisible();
});

test('A8 the join page lists the public rooms by the page, and finds one by its name', async ({
  page,
}) => {
  const server = await Server.start(['--join-page', 'true']);
  try {
    for (const name of ['jun', 'mona']) {
      const maker = await Client.signUp(server.url, name);
      for (let n = 10; n < 36; n += 1)
        await maker.call('POST', '/rooms', { name: `${name}-${n}`, topic: '' });
    }
    await page.goto(`${server.url}/join`);
    const rooms = page.getByRole('combobox', { name: 'Room' }).getByRole('option');
    await expect(rooms).toHaveCount(50);
    await page.getByRole('button', { name: 'More rooms' }).click();
    await expect(rooms).toHaveCount(53);
    await expect(page.getByRole('button', { name: 'More rooms' })).toBeHidden();
    await expectAccessible(page);
    await page.getByLabel('Find a room').fill('mona-35');
    await expect(rooms).toHaveText(['mona-35']);
    await page.getByLabel('Your name').fill('pau');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'mona-35' })).toBeVisible();
  } finally {
    await server.stop();
  }
});

test('B7 somebody invited by name sees it at once and joins with one click', async ({ person }) => {
  const [ada, ben] = [await person('ada'), await person('ben')];
  await ben.signUp();
  await ada.signUp();
  await ada.createRoom('weekend-trip', 'Saturday, lake');
  await ada.page.getByRole('button', { name: 'Invite' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Invite to weekend-trip' });
  await dialog.getByRole('combobox', { name: 'Invite by name' }).pressSequentially('be');
  const found = dialog.getByRole('listbox', { name: 'People found' });
  await expect(found.getByRole('option')).toHaveText([/ben.*online/s]);
  await expectAccessible(ada.page);
  await ada.page.keyboard.press('Enter');
  await expect(dialog.getByText('ben is invited, and has been told.')).toBeVisible();

  await expect(ben.page.getByText('ada invites you to weekend-trip.')).toBeVisible();
  await expectAccessible(ben.page);
  await ben.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(ben.heading('weekend-trip')).toBeVisible();
  await expect(ben.composer).toBeVisible();
});

test('B7 a link leads into a conversation with whoever made it', async ({ person }) => {
  const [ada, ben] = [await person('ada'), await person('ben')];
  await ada.signUp();
  await ben.signUp();
  await ada.page.getByRole('button', { name: 'Find people' }).click();
  await ada.page.getByRole('button', { name: 'Invite to a conversation by a link' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Invite to a conversation with you' });
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  await ben.page.goto(await dialog.getByLabel('Link', { exact: true }).inputValue());
  await expect(ben.heading('ada')).toBeVisible();
  await ben.write('Here I am');
});

test('D7 a location is shown on a map of our own, without asking anybody else', async ({
  person,
  program,
  server,
}) => {
  const mona = await program('mona');
  const ada = await person('ada', {
    geolocation: { latitude: 47.6062, longitude: 17.4601, accuracy: 12 },
    permissions: ['geolocation'],
  });
  const foreign: string[] = [];
  ada.page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) foreign.push(request.url());
  });
  await ada.signUp();
  await ada.page.getByRole('button', { name: 'Share my location' }).click();
  await expect(ada.feed.getByText('47.6062° N, 17.4601° E')).toBeVisible();
  await expect(ada.feed.locator('path.land')).toHaveAttribute('d', /^M/);
  await expect(ada.feed.getByRole('link', { name: /OpenStreetMap/ })).toBeVisible();
  await expectAccessible(ada.page);
  expect(foreign.filter((url) => !url.startsWith('blob:'))).toEqual([]);
  await mona.hears('geo:47.6062,17.4601;u=12').catch(() => undefined);

  const jun = await person('jun', { permissions: [] });
  await jun.signUp();
  await jun.page.getByRole('button', { name: 'Share my location' }).click();
  await expect(jun.page.getByText(/does not share your location/)).toBeVisible();
});

test('D8 emoji are picked, completed by name, and large when they stand alone', async ({
  person,
}) => {
  const ada = await person('ada');
  const errors: string[] = [];
  ada.page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security/.test(message.text()))
      errors.push(message.text());
  });
  await ada.signUp();
  await ada.composer.pressSequentially(':tad');
  await expect(ada.page.getByRole('option', { name: /:tada:/ })).toBeVisible();
  await expectAccessible(ada.page);
  await ada.composer.press('Enter');
  await expect(ada.composer).toHaveValue('🎉 ');
  await ada.composer.pressSequentially(':fire:');
  await expect(ada.composer).toHaveValue('🎉 🔥');
  await ada.composer.press('Enter');
  await expect(ada.feed.locator('.large')).toHaveText('🎉 🔥');

  await ada.page.getByRole('button', { name: 'Emoji', exact: true }).click();
  const picker = ada.page.getByRole('dialog', { name: 'Emoji' });
  await picker.getByRole('combobox').fill('grinning cat');
  await expect(picker.getByRole('option').first()).toBeVisible();
  await expectAccessible(ada.page);
  await picker.getByRole('option').first().click();
  await expect(ada.composer).toHaveValue('😺');
  expect(errors).toEqual([]);
});

test('D2 my own messages stand where I want them', async ({ person }) => {
  const ada = await person('ada');
  await ada.signUp();
  await ada.write('Mine');
  const left = () =>
    ada
      .message('Mine')
      .boundingBox()
      .then((box) => box?.x ?? 0);
  const before = await left();
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  const unchecked = ada.page.getByRole('radio', { name: 'On the left' });
  await expect(unchecked).toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
  await expect(unchecked, 'none of the browser’s own grey').toHaveCSS('appearance', 'none');
  await unchecked.check();
  await expectAccessible(ada.page);
  await ada.page.keyboard.press('Escape');
  expect(await left()).toBeLessThan(before - 100);
  await ada.page.reload();
  await expect(ada.message('Mine')).toBeVisible();
  expect(await left()).toBeLessThan(before - 100);
});
