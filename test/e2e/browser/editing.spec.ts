import { cutOff } from '../support/cutoff.ts';
import { expect, expectAccessible, test } from '../support/fixtures.ts';

const main = 1;

/** What everybody may do with a message. */
const common = ['React', 'Reply', 'Reply in a thread', 'Copy link'];
const own = [...common, 'Bookmark', 'Copy text', 'Edit', 'Delete'];
const others = [...common, 'Mark unread from here', 'Bookmark', 'Copy text'];

/** What an admin of the room may do besides. */
function andPin(items: string[]): string[] {
  return items.flatMap((item) => (item === 'Bookmark' ? [item, 'Pin to the room'] : [item]));
}

test('authors edit and delete their messages, and others see it at once', async ({ person }) => {
  const ada = await person('ada');
  const ben = await person('ben');
  await ada.signUp();
  await ben.signUp();
  await ada.write('see you at seven');
  await ada.write('or not');
  await expect(ben.message('or not')).toBeVisible();

  // The button appears with the pointer, the menu with a click.
  await ada.message('see you at seven').hover();
  const row = ada.page.getByRole('article', { name: /see you at seven/ });
  await row.getByRole('button', { name: 'Message actions' }).click();
  const menu = ada.page.getByRole('menu');
  await expect(menu.getByRole('menuitem')).toHaveText(andPin(own));
  await expectAccessible(ada.page);
  await menu.getByRole('menuitem', { name: 'Edit' }).click();
  const form = ada.page.getByRole('form', { name: 'Edit your message' });
  await expect(form.getByRole('textbox')).toBeFocused();
  await expectAccessible(ada.page);
  await form.getByRole('textbox').fill('see you at eight');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  const changed = ben.page.getByRole('article', { name: /see you at eight edited/ });
  await expect(changed).toBeVisible();
  await expect(ben.message('see you at seven')).toHaveCount(0);

  await ada.message('or not').hover();
  await ada.page
    .getByRole('article', { name: /or not/ })
    .getByRole('button', { name: 'Message actions' })
    .click();
  await menu.getByRole('menuitem', { name: 'Delete' }).click();
  const question = ada.page.getByRole('dialog', { name: 'Delete this message?' });
  await expect(question).toBeVisible();
  await expectAccessible(ada.page);
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(ben.message('This message was deleted.')).toBeVisible();
  await expect(ben.message('or not')).toHaveCount(0);
  await expectAccessible(ben.page);
  await ben.page.reload();
  await expect(ben.message('This message was deleted.')).toBeVisible();
  await expect(changed).toBeVisible();
});

test('all of it works by keyboard', async ({ person }) => {
  const ada = await person('ada');
  await ada.signUp();
  await ada.write('frist');
  const menu = ada.page.getByRole('menu');

  const box = await ada.editLast();
  await expect(box).toHaveValue('frist');
  await box.press('Escape');
  await expect(ada.composer).toBeFocused();
  await ada.composer.press('ArrowUp');
  await box.fill('first');
  await box.press('Enter');
  await expect(ada.message('first')).toBeVisible();
  await expect(ada.composer).toBeFocused();

  await ada.page.getByRole('article', { name: /first edited/ }).focus();
  await ada.page.keyboard.press('Tab');
  await ada.page.keyboard.press('Enter');
  await expect(menu.getByRole('menuitem', { name: 'React' })).toBeFocused();
  await ada.page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem', { name: 'Reply', exact: true })).toBeFocused();
  await ada.page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(ada.page.getByRole('button', { name: 'Message actions' })).toBeFocused();
  await ada.page.keyboard.press('Enter');
  await ada.page.keyboard.press('ArrowUp');
  await expect(menu.getByRole('menuitem', { name: 'Delete' })).toBeFocused();
  await ada.page.keyboard.press('Enter');
  const question = ada.page.getByRole('dialog', { name: 'Delete this message?' });
  await question.getByRole('button', { name: 'Delete' }).press('Enter');
  await expect(ada.message('This message was deleted.')).toBeVisible();
});

test('it works by touch too, and the draft is kept', async ({ person }) => {
  const ada = await person('ada', {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  await ada.signUp();
  await ada.write('tpyo');
  await ada.composer.fill('half a thought');
  await ada.message('tpyo').tap();
  const row = ada.page.getByRole('article', { name: /tpyo/ });
  await row.getByRole('button', { name: 'Message actions' }).tap();
  await ada.page.getByRole('menuitem', { name: 'Edit' }).tap();
  const form = ada.page.getByRole('form', { name: 'Edit your message' });
  await expect(form).toBeVisible();
  await expectAccessible(ada.page);
  await form.getByRole('textbox').fill('typo');
  await form.getByRole('button', { name: 'Save' }).tap();
  await expect(ada.message('typo')).toBeVisible();
  await expect(ada.composer).toHaveValue('half a thought');
});

test('nobody can edit others’ messages, and an admin can delete them', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const ada = await person('ada');
  await ada.signUp();
  await ada.createRoom('of Ada');
  const room = Number(new URL(ada.page.url()).pathname.split('/').at(-1));
  await ben.call('PUT', `/subscriptions/${room}`);
  await ben.write(room, 'by Ben');
  await ada.message('by Ben').hover();
  const row = ada.page.getByRole('article', { name: /by Ben/ });
  await row.getByRole('button', { name: 'Message actions' }).click();
  await expect(ada.page.getByRole('menuitem')).toHaveText([...andPin(others), 'Delete']);
  await ada.page.keyboard.press('Escape');

  // In the main room neither of the two is an admin.
  await ben.write(main, 'Ben in main');
  await ada.rooms.getByRole('link', { name: /^main/ }).click();
  await ada.write('Ada in main');
  for (const [name, items] of [
    ['Ada in main', own],
    ['Ben in main', others],
  ] as const) {
    await ada.message(name).hover();
    const message = ada.page.getByRole('article', { name: new RegExp(name) });
    await message.getByRole('button', { name: 'Message actions' }).click();
    await expect(ada.page.getByRole('menuitem')).toHaveText([...items]);
    await ada.page.keyboard.press('Escape');
  }
});

test('a change made while offline arrives with the next connection', async ({
  server,
  person,
  program,
}) => {
  const ben = await program('ben');
  const kept = await ben.write(main, 'before the tunnel');
  const dropped = await ben.write(main, 'a secret');
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.message('a secret')).toBeVisible();
  const letIn = await cutOff(ada.page.context());
  await server.restart('SIGTERM');
  await ben.call('PATCH', `/rooms/${main}/messages/${kept.seq}`, { body: 'after the tunnel' });
  await ben.call('DELETE', `/rooms/${main}/messages/${dropped.seq}`);
  await expect(ada.message('a secret')).toBeVisible();
  await letIn();
  await expect(ada.message('after the tunnel')).toBeVisible();
  await expect(ada.message('a secret')).toHaveCount(0);
  await expect(ada.message('This message was deleted.')).toBeVisible();
});
