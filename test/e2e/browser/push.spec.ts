import type { CDPSession, Page } from '@playwright/test';
import { expect, expectAccessible, Person, test } from '../support/fixtures.ts';
import { PushService, type Push } from '../support/pushservice.ts';
import { Server } from '../support/server.ts';

/** Makes the browser subscribe at our push service instead of its maker's, which cannot be reached. */
async function subscribeAt(page: Page, service: PushService): Promise<void> {
  await page.context().addInitScript((subscription) => {
    const own = {
      toJSON: () => subscription,
      unsubscribe: async () => localStorage.removeItem('subscribed') === undefined,
    };
    PushManager.prototype.subscribe = async () => {
      localStorage.setItem('subscribed', 'yes');
      return own as unknown as PushSubscription;
    };
    PushManager.prototype.getSubscription = async () =>
      localStorage.getItem('subscribed') ? (own as unknown as PushSubscription) : null;
  }, service.subscription);
}

/** Hands pushes to the service worker of the page's server. */
async function deliver(devtools: CDPSession, origin: string, data: string): Promise<void> {
  const registrationId = await new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
    void devtools.send('ServiceWorker.disable').then(() => devtools.send('ServiceWorker.enable'));
  });
  await devtools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
}

/** What the desktop would show: title, text and tag of each notification. */
async function shown(page: Page): Promise<string[]> {
  const [worker] = page.context().serviceWorkers();
  if (!worker) return ['there is no worker'];
  return worker.evaluate(async () => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration };
    const all = await scope.registration.getNotifications();
    return all.map(({ title, body, tag }) =>
      `${title} | ${body} | ${tag}`.replace(/[\u2068\u2069]/g, ''),
    );
  });
}

const word = (push: string | undefined) => {
  const { kind, room, seq, text } = JSON.parse(push ?? '{}') as Partial<Push>;
  return [kind, room, seq, text].filter((one) => one !== undefined).join(' ');
};

test('I3 a message reaches a device whose page is closed, and goes when it was read elsewhere', async ({
  browser,
}) => {
  const service = await PushService.start();
  const server = await Server.start(['--push-private'], { SSL_CERT_FILE: service.authority });
  const someone = async (name: string) => {
    const context = await browser.newContext({ permissions: ['notifications'] });
    return new Person(await context.newPage(), name, server);
  };
  const [ada, ben, cem] = [await someone('ada'), await someone('ben'), await someone('cem')];
  await subscribeAt(ben.page, service);
  for (const person of [ada, ben, cem]) await person.arrive();

  await ben.page.getByRole('button', { name: 'Settings' }).first().click();
  const dialog = ben.page.getByRole('dialog', { name: 'Settings' });
  const choice = dialog.getByRole('checkbox', { name: 'Notify me when the chat is closed' });
  await expectAccessible(ben.page);
  await choice.click();
  await expect(dialog.getByRole('checkbox', { name: 'Show the text of messages' })).toBeChecked();
  await expect(choice).toBeChecked();
  await expectAccessible(ben.page);
  await ben.page.reload();
  await expect(ben.composer).toBeVisible();

  // Reading in time prevents the push. Then the page is closed, and the server is killed right
  // after it has stored a message.
  await ada.composer.fill('@ben are you there?');
  await ada.composer.press('Enter');
  await expect(ben.message('@ben are you there?')).toBeVisible();
  await ben.page.goto('about:blank');
  await cem.composer.fill('@ben hello');
  await cem.composer.press('Enter');
  await expect(ada.message('@ben hello')).toBeVisible();
  await server.restart('SIGKILL');
  await expect
    .poll(() => service.pushes.map(word), { timeout: 120_000 })
    .toEqual(['message 1 2 @ben hello']);

  const devtools = await ben.page.context().newCDPSession(ben.page);
  await deliver(devtools, server.url, service.pushes[0] ?? '');
  await expect.poll(() => shown(ben.page)).toEqual(['cem in main | @ben hello | room:1']);
  await deliver(devtools, server.url, service.pushes[0] ?? ''); // pushes may be repeated
  await expect.poll(() => shown(ben.page)).toEqual(['cem in main | @ben hello | room:1']);

  // Ben reads it on another device.
  const desk = await someone('ben');
  await desk.page.goto(server.url);
  await desk.page.request.post(`${server.url}/api/v1/session`, {
    data: { username: 'ben', password: desk.password },
  });
  await desk.page.goto(`${server.url}/home/1`);
  await expect(desk.message('@ben hello')).toBeVisible();
  await expect
    .poll(() => service.pushes.slice(1).map(word), { timeout: 120_000 })
    .toEqual(['read 1 2']);
  await deliver(devtools, server.url, service.pushes[1] ?? '');
  await expect.poll(() => shown(ben.page)).toEqual(['Nothing new |  | nothing-new']);

  // The next one is opened by a click, in the page that is open.
  await deliver(
    devtools,
    server.url,
    JSON.stringify({ kind: 'message', room: 1, seq: 2, author: 'cem', name: 'main' }),
  );
  await expect.poll(() => shown(ben.page)).toEqual(['cem in main | New message | room:1']);
  await ben.page.goto(`${server.url}/home`);
  await expect(ben.heading('main').first()).toBeHidden();
  await ben.page
    .context()
    .serviceWorkers()[0]
    ?.evaluate(async () => {
      const scope = self as unknown as { registration: ServiceWorkerRegistration };
      const title = 'cem in main';
      await scope.registration.showNotification(title, {
        tag: 'room:1',
        data: { room: 1, seq: 2 },
      });
      const [notification] = await scope.registration.getNotifications({ tag: 'room:1' });
      const clicked = Reflect.get(self, 'NotificationEvent') as new (...of: unknown[]) => Event;
      self.dispatchEvent(new clicked('notificationclick', { notification }));
    });
  await expect(ben.page).toHaveURL(/\/home\/1\/2$/);
  await expect.poll(() => shown(ben.page)).toEqual([]);

  // A log-out ends the pushes of the device.
  await ben.logOut();
  const left = await desk.page.request.get(`${server.url}/api/v1/push`);
  expect((await left.json()).devices).toEqual([]);
  for (const { page } of [ada, ben, cem, desk]) await page.context().close();
  await server.stop();
  await service.stop();
});
