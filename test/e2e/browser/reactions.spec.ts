import { cutOff } from '../support/cutoff.ts';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

/** The reaction with the emoji under a message. */
function reaction({ page }: Person, message: RegExp, emoji: string) {
  return page
    .getByRole('article', { name: message })
    .getByRole('group', { name: 'Reactions' })
    .getByRole('button', { name: new RegExp(`^${emoji} by`) });
}

test('H1 three people react, one of them without a connection', async ({ person, server }) => {
  test.slow();
  const [ada, ben, cleo] = [await person('ada'), await person('ben'), await person('cleo')];
  for (const somebody of [ada, ben, cleo]) await somebody.arrive();
  const tea = /tea at four/;
  await ada.write('tea at four?');

  await ben.message('tea at four?').hover();
  await ben.page.getByRole('button', { name: 'React with 👍' }).click();
  await expect(reaction(ben, tea, '👍')).toHaveAttribute('aria-pressed', 'true');
  await expect(reaction(ada, tea, '👍')).toHaveAttribute('aria-pressed', 'false');
  await expect(reaction(ada, tea, '👍')).toHaveAccessibleName('👍 by ben');
  await expectAccessible(ada.page);
  await reaction(ada, tea, '👍').click();
  for (const somebody of [ada, ben, cleo])
    await expect(reaction(somebody, tea, '👍')).toContainText('2');
  await expect(reaction(ada, tea, '👍')).toHaveAccessibleName('👍 by you and ben');

  // Her reaction is shown at once, survives a reload, and arrives with the connection.
  const letIn = await cutOff(cleo.page.context());
  await server.restart('SIGKILL');
  await expect(cleo.page.getByText(/^Reconnecting/).first()).toBeVisible();
  await reaction(cleo, tea, '👍').click();
  await expect(reaction(cleo, tea, '👍')).toContainText('3');
  await cleo.page.reload();
  await expect(reaction(cleo, tea, '👍')).toHaveAttribute('aria-pressed', 'true');
  await expect(reaction(cleo, tea, '👍')).toContainText('3');
  await expect(reaction(ada, tea, '👍')).toContainText('2');
  await letIn();
  for (const somebody of [ada, ben, cleo])
    await expect(reaction(somebody, tea, '👍')).toContainText('3');

  await reaction(ben, tea, '👍').click();
  await expect(reaction(ada, tea, '👍')).toHaveAccessibleName('👍 by you and cleo');
  await ben.page.reload();
  await expect(reaction(ben, tea, '👍')).toHaveAttribute('aria-pressed', 'false');
  await expect(reaction(ben, tea, '👍')).toContainText('2');

  await ada.message('tea at four?').hover();
  await ada.page.getByRole('button', { name: 'React', exact: true }).first().click();
  const picker = ada.page.getByRole('dialog', { name: 'Emoji' });
  await expectAccessible(ada.page);
  await picker.getByRole('combobox').fill('party popper');
  await expect(picker.getByRole('option')).toHaveCount(1);
  await picker.getByRole('combobox').press('Enter');
  await expect(reaction(cleo, tea, '🎉')).toHaveAccessibleName('🎉 by ada');
  await reaction(ada, tea, '🎉').click();
  await expect(reaction(cleo, tea, '🎉')).toHaveCount(0);
});

test('H6 a long press shows the actions within reach of a thumb', async ({ person }) => {
  const ada = await person('ada', {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  await ada.arrive();
  await ada.write('tea at four?');
  const finger = { pointerType: 'touch', isPrimary: true, bubbles: true };
  const sheet = ada.page.getByRole('dialog', { name: 'Message actions' });
  // A feed that scrolls meanwhile ends a press, as it should: then the finger presses again.
  const hold = () =>
    expect(async () => {
      await ada.message('tea at four?').dispatchEvent('pointerdown', finger);
      await expect(sheet).toBeVisible({ timeout: 2_000 });
    }).toPass();
  // The code of the actions is loaded after the message is there.
  await expect(ada.feed.getByRole('button', { name: 'Message actions' })).toBeAttached();
  await hold();
  await expectAccessible(ada.page);
  for (const button of await sheet.getByRole('button').all()) {
    const { width, height } = (await button.boundingBox())!;
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
  }
  await sheet.getByRole('button', { name: 'React with ❤️' }).tap();
  await expect(sheet).toBeHidden();
  await expect(reaction(ada, /tea at four/, '❤️')).toHaveAttribute('aria-pressed', 'true');
  await hold();
  await ada.page.goBack();
  await expect(sheet).toBeHidden();
  await hold();
  await sheet.getByRole('button', { name: 'React', exact: true }).tap();
  const picker = ada.page.getByRole('dialog', { name: 'React' });
  await expect(picker).toBeVisible();
  await ada.page.goBack();
  await expect(picker).toBeHidden();
  await expect(ada.message('tea at four?')).toBeVisible();
  await hold();
  await sheet.getByRole('button', { name: 'Delete' }).tap();
  await expect(ada.page.getByRole('dialog', { name: 'Delete this message?' })).toBeVisible();
});
