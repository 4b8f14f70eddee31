import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';
import type { Client } from '../support/client.ts';

const main = 1;

/** Has a program write to `main` and a person read it. */
async function reading(
  {
    person,
    program,
  }: { person: (name: string) => Promise<Person>; program: (name: string) => Promise<Client> },
  texts: readonly string[],
): Promise<Person> {
  const ben = await program('ben');
  for (const text of texts) await ben.write(main, text);
  const ada = await person('ada');
  await ada.arrive();
  await expect(ada.feed.locator('.text')).toHaveCount(texts.length);
  return ada;
}

test('H9 a message has lists, quotes, emphasis and links', async ({ person, program }) => {
  const ada = await reading({ person, program }, [
    'For Saturday:\n- **two** blankets\n- the _big_ pan\n  - and its lid\n- ~~salad~~',
    '3) first\n4) second',
    '> Who has a car?\nI have, see [the timetable](https://example.org/t), and write to ada@example.org.',
    '```\nmake run\n```',
  ]);
  const feed = ada.feed;
  await expect(feed.getByRole('listitem')).toHaveText([
    /^two blankets$/,
    /^the big pan/,
    /^and its lid$/,
    /^salad$/,
    'first',
    'second',
  ]);
  await expect(feed.locator('blockquote')).toHaveText('Who has a car?');
  const link = feed.getByRole('link', { name: 'the timetable' });
  await expect(link).toHaveAttribute('href', 'https://example.org/t');
  await expect(link).toHaveAttribute('title', 'https://example.org/t');
  await expect(feed.getByRole('link', { name: 'ada@example.org' })).toHaveAttribute(
    'href',
    'mailto:ada@example.org',
  );
  await expect(feed.locator('ol.bracketed')).toHaveCSS('list-style-type', 'bracketed');
  await expectAccessible(ada.page);
});

/** On which side of its box each line of an element's text stands. */
const sides = (element: Element) => {
  const box = element.getBoundingClientRect();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let at = 0;
    for (const line of (node as Text).data.split('\n')) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + line.length);
      at += line.length + 1;
      const { left, right } = range.getBoundingClientRect();
      const [before, after] = [left - box.left, box.right - right];
      if (line)
        found.push(Math.abs(before - after) < 2 ? 'whole' : before < after ? 'left' : 'right');
    }
  }
  return found;
};

test('D6 each line of a message has its own direction', async ({ person, program }) => {
  const ada = await reading({ person, program }, [
    'שלום!\nThis line is much longer than the one above and below it.\nمرحبا!',
    'This line is a good deal longer than what is quoted:\n> שלום!\n> and this is quoted, too',
  ]);
  const texts = ada.feed.locator('.text');
  expect(await texts.nth(0).evaluate(sides)).toEqual(['right', 'whole', 'right']);
  expect(await texts.nth(1).evaluate(sides)).toEqual(['whole', 'right', 'left']);
});

test('D1 each line of a draft takes the direction of its first letter', async ({ person }) => {
  const ada = await person('ada');
  await ada.arrive();
  await ada.composer.fill('שלום!\nand more');
  await expect(ada.composer).toHaveCSS('unicode-bidi', 'plaintext');
  await ada.composer.press('Enter');
  const edit = await ada.editLast();
  await expect(edit).toHaveCSS('unicode-bidi', 'plaintext');
  await edit.press('Escape');
  await ada.begin('Create room');
  for (const label of ['Name', 'Topic'])
    await expect(ada.page.getByRole('dialog').getByLabel(label)).toHaveCSS(
      'unicode-bidi',
      'plaintext',
    );
});

test('D6 stacked combining marks stay within their message', async ({ person, program }) => {
  const pile = 'a' + '\u0301\u0300\u0302\u030c\u0304'.repeat(12);
  const ada = await reading({ person, program }, ['a line to read', pile]);
  const bubble = ada.feed.locator('.bubble').nth(1);
  await expect(bubble).toHaveCSS('overflow-y', 'clip');
  const above = ada.feed.locator('.bubble').nth(0);
  const before = await above.screenshot({ animations: 'disabled' });
  await bubble.evaluate((element) => (element.style.visibility = 'hidden'));
  expect(await above.screenshot({ animations: 'disabled' })).toEqual(before);
});
