// Takes the pictures of the README anew: `npm run screenshots`. A small group chats through the wire, and one of them looks.
import { randomUUID } from 'node:crypto';
import { chromium, type Page } from '@playwright/test';
import { chromiumPath, launchArguments } from './playwright.config.ts';
import { Client } from './support/client.ts';
import { Server } from './support/server.ts';

const images = new URL('../../docs/images/', import.meta.url).pathname;
const server = await Server.start();

const [ada, mona, jun] = await Promise.all(
  ['Ada Varga', 'Mona Okafor', 'Jun Takeda'].map((name) =>
    Client.signUp(server.url, name.replace(' ', '.')),
  ),
);
const rooms: Record<string, number> = { main: 1 };
for (const [name, topic, kind] of [
  ['weekend-trip', 'Saturday, lake, bring food', 'public'],
  ['photography', 'What we have seen', 'public'],
  ['study-group', '', 'public'],
  ['organisers', 'For the three of us', 'private'],
] as const) {
  const made = await ada!.call('POST', '/rooms', { name, topic, kind });
  rooms[name] = made.body.subscription.id;
}
for (const who of [mona!, jun!])
  for (const name of ['weekend-trip', 'photography', 'study-group'])
    await who.call('PUT', `/subscriptions/${rooms[name]}`);
for (const who of [ada!, mona!, jun!]) await who.connect('websocket');

const trip = rooms['weekend-trip']!;
await mona!.write(trip, 'Who has a car on Saturday?');
await mona!.write(trip, 'We are seven, so two would be perfect.');
await ada!.write(trip, 'I can take four 🚗');
await jun!.write(
  trip,
  'And I the other three. The train is at **8:40** for whoever is late: https://example.org/timetable',
);
await ada!.write(trip, 'Perfect. I’ll be there at nine — bringing the grill and **two** blankets.');
await mona!.write(trip, 'Then I bring the salad. And somebody check `the weather`, please');
await ada!.write(trip, 'Sun all day ☀️');
const talk = await mona!.call('PUT', `/conversations/${ada!.ready.user.id}`);
for (const body of ['Can you bring the big pan?', 'And the good knife 🔪'])
  await mona!.write(talk.body.subscription.id, body);
for (const body of ['Look at this light', 'Taken this morning', 'Wow'])
  await jun!.write(rooms['photography']!, body);

const browser = await chromium.launch({ executablePath: chromiumPath(), args: launchArguments });
for (const [name, width, height, colorScheme] of [
  ['home-light', 1440, 900, 'light'],
  ['home-dark', 1440, 900, 'dark'],
  ['home-tablet', 768, 1024, 'light'],
  ['home-phone', 360, 740, 'light'],
  ['home-phone-dark', 360, 740, 'dark'],
] as const) {
  const page = await open(width, height, colorScheme);
  await logIn(page);
  await page.goto(`${server.url}/home/${trip}`);
  await page.getByRole('article', { name: /Sun all day/ }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${images}${name}.png` });
  await page.context().close();
}
const conversation = talk.body.subscription.id;
const place = { latitude: 47.6062, longitude: 17.4601, accuracy: 12 };
await ada!.write(conversation, 'Both are packed. Where do we meet?');
await mona!.command('message:send', {
  room: conversation,
  clientId: randomUUID(),
  kind: 'location',
  body: '',
  location: { ...place, time: new Date().toISOString() },
});
await mona!.write(conversation, 'Here, the small car park behind the mill');
await ada!.write(conversation, '🎉🔥');
const talking = await open(1440, 900, 'light');
await logIn(talking);
await talking.goto(`${server.url}/home/${conversation}`);
await talking.locator('path.land[d^=M]').waitFor();
await mona!.command('typing:start', { room: conversation });
await talking.getByRole('main').getByText('is typing').waitFor();
await talking.screenshot({ path: `${images}conversation.png` });
await talking.context().close();

const invitation = await ada!.call('POST', '/invitations', { room: trip, guests: true });
const joining = await open(1440, 900, 'dark');
await joining.goto(server.url + invitation.body.path);
await joining.getByLabel('Your name').waitFor();
await joining.getByLabel('Your name').fill('Pau.Serra');
await joining.screenshot({ path: `${images}join.png` });
await joining.context().close();

const landing = await open(1200, 760, 'light');
await landing.goto(server.url);
await landing.getByRole('heading').first().waitFor();
await landing.screenshot({ path: `${images}landing.png` });
await landing.context().close();
await browser.close();
for (const who of [ada!, mona!, jun!]) who.socket.close();
await server.stop();

async function open(width: number, height: number, colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: 1,
    locale: 'en-GB',
  });
  return context.newPage();
}

async function logIn(page: Page): Promise<void> {
  await page.goto(`${server.url}/login`);
  await page.getByLabel('Username').fill(ada!.username);
  await page.getByLabel('Password', { exact: true }).fill(`password of ${ada!.username}`);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/home/);
}
