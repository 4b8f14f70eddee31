import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

const place = { latitude: 47.6062, longitude: 17.4601, accuracy: 12 };

test('D7 locations: shared, refused, and unavailable', async ({ person, server }) => {
  const allowed = { permissions: ['geolocation'] };
  const [ada, mona, jun] = [
    await person('ada', { ...allowed, geolocation: place }),
    await person('mona', { permissions: [] }),
    await person('jun', allowed), // whose device does not know
  ];
  const three = [ada, mona, jun];
  const foreign: string[] = [];
  for (const { page } of three)
    page.on('request', (request) => {
      if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(server.url))
        foreign.push(request.url());
    });
  for (const each of three) await each.arrive();
  const share = async (who: Person) => {
    await who.page.getByRole('button', { name: 'Attach' }).click();
    await who.page.getByRole('menuitem', { name: 'Share my location' }).click();
  };

  await test.step('everybody sees the place on a map of our own', async () => {
    await share(ada);
    // Asked first: nothing is sent until the reader says so.
    const question = ada.page.getByRole('dialog', { name: 'Share your location?' });
    await expect(question.getByText('47.6062° N, 17.4601° E')).toBeVisible();
    await expect(question.locator('path.land')).toHaveAttribute('d', /^M/);
    await expectAccessible(ada.page);
    await question.getByRole('button', { name: 'Cancel' }).click();
    await expect(question).toBeHidden();
    await ada.write('not yet');
    await expect(mona.message('not yet')).toBeVisible();
    await expect(mona.feed.getByRole('link', { name: /OpenStreetMap/ })).toHaveCount(0);
    await share(ada);
    await question.getByRole('button', { name: 'Share' }).click();
    for (const who of three) {
      await expect(who.feed.getByText('47.6062° N, 17.4601° E')).toBeVisible();
      await expect(who.feed.getByText('±12 m')).toBeVisible();
      await expect(who.feed.locator('path.land')).toHaveAttribute('d', /^M/);
      await expect(who.feed.getByRole('link', { name: /OpenStreetMap/ })).toHaveAttribute(
        'href',
        /^https:\/\/www\.openstreetmap\.org\/\?mlat=47\.60620&mlon=17\.46010/,
      );
    }
    await expectAccessible(mona.page);
  });

  await test.step('a refusal is explained, with the next step', async () => {
    await share(mona);
    await expect(mona.page.getByText(/blocks location access.*Allow it/)).toBeVisible();
    await expect(mona.page.getByRole('button', { name: 'Attach' })).toBeEnabled();
    await expectAccessible(mona.page);
  });

  await test.step('and so is a device that does not know', async () => {
    await jun.page.context().setGeolocation(null);
    await share(jun);
    await expect(jun.page.getByText(/Your device can’t find its location/)).toBeVisible();
    await jun.page.context().setGeolocation({ latitude: -33.9, longitude: 18.4, accuracy: 5 });
    await share(jun);
    await jun.page.getByRole('button', { name: 'Share', exact: true }).click();
    for (const who of three)
      await expect(who.feed.getByText('33.9000° S, 18.4000° E')).toBeVisible();
  });

  expect(foreign, 'nobody else is asked').toEqual([]);
});

