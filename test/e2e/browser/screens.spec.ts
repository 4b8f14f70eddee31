import { devices } from '@playwright/test';
import { Server } from '../support/server.ts';
import { expect, expectAccessible, test as base, type Person } from '../support/fixtures.ts';

/** Where to put a picture of each screen, to look at; nowhere without one. */
const pictures = process.env.PICTURES;

const test = base.extend({
  server: async ({}, use) => {
    const server = await Server.start(['--join-page=true']);
    await use(server);
    await server.stop();
  },
});

/** Fails if a screen breaks a rule of axe, or is wider than the window. */
async function check({ page }: Person, name: string): Promise<void> {
  if (pictures) {
    const title = base.info().title.replace(/^.*: /, '').replace(', ', '-');
    await page.screenshot({ path: `${pictures}/${name}-${title}.png`, animations: 'disabled' });
  }
  await expectAccessible(page);
  // innerWidth grows with what overflows on a phone; the width that was set does not.
  const needed = await page.evaluate('document.documentElement.scrollWidth');
  expect(needed, 'nothing is wider than the screen').toBeLessThanOrEqual(
    page.viewportSize()!.width,
  );
}

const widths = {
  phone: {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
    userAgent: devices['Pixel 7'].userAgent,
  },
  tablet: { viewport: { width: 768, height: 1024 } },
  desk: { viewport: { width: 1440, height: 900 } },
};

