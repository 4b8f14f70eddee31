import type { Page } from '@playwright/test';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

const main = 1;

/** What the page has shown on the desktop, and how many sounds it has played. */
interface Noticed {
  shown: { title: string; body: string; isClosed: boolean }[];
  sounds: number;
}

/**
 * Records notifications and sounds, and lets the test hide the page: a browser without a screen
 * shows no notifications, and its pages are always visible.
 */
async function observe(page: Page): Promise<void> {
  await page.context().grantPermissions(['notifications']);
  await page.addInitScript(() => {
    const noticed: Noticed = { shown: [], sounds: 0 };
    let isHidden = false;
    Object.assign(window, {
      noticed,
      hide: (hidden: boolean) => {
        isHidden = hidden;
        document.dispatchEvent(new Event('visibilitychange'));
      },
    });
    Object.defineProperty(document, 'visibilityState', {
      get: () => (isHidden ? 'hidden' : 'visible'),
    });
    const RealNotification = window.Notification;
    class Shown extends EventTarget {
      static permission = 'granted';
      static requestPermission = () => RealNotification.requestPermission();
      readonly entry: Noticed['shown'][number];
      constructor(title: string, { body = '' }: NotificationOptions = {}) {
        super();
        this.entry = { title, body, isClosed: false };
        noticed.shown.push(this.entry);
      }
      close() {
        this.entry.isClosed = true;
      }
    }
    Object.assign(window, { Notification: Shown });
    ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
      const shown = new Shown(title, options);
      this.getNotifications = () => Promise.resolve([shown as unknown as Notification]);
      return Promise.resolve();
    };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...args) {
      noticed.sounds += 1;
      start.apply(this, args);
    };
  });
}

const noticed = (page: Page) =>
  page.evaluate(() => (window as unknown as { noticed: Noticed }).noticed);
const hide = (page: Page, hidden: boolean) =>
  page.evaluate((it) => (window as unknown as { hide: (it: boolean) => void }).hide(it), hidden);

/** Signs ada up on a page that records what it shows. */
async function observed(person: (username: string) => Promise<Person>): Promise<Person> {
  const ada = await person('ada');
  await observe(ada.page);
  await ada.signUp();
  return ada;
}

const news = (who: Person) => who.page.getByRole('status', { name: 'New messages' });
const row = (who: Person, name: string | RegExp) => who.rooms.getByRole('link', { name });

async function setLevel(who: Person, level: string): Promise<void> {
  await who.openDetails();
  await who.details.getByLabel('Notifications').selectOption(level);
}

test('I1 I2 a room’s level decides what notifies: on each device, after a cut and a reload', async ({
  person,
  program,
  server,
}) => {
  test.slow();
  const ada = await observed(person);
  const ben = await program('ben');
  const cleo = await program('cleo');
  await ada.createRoom('quiet corner');
  await ada.page.mouse.click(5, 5);

  await ben.post(main, 'nobody in particular');
  await cleo.post(main, 'hello @ada');
  await news(ada).getByRole('link', { name: 'cleo in main hello @ada' }).hover(); // so that it stays
  await expect(news(ada).getByText('nobody in particular')).toHaveCount(0);
  await expect.poll(async () => (await noticed(ada.page)).sounds).toBeGreaterThan(0);
  await expectAccessible(ada.page);
  await news(ada).getByRole('link').click();
  await expect(ada.message('hello @ada')).toBeVisible();
  await expect(news(ada).getByRole('link')).toHaveCount(0);

  // Another device of hers follows.
  const phone = await ada.page.context().newPage();
  await phone.goto(`${server.url}/home`);
  await setLevel(ada, 'Muted');
  await expect(row(ada, 'main muted')).toBeVisible();
  await expect(phone.getByRole('link', { name: 'main muted' })).toBeVisible();
  await expectAccessible(ada.page);
  await row(ada, /^quiet corner/).click();
  await ada.page.context().setOffline(true);
  await cleo.post(main, 'are you there, @ada?');
  await ada.page.context().setOffline(false);
  await expect(row(ada, 'main muted')).toContainText('are you there, @ada?');
  await expect(ada.page).toHaveTitle('quiet corner · PartyChat');
  await expect(news(ada).getByRole('link')).toHaveCount(0);
  await ada.page.reload();
  await expect(row(ada, 'main muted')).toBeVisible();
  await expect(ada.page).toHaveTitle('quiet corner · PartyChat');

  await row(ada, /^main/).click();
  await setLevel(ada, 'Every message');
  await row(ada, /^quiet corner/).click();
  await ben.post(main, 'anything at all');
  await expect(news(ada).getByRole('link', { name: 'ben in main anything at all' })).toBeVisible();
  await phone.close();
});

