import type { Locator } from '@playwright/test';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

/** The card of a person, which is open. */
function card({ page }: Person, name: string): Locator {
  return page.getByRole('dialog', { name });
}

test('H10 a display name and a status reach everyone at once, and the status ends', async ({
  three: [ada, mona, jun],
}) => {
  test.slow();
  await ada.write('hello');
  await ada.converse('mona');
  await ada.write('hello, Mona');
  await expect(mona.message('hello')).toBeVisible();

  await test.step('my profile', async () => {
    await ada.page.getByRole('button', { name: /My account/ }).click();
    const form = ada.page.getByRole('form', { name: 'My profile' });
    await form.getByLabel('Display name').fill('mona');
    await form.getByRole('button', { name: 'Save profile' }).click();
    await expect(form.getByText('Another person has this name')).toBeVisible();
    await form.getByLabel('Display name').fill('Ada Løvelace 爱达');
    await form.getByLabel('Status').fill('at lunch');
    await form.getByRole('button', { name: 'Choose an emoji' }).click();
    const picker = card(ada, 'Choose an emoji');
    await picker.getByRole('combobox').fill('party popper');
    await expect(picker.getByRole('option')).toHaveCount(1);
    await picker.getByRole('combobox').press('Enter');
    await expect(picker).toBeHidden();
    await form.getByLabel('Ends').selectOption('In an hour');
    await expectAccessible(ada.page);
    await form.getByRole('button', { name: 'Save profile' }).click();
    await expect(ada.page.getByText('Your profile was saved.')).toBeVisible();
    await ada.page.keyboard.press('Escape');
    await expect(ada.page.getByRole('button', { name: /My account/ })).toContainText(
      'Ada Løvelace 爱达',
    );
  });

  await test.step('others see both without a reload', async () => {
    await expect(mona.feed.getByRole('button', { name: 'Ada Løvelace 爱达' })).toBeVisible();
    await expect(mona.page.getByRole('link', { name: /^Ada Løvelace 爱达/ })).toBeVisible();
    await expect(jun.feed.getByRole('button', { name: 'Ada Løvelace 爱达' })).toBeVisible();
  });

  await test.step('the card shows who somebody is, by keyboard, too', async () => {
    const name = mona.feed.getByRole('button', { name: 'Ada Løvelace 爱达' });
    await name.click();
    const shown = card(mona, 'Ada Løvelace 爱达');
    await expect(shown).toContainText('@ada');
    await expect(shown).toContainText('🎉');
    await expect(shown).toContainText('at lunch');
    await expect(shown).toContainText('Until');
    await expect(shown).toContainText('online');
    await expectAccessible(mona.page);
    await mona.page.keyboard.press('Escape');
    await expect(shown).toBeHidden();
    await expect(name).toBeFocused();
    await mona.page.keyboard.press('Enter');
    await shown.getByRole('button', { name: 'Message' }).click();
    await expect(mona.message('hello, Mona')).toBeVisible();
    await expect(mona.page.getByText('online · 🎉 at lunch')).toBeVisible();
  });

  await test.step('the search for people finds the display name', async () => {
    await jun.begin('Find people');
    const dialog = jun.page.getByRole('dialog', { name: 'People' });
    await dialog.getByRole('combobox').fill('lovela');
    await expect(dialog.getByRole('option')).toHaveText([/Ada Løvelace 爱达.*ada/s]);
    await jun.page.keyboard.press('Escape');
  });

  await test.step('a mention shows the present name', async () => {
    await jun.composer.fill('dear @ada, good morning');
    await jun.composer.press('Escape'); // the suggestions
    await jun.composer.press('Enter');
    await expect(jun.feed.getByText('dear @Ada Løvelace 爱达, good morning')).toBeVisible();
    await jun.feed.getByText('@Ada Løvelace 爱达').click();
    await expect(card(jun, 'Ada Løvelace 爱达')).toBeVisible();
    await jun.page.keyboard.press('Escape');
  });
});

test('H10 the card lies at the lower edge of a phone', async ({ three: [ada, mona] }) => {
  await ada.write('hello');
  await mona.page.setViewportSize({ width: 360, height: 740 });
  await mona.feed.getByRole('button', { name: 'ada' }).click();
  const shown = card(mona, 'ada');
  await expect(shown.getByRole('button', { name: 'Message' })).toBeVisible();
  await expect
    .poll(async () => {
      const box = await shown.boundingBox();
      return box && [box.x, box.width, Math.round(box.y + box.height)];
    })
    .toEqual([0, 360, 740]);
  await mona.page.goBack();
  await expect(shown).toBeHidden();
  await expect(mona.message('hello')).toBeVisible();
});
