import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';

const main = 1;

const composer = (page: Page) => page.getByRole('textbox', { name: /^Message/ });

test('a sent text is no longer a draft in any tab, and no tab loses its own text', async ({
  person,
  server,
}) => {
  const mona = await person('mona');
  await mona.arrive();
  const one = mona.page;
  await one.goto(`${server.url}/home/${main}`);
  await composer(one).fill('sent once');
  const two = await one.context().newPage();
  await two.goto(`${server.url}/home/${main}`);
  await expect(composer(two), 'a new tab begins with what was written last').toHaveValue(
    'sent once',
  );

  await composer(one).press('Enter');
  await expect(mona.message('sent once')).toBeVisible();
  await expect(composer(two)).toHaveValue('');

  await composer(one).fill('A long text that took an hour');
  await composer(two).fill('ok');
  await composer(two).press('Enter');
  await expect(mona.message('ok')).toBeVisible();
  await expect(composer(one)).toHaveValue('A long text that took an hour');
  await one.reload();
  await expect(composer(one)).toHaveValue('A long text that took an hour');
  await two.reload();
  await expect(composer(two)).toHaveValue('');
});

test('an unsaved edit reappears after visiting another room, and after a reload', async ({
  person,
}) => {
  const mona = await person('mona');
  await mona.arrive();
  await mona.createRoom('photography');
  await mona.write('a frist try');
  const form = await mona.editLast();
  await form.fill('a first try, and more');
  await mona.room('main').click();
  await expect(mona.heading('main')).toBeVisible();
  await expect(form).toBeHidden();
  await mona.room('photography').click();
  await expect(form).toHaveValue('a first try, and more');
  await mona.page.reload();
  await expect(form).toHaveValue('a first try, and more');
  await form.press('Enter');
  await expect(mona.message('a first try, and more')).toBeVisible();
  await mona.page.reload();
  await expect(mona.message('a first try, and more')).toBeVisible();
  await expect(form).toBeHidden();
});
