import type { Locator } from '@playwright/test';
import { cutOff } from '../support/cutoff.ts';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

/** A message in the feed. */
function row({ feed }: Person, text: string): Locator {
  return feed.getByRole('article').filter({ hasText: text });
}

/** Opens the menu of a message. */
async function openMenu(person: Person, text: string): Promise<void> {
  await row(person, text).hover();
  await row(person, text).getByRole('button', { name: 'Message actions' }).click();
}

/** Chooses an action from the menu of a message. */
async function act(person: Person, text: string, action: string): Promise<void> {
  await openMenu(person, text);
  await person.page.getByRole('menuitem', { name: action, exact: true }).click();
}

test('H8 admins pin messages for everyone, and anybody sets bookmarks', async ({
  person,
  server,
}) => {
  test.slow();
  const [ada, ben, cleo] = [await person('ada'), await person('ben'), await person('cleo')];
  for (const somebody of [ada, ben, cleo]) await somebody.arrive();
  await ben.write('tea at four?');
  await ben.write('bring cake');

  // The others see the pin of the server's admin at once, and find it in the room's details.
  await act(ada, 'tea at four?', 'Pin to the room');
  await expect(row(ben, 'tea at four?')).toContainText('Pinned by ada');
  await expect(row(ada, 'tea at four?')).toContainText('Pinned by you');
  await cleo.inDetails('Pinned');
  const pinned = cleo.details.getByRole('region', { name: 'Pinned' });
  await expect(pinned.getByRole('link')).toHaveCount(1);
  await expect(pinned.getByRole('link')).toContainText('tea at four?');
  await expectAccessible(cleo.page);
  await openMenu(ben, 'tea at four?');
  await expect(ben.page.getByRole('menuitem', { name: 'Bookmark', exact: true })).toBeVisible();
  await expect(ben.page.getByRole('menuitem', { name: 'Pin to the room' })).toHaveCount(0);
  await ben.page.keyboard.press('Escape');

  // A pin and a bookmark that are set without a connection survive a reload, and arrive with it.
  const letIn = await cutOff(ada.page.context());
  await server.restart('SIGKILL');
  await expect(ada.page.getByText(/^Reconnecting/).first()).toBeVisible();
  await act(ada, 'bring cake', 'Pin to the room');
  await act(ada, 'bring cake', 'Bookmark');
  await expect(row(ada, 'bring cake')).toContainText('Pinned by you');
  await ada.page.reload();
  await expect(row(ada, 'bring cake')).toContainText('Pinned by you');
  await expect(row(ben, 'bring cake')).not.toContainText('Pinned');
  await letIn();
  await expect(row(ben, 'bring cake')).toContainText('Pinned by ada');
  await expect(pinned.getByRole('link')).toHaveCount(2);
  await expect(pinned.getByRole('link').first()).toContainText('bring cake');

  await ada.page.getByRole('button', { name: 'Bookmarks' }).click();
  const bookmarks = ada.page.getByRole('region', { name: 'Bookmarks' });
  await expect(bookmarks.getByRole('link')).toHaveCount(1);
  await expectAccessible(ada.page);
  await bookmarks.getByRole('link', { name: /bring cake/ }).click();
  await expect(ada.page).toHaveURL(/\/home\/1\/\d+$/);
  await expect(bookmarks).toHaveCount(0);
  await expect(row(ada, 'bring cake')).toBeInViewport();

  // Ben has no bookmarks; his own go and come on both of his tabs.
  await ben.page.getByRole('button', { name: 'Bookmarks' }).click();
  await expect(ben.page.getByText('No bookmarks yet')).toBeVisible();
  const other = await ben.page.context().newPage();
  await other.goto(ben.page.url());
  const tea = other.getByRole('article', { name: /tea at four/ });
  await tea.hover();
  await tea.getByRole('button', { name: 'Message actions' }).click();
  await other.getByRole('menuitem', { name: 'Bookmark', exact: true }).click();
  const his = ben.page.getByRole('region', { name: 'Bookmarks' });
  await expect(his.getByRole('link', { name: /tea at four/ })).toBeVisible();
  await his.getByRole('button', { name: 'Remove bookmark' }).click();
  await expect(ben.page.getByText('No bookmarks yet')).toBeVisible();
  await ben.page.keyboard.press('Escape');
  await expect(his).toHaveCount(0);

  await act(ada, 'tea at four?', 'Unpin');
  await expect(row(ben, 'tea at four?')).not.toContainText('Pinned');
  await expect(pinned.getByRole('link')).toHaveCount(1);
});
