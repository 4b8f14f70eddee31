import { expect, test } from '../support/fixtures.ts';

test('D8 Enter in the search of the picker chooses the first result', async ({ person }) => {
  const ada = await person('ada');
  await ada.arrive();
  await ada.page.getByRole('button', { name: 'Emoji' }).click();
  const picker = ada.page.getByRole('dialog', { name: 'Emoji' });
  const search = picker.getByRole('combobox');
  await expect(search).toBeFocused();
  await search.pressSequentially('tada');
  await expect(picker.getByRole('option')).toHaveCount(1);
  await search.press('Enter');
  await expect(picker).toBeHidden();
  await expect(ada.composer).toHaveValue('🎉');
  await expect(ada.composer).toBeFocused();
});

test('D8 short names become emoji when they are closed or sent, but not in code', async ({
  person,
}) => {
  const ada = await person('ada');
  await ada.arrive();
  await ada.composer.pressSequentially('by hand :tada:');
  await expect(ada.composer).toHaveValue('by hand 🎉');
  await ada.composer.fill('');
  await ada.composer.pressSequentially(':tad');
  await expect(ada.page.getByRole('listbox', { name: 'Emoji by name' })).toBeVisible();
  await ada.composer.fill('at once :tada: and `:tada:` and :nothing_known:');
  await ada.composer.press('Enter');
  await expect(ada.feed.getByText('at once 🎉 and :tada: and :nothing_known:')).toBeVisible();
});
