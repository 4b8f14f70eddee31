import { expect, test, type Person } from '../support/fixtures.ts';

type Locator = ReturnType<Person['page']['locator']>;

/**
 * Presses a key as an input method leaves it that has used it, with the code 229. Here the composition
 * is over before, as in Safari.
 */
async function pressTaken(field: Locator, key: 'Enter' | 'Escape' | 'ArrowUp'): Promise<void> {
  await field.focus();
  const devtools = await field.page().context().newCDPSession(field.page());
  const event = { key, code: key, windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 229 };
  await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
  await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  await devtools.detach();
}

test('D1 a key used by an input method does nothing else, in any field', async ({
  person,
  program,
}) => {
  await (await program('ben')).write(1, 'hello');
  const ada = await person('ada');
  const { page } = ada;

  await test.step('log-in', async () => {
    await ada.arrive();
    await ada.logOut();
    await page.getByRole('button', { name: 'Log in' }).click();
    const name = page.getByLabel('Username');
    await pressTaken(name, 'Escape');
    await pressTaken(name, 'Enter');
    await expect(name).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await ada.fillIn('Log in');
    await ada.openMain();
    await expect(ada.composer).toBeVisible();
  });

  await test.step('composer and edit form', async () => {
    await ada.composer.fill('nihao');
    await pressTaken(ada.composer, 'Enter');
    await expect(ada.composer).toHaveValue('nihao');
    await ada.composer.press('Enter');
    await expect(ada.message('nihao')).toBeVisible();
    await pressTaken(ada.composer, 'ArrowUp');
    const edit = page.getByRole('textbox', { name: 'Edit your message' });
    await expect(edit).toBeHidden();
    await ada.editLast();
    await edit.fill('ni hao');
    await pressTaken(edit, 'Enter');
    await pressTaken(edit, 'Escape');
    await expect(edit).toHaveValue('ni hao');
    await edit.press('Escape');
  });

  await test.step('emoji by name, and in the picker', async () => {
    await ada.composer.pressSequentially(':tad');
    const names = page.getByRole('listbox', { name: 'Emoji by name' });
    await expect(names).toBeVisible();
    await pressTaken(ada.composer, 'Enter');
    await expect(ada.composer).toHaveValue(':tad');
    await pressTaken(ada.composer, 'Escape');
    await expect(names).toBeVisible();
    await ada.composer.fill('');
    await page.getByRole('button', { name: 'Emoji', exact: true }).click();
    const picker = page.getByRole('dialog', { name: 'Emoji' });
    const search = picker.getByRole('combobox');
    await search.fill('tada');
    await expect(picker.getByRole('option')).toHaveCount(1);
    await pressTaken(search, 'Enter');
    await pressTaken(search, 'Escape');
    await expect(picker).toBeVisible();
    await expect(ada.composer).toHaveValue('');
    await search.press('Escape');
    await expect(picker).toBeHidden();
  });

  await test.step('people, in a dialog', async () => {
    await page.getByRole('button', { name: 'New chat' }).press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Find people' })).toBeFocused();
    await page.keyboard.press('Enter');
    const people = page.getByRole('dialog', { name: 'People' });
    const name = people.getByRole('combobox');
    await name.fill('ben');
    await expect(people.getByRole('option', { name: 'ben' })).toBeVisible();
    await pressTaken(name, 'Enter');
    await pressTaken(name, 'Escape');
    await expect(people).toBeVisible();
    await name.press('Escape');
    await expect(people).toBeHidden();
  });

  await test.step('search', async () => {
    await ada.createRoom('other');
    const place = page.url();
    await ada.search.fill('main');
    await expect(page.getByRole('option', { name: /^main/ })).toBeVisible();
    await pressTaken(ada.search, 'Enter');
    await pressTaken(ada.search, 'Escape');
    await expect(page.getByRole('option', { name: /^main/ })).toBeVisible();
    expect(page.url()).toBe(place);
    await ada.search.press('Enter');
    await expect(ada.heading('main')).toBeVisible();
  });
});

test('B3 the search shortcut works by key position on layouts without Latin letters', async ({
  person,
}) => {
  const ada = await person('ada');
  await ada.arrive();
  const devtools = await ada.page.context().newCDPSession(ada.page);
  for (const key of ['л', 'κ', 'ל', 'ن', 'k']) {
    await ada.composer.focus();
    const event = { key, code: 'KeyK', modifiers: 2, windowsVirtualKeyCode: 75 };
    await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
    await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    await expect(ada.search, key).toBeFocused();
    await ada.search.press('Escape');
  }
});

test('B3 the search shortcut is kept until the search bar is loaded', async ({ person }) => {
  const ada = await person('ada');
  const { page } = ada;
  let load = (): void => {};
  const pressed = new Promise<void>((resolve) => (load = resolve));
  await page.route('**/assets/later-*.js', async (route) => {
    await pressed;
    await route.continue();
  });
  await ada.arrive();
  await ada.composer.press('Control+k');
  await expect(ada.search).toHaveCount(0);
  load();
  await expect(ada.search).toBeFocused();
});

test('B3 “?” lists the keys, and other characters go into the composer', async ({ person }) => {
  const ada = await person('ada');
  await ada.arrive();
  const { page, composer } = ada;
  const map = page.getByRole('dialog', { name: 'Keyboard shortcuts' });

  await composer.press('?');
  await expect(composer).toHaveValue('?');
  await expect(map).toHaveCount(0);
  await composer.fill('');

  await page.getByRole('button', { name: 'New chat' }).focus();
  await page.keyboard.press('?');
  await expect(map).toBeVisible();
  await expect(map.getByText('Search for rooms, people and messages')).toBeVisible();
  await page.keyboard.press('x');
  await expect(composer).toHaveValue('');
  await page.keyboard.press('Escape');
  await expect(map).toHaveCount(0);

  await page.getByRole('button', { name: 'New chat' }).focus();
  await page.keyboard.press('Shift');
  await page.keyboard.type('hello');
  await expect(composer).toBeFocused();
  await expect(composer).toHaveValue('hello');
});

test('D8 an emoji can be undone, and does not reappear', async ({ person }) => {
  const ada = await person('ada');
  await ada.arrive();
  const { composer, page } = ada;
  await composer.pressSequentially('by hand :tada:');
  await expect(composer).toHaveValue('by hand 🎉');
  await composer.press('Control+z');
  await expect(composer).toHaveValue('by hand :tada:');
  await composer.press('Control+Shift+z');
  await expect(composer).toHaveValue('by hand 🎉');

  await page.getByRole('button', { name: 'Emoji', exact: true }).click();
  const picker = page.getByRole('dialog', { name: 'Emoji' });
  await picker.getByRole('combobox').fill('fire engine');
  await picker.getByRole('option').first().click();
  await expect(composer).toHaveValue('by hand 🎉🚒');
  await composer.press('Control+z');
  await expect(composer).toHaveValue('by hand 🎉');

  await composer.fill('');
  await composer.pressSequentially('no :x:');
  await expect(composer).toHaveValue(/^no ❌/);
});