test('D8 emoji: completed, picked, and large for everyone when alone in a message', async ({
  three: [ada, mona, jun],
}) => {
  const refused: string[] = [];
  for (const { page } of [ada, mona, jun])
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security/.test(message.text()))
        refused.push(message.text());
    });
  const pickerOf = async (who: Person) => {
    await who.page.getByRole('button', { name: 'Emoji', exact: true }).click();
    return who.page.getByRole('dialog', { name: 'Emoji' });
  };

  await test.step('a short name is completed with the keyboard', async () => {
    await ada.composer.pressSequentially(':tad');
    await expect(ada.page.getByRole('option', { name: /:tada:/ })).toBeVisible();
    await expectAccessible(ada.page);
    await ada.composer.press('Enter');
    await expect(ada.composer).toHaveValue('🎉 ');
    await ada.composer.pressSequentially(':fire:');
    await expect(ada.composer).toHaveValue('🎉 🔥');
  });

  await test.step('one to three alone are large for all three, others are not', async () => {
    await ada.composer.press('Enter');
    for (const who of [ada, mona, jun])
      await expect(who.feed.locator('.text.large')).toHaveText('🎉 🔥');
    await mona.write('🎉 indeed');
    await jun.write('🎉🎉🎉🎉');
    for (const who of [ada, mona, jun]) {
      await expect(who.message('🎉🎉🎉🎉')).toBeVisible();
      await expect(who.feed.locator('.text.large')).toHaveCount(1);
    }
  });

  await test.step('the picker searches, and has skin tones', async () => {
    const picker = await pickerOf(mona);
    await picker.getByRole('combobox').fill('grinning cat');
    await expect(picker.getByRole('option').first()).toBeVisible();
    await expectAccessible(mona.page);
    await picker.getByRole('option').first().click();
    await expect(mona.composer).toHaveValue('😺');
    await mona.composer.press('Enter');
    const again = await pickerOf(mona);
    await again.getByRole('button', { name: /skin tone/i }).click();
    await again.getByRole('option', { name: /dark/i }).last().click();
    await again.getByRole('combobox').fill('waving hand');
    await again.getByRole('option').first().click();
    await expect(mona.composer).toHaveValue('👋🏿');
    await mona.composer.press('Enter');
    for (const who of [ada, jun]) await expect(who.feed.locator('.text.large')).toHaveCount(3);
  });

  await test.step('what one has picked comes first for that one only', async () => {
    const recent = (picker: ReturnType<Person['page']['getByRole']>) =>
      picker.getByRole('menu', { name: 'Favorites' }).getByRole('menuitem');
    await expect(recent(await pickerOf(mona)).first()).toHaveAccessibleName(/cat|waving/);
    await mona.page.keyboard.press('Escape');
    await expect(mona.page.getByRole('dialog', { name: 'Emoji' })).toBeHidden();
    await expect(recent(await pickerOf(jun)).first()).not.toHaveAccessibleName(/cat|waving/);
  });

  expect(refused).toEqual([]);
});

test('D2 D6 display: each person’s setting applies only to that person', async ({ person }) => {
  const [ada, mona, jun] = [
    await person('ada', { locale: 'en-US' }),
    await person('mona', { locale: 'de-DE' }),
    await person('jun', { colorScheme: 'dark' }),
  ];
  const three = [ada, mona, jun];
  for (const each of three) await each.arrive();
  for (const each of three) await each.write(`By ${each.username}`);
  for (const who of three)
    for (const by of three) await expect(who.message(`By ${by.username}`)).toBeVisible();
  const middle = async (who: Person, by: Person) => {
    const feed = (await who.feed.boundingBox())!;
    const message = (await who.message(`By ${by.username}`).boundingBox())!;
    return message.x < feed.x + feed.width / 2 ? 'left' : 'right';
  };
  const sides = (who: Person) => Promise.all(three.map((by) => middle(who, by)));
  const background = (who: Person) =>
    who.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

  await test.step('own on the right is the default', async () => {
    expect(await sides(ada)).toEqual(['right', 'left', 'left']);
    expect(await sides(mona)).toEqual(['left', 'right', 'left']);
    expect(await sides(jun)).toEqual(['left', 'left', 'right']);
  });

  await test.step('the form of time follows the browser', async () => {
    await expect(ada.feed.locator('time').last()).toHaveText(/^\d{1,2}:\d\d\s[AP]M$/);
    await expect(mona.feed.locator('time').last()).toHaveText(/^\d\d:\d\d$/);
    await expect(mona.feed.locator('.day')).toHaveText('Heute');
    await expect(ada.feed.locator('.day')).toHaveText('Today');
  });

  await test.step('own on the left, all on one side, and a theme', async () => {
    const [light, , dark] = await Promise.all(three.map(background));
    expect(light).not.toBe(dark);
    const choose = async (who: Person, ...choices: string[]) => {
      await who.page.getByRole('button', { name: 'Settings' }).click();
      for (const choice of choices)
        await who.page.getByRole('radio', { name: choice, exact: true }).check();
      await expectAccessible(who.page);
      await who.page.keyboard.press('Escape');
    };
    await choose(ada, 'On the left');
    await choose(mona, 'All on one side', 'Dark');
    for (const reload of [false, true]) {
      if (reload) for (const who of [ada, mona]) await who.page.reload();
      for (const who of three) await expect(who.message('By jun')).toBeVisible();
      expect(await sides(ada)).toEqual(['left', 'right', 'right']);
      expect(await sides(mona)).toEqual(['left', 'left', 'left']);
      expect(await sides(jun)).toEqual(['left', 'left', 'right']);
      expect(await Promise.all(three.map(background))).toEqual([light, dark, dark]);
    }
  });
});
