import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumPath, launchArguments } from '../playwright.config.ts';
import { expect, Person, test } from '../support/fixtures.ts';

const main = 1;

test('D6 times follow the time zone of the system, without a reload', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  await ben.write(main, 'before');
  // Without the fixed time zone of the other tests, which cannot be changed.
  const ada = await person('ada', { timezoneId: undefined });
  const devtools = await ada.page.context().newCDPSession(ada.page);
  const moveTo = (timezoneId: string) =>
    devtools.send('Emulation.setTimezoneOverride', { timezoneId });
  await moveTo('Europe/Berlin');
  await ada.arrive();
  const { page } = ada;
  const timeOf = (body: string) =>
    ada.feed.getByRole('article').filter({ hasText: body }).locator('time').first();
  /**
   * The time of day that the page's own browser computes from the element's machine-readable
   * time.
   */
  const right = (body: string) =>
    timeOf(body).evaluate((time: any) =>
      new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(new Date(time.dateTime)),
    );
  const first = await timeOf('before').textContent();
  expect(first).toBe(await right('before'));

  await moveTo('Asia/Tokyo');
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(timeOf('before')).not.toHaveText(first!);
  expect(await timeOf('before').textContent()).toBe(await right('before'));
  await ben.write(main, 'after');
  await expect(ada.message('after')).toBeVisible();
  expect(await timeOf('after').textContent()).toBe(await right('after'));
});

test('D6 on a page that the browser has translated, edits and new names appear', async ({
  person,
  program,
}) => {
  const ben = await program('ben');
  const made = await ben.call('POST', '/rooms', { name: 'Kitchen', topic: 'Who cooks?' });
  const room = made.body.subscription.id;
  const plain = await ben.write(room, 'at nine');
  const bold = await ben.write(room, 'at **nine**');
  const gone = await ben.write(room, 'never mind');
  const ada = await person('ada');
  await ada.arrive();
  await ada.findRoom('Kitchen', 'Kitchen');
  await ada.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(ada.room('Kitchen')).toBeVisible();
  await ada.write('mine');

  // What translating browsers do: each text is moved into another element.
  await ada.page.evaluate(() => {
    const texts: Text[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts.filter(({ data }) => data.trim() !== '')) {
      const font = document.createElement('font');
      font.append(document.createElement('font'));
      font.firstElementChild!.append(`${text.data}`);
      text.replaceWith(font);
    }
  });
  const edit = (seq: number, body: string) =>
    ben.call('PATCH', `/rooms/${room}/messages/${seq}`, { body });
  await edit(plain.seq, 'at ten');
  await edit(bold.seq, 'at *ten* sharp');
  await ben.call('DELETE', `/rooms/${room}/messages/${gone.seq}`);
  await ben.call('PATCH', `/rooms/${room}`, { name: 'Cellar', topic: 'Who drinks?' });
  await ben.write(room, 'and one more');

  await expect(ada.heading('Cellar')).toBeVisible();
  await expect(ada.room('Cellar')).toBeVisible();
  await expect(ada.page.getByRole('main').getByText('Who drinks?')).toBeVisible();
  await expect(ada.message('and one more')).toBeVisible();
  const texts = ada.feed.locator('.bubble');
  await expect(texts).toHaveText([
    /^\s*at ten\s*edited$/,
    /^\s*at ten sharp\s*edited$/,
    'This message was deleted.',
    'mine',
    'and one more',
  ]);
  await expect(ada.page.getByText('Kitchen')).toHaveCount(0);
  await expect(ada.feed.getByText('· sent')).toHaveCount(0);
});

/** Fails if something on the screen cannot be reached or read. */
async function expectAllThere(person: Person, size: number, screen: string): Promise<void> {
  const lost = () =>
    person.page.evaluate((size) => {
      const top = document.querySelector('dialog[open]') ?? document.body;
      const all = top.querySelectorAll('button, a, input, select, textarea, h1, h2, [role=option]');
      const scrolls = (element: Element | null): boolean =>
        element !== null &&
        ((/auto|scroll/.test(getComputedStyle(element).overflowY) &&
          element.scrollHeight > element.clientHeight) ||
          scrolls(element.parentElement));
      const isPageLong = document.documentElement.scrollHeight > innerHeight;
      return [...all]
        .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden'))
        .flatMap((element) => {
          const { left, right, top, bottom, width } = element.getBoundingClientRect();
          const name = element.getAttribute('aria-label') ?? element.textContent?.trim();
          const isWide = /^(H1|TEXTAREA)$/.test(element.tagName);
          const faults = [];
          if (left < -1 || right > innerWidth + 1) faults.push('beside the screen');
          if (width > 0 && isWide && width < 3 * size) faults.push(`${Math.round(width)} px wide`);
          if (!isPageLong && !scrolls(element) && (top < -1 || bottom > innerHeight + 1))
            faults.push('above or below the screen');
          return faults.map((fault) => `${element.tagName} “${name}”: ${fault}`);
        });
    }, size);
  await expect.poll(lost, `${screen} at ${size} px`).toEqual([]);
}

for (const size of [24, 32])
  test(`D2 with text of ${size} px everything is reachable on a phone`, async ({
    server,
    program,
  }) => {
    await (
      await program('ben')
    ).write(main, 'A message of **several** words, to be read on a phone.');
    const profile = await mkdtemp(join(tmpdir(), 'partychat-font-'));
    await mkdir(join(profile, 'Default'));
    const webprefs = { default_font_size: size };
    await writeFile(
      join(profile, 'Default', 'Preferences'),
      JSON.stringify({ webkit: { webprefs } }),
    );
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath(),
      args: launchArguments,
      viewport: { width: 360, height: 740 },
    });
    const page = await context.newPage();
    const ada = new Person(page, 'ada', server);
    for (const path of ['/', '/login', '/register', '/join']) {
      await page.goto(server.url + path);
      await expect(page.getByRole('heading').first()).toBeVisible();
      await expectAllThere(ada, size, path);
    }
    await page.goto(server.url);
    await ada.signUp();
    await page.goto(`${server.url}/home/${main}`);
    await expect(ada.feed.getByText('several')).toBeVisible();
    await expectAllThere(ada, size, 'a room');
    await ada.composer.fill('What is being written, on more than one line.');
    await expect(page.getByRole('button', { name: 'Emoji', exact: true })).toBeVisible();
    await expectAllThere(ada, size, 'the composer');
    await ada.inDetails('Invite people');
    await expect(page.getByRole('button', { name: /link/ })).toBeVisible();
    await expectAllThere(ada, size, 'invitations');
    await page.goto(`${server.url}/home`);
    await expect(ada.room('main')).toBeVisible();
    await expectAllThere(ada, size, 'the list');
    for (const name of ['Create room', 'Find people', 'Settings'] as const) {
      if (name === 'Settings') await page.getByRole('button', { name }).first().click();
      else await ada.begin(name);
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAllThere(ada, size, name);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
    await context.close();
    await rm(profile, { recursive: true });
  });
