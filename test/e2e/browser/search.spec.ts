import { expect, expectAccessible, type Person, test } from '../support/fixtures.ts';

/** The page that searches messages. */
const pageOf = (someone: Person) => someone.page.getByRole('region', { name: 'Search messages' });
const fieldOf = (someone: Person) => pageOf(someone).getByRole('searchbox');
const results = (someone: Person) => pageOf(someone).getByRole('listitem');

/** Opens the page from the search bar. */
async function searchFor(someone: Person, text: string): Promise<void> {
  await someone.page.keyboard.press('ControlOrMeta+k');
  await someone.search.fill(text);
  await someone.page.getByRole('option', { name: `Search messages for “${text}”` }).click();
  await expect(fieldOf(someone)).toHaveValue(text);
}

test('K1 K3 three people find what was said, and get to its place and back', async ({
  three: [ada, mona, jun],
}) => {
  await test.step('a message is found as soon as it is sent, with its words marked', async () => {
    await jun.write('And I the other three. The train is at 8:40 for whoever is late.');
    await mona.write('I take the bike, no trains for me');
    for (let i = 1; i <= 30; i++) await ada.write(`small talk ${i}`);
    await searchFor(ada, 'train');
    await expect(results(ada)).toHaveText([/mona.*in # main.*no trains/s, /jun.*The train is at/s]);
    await expect(pageOf(ada).locator('mark')).toHaveText(['trains', 'train']);
    await expect(pageOf(ada).getByText('2 messages')).toBeVisible();
    await expectAccessible(ada.page);
  });

  await test.step('filters narrow it, and a mistake gives a hint and still a search', async () => {
    await fieldOf(ada).fill('train from:jun ');
    await expect(results(ada)).toHaveText([/jun/]);
    await fieldOf(ada).fill('train from:nobody ');
    await expect(pageOf(ada).getByText('Nobody is called nobody')).toBeVisible();
    await expect(results(ada)).toHaveText([/jun/]);
  });

  await test.step('a result leads to its place in the room, and back', async () => {
    await results(ada).getByRole('button').click();
    await expect(pageOf(ada)).toBeHidden();
    await expect(ada.feed.getByText('The train is at 8:40')).toBeInViewport();
    await ada.page.getByRole('button', { name: 'Back to results' }).click();
    await expect(results(ada)).toHaveText([/jun/]);
    await ada.page.keyboard.press('Escape');
    await expect(pageOf(ada)).toBeHidden();
  });

  await test.step('others do not find what is said in private', async () => {
    await ada.converse('jun');
    await ada.write('The surprise train ride is on Sunday');
    await searchFor(mona, 'surprise');
    await expect(pageOf(mona).getByText('No messages match “surprise”')).toBeVisible();
    await expectAccessible(mona.page);
    await searchFor(jun, 'surprise');
    await expect(results(jun)).toHaveText([/ada.*in ada/s]);
  });

  await test.step('edited and deleted messages are found only by what they are now', async () => {
    await jun.page.keyboard.press('Escape');
    const answer = await jun.page.request.get(
      new URL('/api/v1/search?q=8:40', jun.page.url()).href,
    );
    const [hit] = (await answer.json()).hits;
    await jun.page.request.delete(
      new URL(`/api/v1/rooms/${hit.room}/messages/${hit.seq}`, jun.page.url()).href,
      { headers: { Origin: new URL(jun.page.url()).origin } },
    );
    await fieldOf(mona).fill('train');
    await expect(results(mona)).toHaveText([/no trains/]);
  });
});

test('K1 a search works again after the connection was lost, and remembers after a reload', async ({
  three: [ada, mona],
}) => {
  await mona.write('Minutes of the meeting');
  await searchFor(ada, 'minutes');
  await expect(results(ada)).toHaveCount(1);
  await ada.page.context().setOffline(true);
  await fieldOf(ada).fill('meeting');
  await expect(pageOf(ada).getByText('The search didn’t work')).toBeVisible();
  await expectAccessible(ada.page);
  await ada.page.context().setOffline(false);
  await pageOf(ada).getByRole('button', { name: 'Try again' }).click();
  await expect(results(ada)).toHaveText([/Minutes of the meeting/]);
  await pageOf(ada).getByRole('button', { name: 'Close search' }).click();

  await ada.page.reload();
  await searchFor(ada, 'zebra');
  await fieldOf(ada).fill('');
  await expect(pageOf(ada).getByRole('heading', { name: 'Recent searches' })).toBeVisible();
  await expectAccessible(ada.page);
  await pageOf(ada).getByRole('button', { name: 'meeting', exact: true }).click();
  await expect(results(ada)).toHaveText([/Minutes of the meeting/]);
});

test('K1 one room is searched alone, by keyboard', async ({ three: [ada, mona] }) => {
  await mona.write('tea in main');
  await ada.converse('mona');
  await ada.write('tea for two');
  await ada.page.keyboard.press('ControlOrMeta+k');
  await ada.search.fill('tea');
  await expect(ada.page.getByRole('option', { name: /tea for two/ })).toBeVisible();
  await expect(ada.page.getByRole('option', { name: /tea in main/ })).toBeVisible();
  await expectAccessible(ada.page);
  await ada.page.getByRole('option', { name: 'Search “tea” in mona' }).click();
  await expect(results(ada)).toHaveText([/tea for two/]);
  await ada.page.keyboard.press('ArrowDown');
  await expect(results(ada).getByRole('button')).toBeFocused();
  await ada.page.keyboard.press('ArrowUp');
  await expect(fieldOf(ada)).toBeFocused();
  await pageOf(ada).getByRole('button', { name: 'Search all rooms' }).click();
  await expect(results(ada)).toHaveCount(2);
});