test('I2 a hidden tab notifies once on the desktop, and withdraws what is read elsewhere', async ({
  person,
  program,
  server,
}) => {
  test.slow();
  const ada = await observed(person);
  const ben = await program('ben');
  const cleo = await program('cleo');
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  const settings = ada.page.getByRole('dialog', { name: 'Settings' });
  await settings.getByLabel('Show notifications on this device').check();
  await expect(settings.getByLabel('Show notifications on this device')).toBeChecked();
  await expectAccessible(ada.page);
  await ada.page.keyboard.press('Escape');
  const second = await ada.page.context().newPage();
  await observe(second);
  await second.goto(`${server.url}/home`);
  await expect(second.getByRole('link', { name: /^main/ })).toBeVisible();
  for (const page of [ada.page, second]) await hide(page, true);

  await cleo.post(main, 'lunch, @ada?');
  const shown = async () =>
    (await Promise.all([noticed(ada.page), noticed(second)])).flatMap((it) => it.shown);
  await expect
    .poll(shown)
    .toEqual([{ title: 'cleo in main', body: 'lunch, @ada?', isClosed: false }]);
  await ben.post(main, 'not for ada');
  await hide(second, false);
  await second.getByRole('link', { name: /^main/ }).click();
  await expect(second.getByText('not for ada', { exact: true })).toBeVisible();
  await expect
    .poll(shown)
    .toEqual([{ title: 'cleo in main', body: 'lunch, @ada?', isClosed: true }]);

  // One of the two is visible: nothing on the desktop.
  await cleo.post(main, 'now, @ada?');
  await expect(second.getByRole('article', { name: /now, @ada\?/ })).toBeVisible();
  expect(await shown()).toHaveLength(1);
});

test('I1 quiet hours are kept for all devices, and silence even direct messages', async ({
  person,
}) => {
  test.slow();
  const ada = await observed(person);
  const ben = await person('ben');
  await ben.arrive();
  const settings = ada.page.getByRole('dialog', { name: 'Settings' });
  const open = () => ada.page.getByRole('button', { name: 'Settings' }).click();
  await open();
  await settings.getByLabel('Quiet hours').check();
  await expect(settings.getByText('Time zone: Europe/Berlin')).toBeVisible();
  await settings.getByLabel('From', { exact: true }).fill('07:00');
  await expect(settings.getByRole('alert')).toHaveText('Choose two different times.');
  // All day but for one minute, which is hours away.
  const away = new Date(Date.now() + 6 * 3_600_000);
  const time = (minutes: number) =>
    new Date(away.getTime() + minutes * 60_000).toLocaleTimeString('en-GB', {
      timeZone: 'Europe/Berlin',
      hour: '2-digit',
      minute: '2-digit',
    });
  await settings.getByLabel('From', { exact: true }).fill(time(1));
  await settings.getByLabel('To', { exact: true }).fill(time(0));
  await expect(settings.getByRole('alert')).toHaveCount(0);
  await expectAccessible(ada.page);
  await ada.page.keyboard.press('Escape');
  await ben.converse('ada');
  await ben.write('urgent');
  await expect(row(ada, /^ben.* 1 unread/)).toBeVisible();
  await expect(news(ada).getByRole('link')).toHaveCount(0);
  await ada.page.reload();
  await open();
  await expect(settings.getByLabel('From', { exact: true })).toHaveValue(time(1));
  await settings.getByLabel('Quiet hours').uncheck();
  await ada.page.keyboard.press('Escape');
  await ben.write('very urgent');
  await expect(news(ada).getByRole('link', { name: 'ben very urgent' })).toBeVisible();
});
