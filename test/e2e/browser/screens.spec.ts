import { devices } from '@playwright/test';
import { expect, expectAccessible, test } from '../support/fixtures.ts';

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
  for (const [width, options] of Object.entries(widths))
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
      const check = async () => {
        await expectAccessible(ada.page);
        // innerWidth grows with what overflows on a phone; the width that was set does not.
        const needed = await ada.page.evaluate('document.documentElement.scrollWidth');
        expect(needed, 'nothing is wider than the screen').toBeLessThanOrEqual(
          ada.page.viewportSize()!.width,
        );
      };

      await ada.page.goto(server.url);
      await expect(ada.page.getByRole('button', { name: 'Sign up' })).toBeVisible();
      await check();
      await ada.page.getByRole('button', { name: 'Sign up' }).click();
      await ada.fillIn('Create account', 'a', 'short');
      await expect(ada.page.locator('[aria-invalid=true]').first()).toBeVisible();
      await check();
      await ada.fillIn('Create account');
      await expect(ada.page).toHaveURL(/\/home/);
      await check();
      if (width === 'phone') await ada.rooms.getByRole('link', { name: /^main/ }).click();
      await expect(ada.feed.locator('strong')).toBeVisible();
      await ada.write('I can take four');
      await expect(ada.feed.getByText('sent')).toBeVisible();
      await check();
      if (width === 'phone')
        await ada.page.getByRole('button', { name: 'Back to the list' }).click();
      await ada.search.fill('week');
      await expect(ada.page.getByRole('option', { name: 'weekend-trip' })).toBeVisible();
      await check();
      await ada.page.getByRole('option', { name: 'weekend-trip' }).click();
      await expect(
        ada.page.getByRole('button', { name: 'Subscribe', exact: true }).first(),
      ).toBeVisible();
      await check();
      await ada.page.goto(`${server.url}/home`);
      await ada.page.getByRole('button', { name: 'Create room' }).click();
      await expect(ada.page.getByRole('dialog')).toBeVisible();
      await check();
      await ada.page.goto(`${server.url}/home/404404`);
      await expect(ada.page.getByRole('heading', { name: 'There is no such room' })).toBeVisible();
      await expect(ada.page.getByRole('complementary', { name: 'Members' })).toBeHidden();
      await check();
    });
