import { expect, expectAccessible, test } from '../support/fixtures.ts';

test('B3 search completes while typing, by keyboard alone, and says when nothing matches', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  for (const name of ['Photography', 'phone repairs', 'Old photos', 'Gardening'])
    await ben.call('POST', '/rooms', { name, topic: '' });
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.search).toBeVisible();

  await ada.page.keyboard.press('ControlOrMeta+k');
  await expect(ada.search).toBeFocused();
  await ada.page.keyboard.type('pho');
  const options = ada.page.getByRole('option');
  await expect(options.filter({ hasText: /pho/i })).toContainText([
    'phone repairs',
    'Photography',
    'Old photos',
  ]);
  await expect(options.filter({ hasText: 'Gardening' })).toHaveCount(0);
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await ada.page.keyboard.press('ArrowDown');
  await ada.page.keyboard.press('Enter');
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText('Photography');

  await ada.search.fill('nothing of the kind');
  await expect(ada.page.getByText('Nothing matches “nothing of the kind”.')).toBeVisible();
});

test('B3 search finds any part of a name, ignoring accents, and highlights it', async ({
  person,
  program,
}) => {
  const ben = await program('Bénoît');
  for (const name of ['Photography', 'Café d’accord', '日本語チャンネル'])
    await ben.call('POST', '/rooms', { name, topic: '' });
  const ada = await person('ada');
  await ada.signUp();
  const marks = () =>
    ada.page.evaluate(() => [...(CSS.highlights.get('found') ?? [])].map((range) => `${range}`));
  for (const [typed, name, marked] of [
    ['graph', 'Photography', 'graph'],
    ["cafe d'a", 'Café d’accord', 'Café d’a'],
    ['チャン', '日本語チャンネル', 'チャン'],
    ['benoit', 'Bénoît', 'Bénoît'],
  ] as const) {
    await ada.search.fill(typed);
    await expect(ada.page.getByRole('option', { name })).toBeVisible();
    await expect.poll(marks).toEqual([marked]);
    await expectAccessible(ada.page);
  }
});

test('B8 only its members find a private room', async ({ person, program }) => {
  const ben = await program('ben');
  await ben.call('POST', '/rooms', { name: 'secret plans', topic: '', kind: 'private' });
  await ben.call('POST', '/rooms', { name: 'secretaries', topic: '' });
  const found = await ben.call('GET', '/rooms?text=secret');
  expect(found.body.rooms.map((room: any) => room.name)).toEqual(['secret plans', 'secretaries']);

  const ada = await person('ada');
  await ada.signUp();
  await ada.search.fill('secret');
  await expect(ada.page.getByRole('option', { name: 'secretaries' })).toBeVisible();
  await expect(ada.page.getByRole('option', { name: 'secret plans' })).toHaveCount(0);
});

test('B2 a room name that is taken, empty or too long is refused at the field, and the input is kept', async ({
  person,
}) => {
  const ada = await person('ada');
  await ada.signUp();
  await ada.begin('Create room');
  const dialog = ada.page.getByRole('dialog');
  const name = dialog.getByLabel('Name');
  for (const [typed, words] of [
    ['', /name/],
    ['MAIN', /already/],
    ['x'.repeat(65), /64/],
  ] as const) {
    await name.fill(typed);
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await expect(name).toHaveAccessibleDescription(words);
    await expect(name).toHaveValue(typed);
  }
  await ada.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(ada.page.getByRole('button', { name: 'New chat' })).toBeFocused();
});

test('B1 B5 unread counts rise while the room is closed, and fall when it is read, in every tab', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const made = await ben.call('POST', '/rooms', { name: 'photography', topic: '' });
  const room: number = made.body.subscription.id;
  const ada = await person('ada');
  await ada.signUp();
  await ada.findRoom('photo', 'photography');
  await ada.page.getByRole('button', { name: 'Join', exact: true }).first().click();
  await ada.rooms.getByRole('link', { name: /^main/ }).click();
  await expect(ada.heading('main')).toBeVisible();
  for (const body of ['one', 'two', 'three']) await ben.write(room, body);

  const second = await ada.page.context().newPage();
  await second.goto(ada.page.url());
  const link = { name: /^photography.*3 unread/ };
  await expect(ada.rooms.getByRole('link', link)).toBeVisible();
  await expect(second.getByRole('link', link)).toBeVisible();

  await ada.page.bringToFront();
  await ada.rooms.getByRole('link', link).click();
  await expect(ada.message('three')).toBeVisible();
  await expect(ada.feed.getByText('New', { exact: true })).toBeVisible();
  await expect(ada.rooms.getByRole('link', { name: 'photography', exact: true })).toBeVisible();
  await expect(second.getByRole('link', { name: 'photography', exact: true })).toBeVisible();
});

test('the address of a missing room says so, with a next step', async ({ person, server }) => {
  const ada = await person('ada');
  await ada.signUp();
  await ada.page.goto(`${server.url}/home/404404`);
  await expect(ada.page.getByRole('heading', { name: 'Room not found' })).toBeVisible();
  await ada.page.goto(`${server.url}/nowhere`);
  await expect(ada.page.getByRole('link').or(ada.page.getByRole('button')).first()).toBeVisible();
});