for (const colorScheme of ['light', 'dark'] as const)
  for (const [width, options] of Object.entries(widths)) {
    test(`no screen breaks a rule of axe or overflows: ${width}, ${colorScheme}`, async ({
      person,
      program,
      server,
    }) => {
      const ben = await program('ben');
      await ben.call('POST', '/rooms', {
        name: 'weekend-trip',
        topic: 'Saturday, lake, bring food',
      });
      await ben.write(1, 'Who has a **car** on Saturday? https://example.org `code`');
      const ada = await person('ada', { ...options, colorScheme });
      await ada.page.goto(server.url);
      await expect(ada.page.getByRole('button', { name: 'Sign up' })).toBeVisible();
      await check(ada, 'landing');
      await ada.page.getByRole('button', { name: 'Sign up' }).click();
      await ada.fillIn('Create account', 'a', 'short');
      await expect(ada.page.locator('[aria-invalid=true]').first()).toBeVisible();
      await check(ada, 'sign-up-wrong');
      await ada.fillIn('Create account');
      await expect(ada.page).toHaveURL(/\/home/);
      await check(ada, 'home');
      for (let i = 1; i <= 40; i += 1) await ben.post(1, `What about the lake? (${i})`);
      await ben.post(1, 'Or a **canoe**?');
      await ada.openMain();
      await expect(ada.page.getByText(/^41 new since/)).toBeVisible();
      await expect(ada.page.getByRole('button', { name: /Jump to newest/ })).toBeVisible();
      await check(ada, 'unread');
      await ada.page.getByRole('button', { name: 'Mark as read' }).click();
      await ada.page.getByRole('button', { name: /Jump to newest/ }).click();
      await expect(ada.feed.locator('strong')).toBeVisible();
      await ada.write('I can take four');
      await expect(ada.feed.getByText('sent')).toBeVisible();
      await check(ada, 'room');
      if (width === 'phone')
        await ada.page.getByRole('button', { name: 'Back to the list' }).click();
      await ada.search.fill('week');
      await expect(ada.page.getByRole('option', { name: /^weekend-trip/ })).toBeVisible();
      await check(ada, 'finder');
      await ada.page.getByRole('option', { name: /^weekend-trip/ }).click();
      await expect(
        ada.page.getByRole('button', { name: 'Join', exact: true }).first(),
      ).toBeVisible();
      await check(ada, 'preview');
      await ada.page.goto(`${server.url}/home`);
      await ada.begin('Create room');
      await expect(ada.page.getByRole('dialog')).toBeVisible();
      await check(ada, 'create-room');
      await ada.page.goto(`${server.url}/home/404404`);
      await expect(ada.page.getByRole('heading', { name: 'Room not found' })).toBeVisible();
      await expect(ada.details).toBeHidden();
      await check(ada, 'no-such-room');
    });

    test(`no screen of people breaks a rule of axe or overflows: ${width}, ${colorScheme}`, async ({
      person,
      program,
      server,
    }) => {
      test.slow(); // two dozen screens
      const look = { ...options, colorScheme };
      const ada = await person('Ada.Varga', {
        ...look,
        geolocation: { latitude: 47.6062, longitude: 17.4601, accuracy: 12 },
        permissions: ['geolocation'],
      });
      const back = async () => {
        if (width === 'phone')
          await ada.page.getByRole('button', { name: 'Back to the list' }).click();
      };
      const close = () => ada.page.keyboard.press('Escape');
      await ada.signUp();
      await back();
      const mona = await program('Mona.Okafor');
      for (const name of ['Jun.Takeda', 'Lena.Berg', 'A-name-of-thirty-two-characters.'])
        await program(name);

      await test.step('people and conversations', async () => {
        await ada.begin('Find people');
        const people = ada.page.getByRole('dialog', { name: 'People' });
        await expect(people.getByRole('option')).toHaveCount(4);
        await check(ada, 'people');
        await people.getByRole('combobox').fill('nobody');
        await expect(people.getByText('Nobody matches')).toBeVisible();
        await check(ada, 'people-none');
        await people.getByRole('button', { name: 'Invite someone by link' }).click();
        await expect(ada.page.getByRole('dialog', { name: /^Invite to/ })).toBeVisible();
        await check(ada, 'invite-to-conversation');
        await close();
        await close();
        await ada.converse('Mona.Okafor');
        await check(ada, 'conversation-empty');
        const { subscription } = (
          await mona.call('PUT', `/conversations/${(await ada.account()).id}`)
        ).body;
        await mona.write(subscription.id, 'Can you bring the big pan?');
        await ada.write('Of course');
        await ada.write('🎉🔥');
        await mona.command('typing:start', { room: subscription.id });
        await expect(ada.typing).toBeVisible();
        await check(ada, 'conversation');
      });

      await test.step('emoji', async () => {
        await ada.composer.pressSequentially(':tad');
        await expect(ada.page.getByRole('option', { name: /:tada:/ })).toBeVisible();
        await check(ada, 'emoji-completion');
        await ada.composer.fill('');
        await ada.page.getByRole('button', { name: 'Emoji', exact: true }).click();
        const picker = ada.page.getByRole('dialog', { name: 'Emoji' });
        await expect(picker.getByRole('menuitem').first()).toBeVisible();
        await check(ada, 'emoji-picker');
        await picker.getByRole('combobox').press('Escape');
      });

      await test.step('location', async () => {
        await ada.page.getByRole('button', { name: 'Attach' }).click();
        await ada.page.getByRole('menuitem', { name: 'Share my location' }).click();
        const question = ada.page.getByRole('dialog', { name: 'Share your location?' });
        await expect(question.locator('path.land')).toHaveAttribute('d', /^M/);
        await check(ada, 'location-question');
        await question.getByRole('button', { name: 'Share' }).click();
        await expect(ada.feed.locator('path.land')).toHaveAttribute('d', /^M/);
        await check(ada, 'location');
        await ada.page.context().clearPermissions();
        await ada.page.getByRole('button', { name: 'Attach' }).click();
        await ada.page.getByRole('menuitem', { name: 'Share my location' }).click();
        await expect(ada.page.getByText(/blocks location access/)).toBeVisible();
        await check(ada, 'location-refused');
        await back();
        await check(ada, 'list');
      });

      let link = '';
      await test.step('members, notices, invitations', async () => {
        await ada.createRoom('weekend-trip', 'Saturday, lake, bring food');
        await mona.call('PUT', `/subscriptions/${ada.place()}`);
        await expect(ada.feed.getByText('Mona.Okafor joined')).toBeVisible();
        await ada.openDetails();
        await expect(ada.details.getByText('Online — 2')).toBeVisible();
        await check(ada, 'details');
        await ada.inDetails('Edit');
        await expect(ada.page.getByRole('dialog', { name: 'Edit weekend-trip' })).toBeVisible();
        await check(ada, 'edit-room');
        await ada.page.keyboard.press('Escape');
        await ada.inDetails('Invite people');
        const dialog = ada.page.getByRole('dialog', { name: 'Invite to weekend-trip' });
        await dialog.getByRole('combobox', { name: 'Invite by name' }).fill('je');
        await expect(dialog.getByText('Nobody matches')).toBeVisible();
        link = await ada.makeLink();
        await dialog.getByRole('combobox', { name: 'Invite by name' }).fill('jun');
        await expect(
          dialog.getByRole('listbox', { name: 'People found' }).getByRole('option'),
        ).toHaveCount(1);
        await check(ada, 'invite');
        await close();
        if (width !== 'desk')
          await ada.details.getByRole('button', { name: 'Close details' }).click();
        const den = await mona.call('POST', '/rooms', { name: 'den', topic: '', kind: 'private' });
        const room = den.body.subscription.id;
        await mona.call('POST', '/invitations', { room, user: (await ada.account()).id });
        await expect(ada.page.getByText('Mona.Okafor invites you to den.')).toBeVisible();
        await check(ada, 'invited');
        await ada.page.getByRole('button', { name: 'No, thanks' }).click();
        await back();
        await ada.page.getByRole('button', { name: 'Settings' }).click();
        await expect(ada.page.getByRole('radio', { name: 'On the left' })).toBeVisible();
        await check(ada, 'settings');
        await close();
        // Closing it goes back in the browser's history, which would end a navigation.
        await expect(ada.page.getByRole('dialog', { name: 'Settings' })).toHaveCount(0);
        await ada.page.goto(`${server.url}/join/none`);
        await expect(ada.heading('This link does not work')).toBeVisible();
        await check(ada, 'link-ended');
      });

      await test.step('a guest', async () => {
        const pau = await person('Pau.Serra', look);
        await pau.page.goto(`${server.url}/join`);
        await expect(pau.page.getByLabel('Your name')).toBeVisible();
        await check(pau, 'join-page');
        await pau.page.goto(link);
        await expect(pau.heading('Join weekend-trip')).toBeVisible();
        await check(pau, 'join-by-link');
        await pau.page.getByLabel('Your name').fill('ada.varga');
        await pau.page.keyboard.press('Enter');
        await expect(pau.page.getByLabel('Your name')).toHaveAccessibleDescription(/taken/i);
        await check(pau, 'join-taken');
        await pau.page.getByLabel('Your name').fill(pau.username);
        await pau.page.keyboard.press('Enter');
        await expect(pau.feed.getByText(/^Welcome, Pau/)).toBeVisible();
        await check(pau, 'guest');
        await pau.page.goto(`${server.url}/home`);
        await pau.page.getByRole('button', { name: 'Settings' }).click();
        await expect(pau.page.getByRole('button', { name: 'Set password' })).toBeVisible();
        await check(pau, 'set-password');
      });
    });
  }
