import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

/** Makes a room and the link to it that the dialog offers at first. */
async function invite(who: Person): Promise<string> {
  await who.createRoom('weekend-trip', 'Saturday, lake');
  await who.inDetails('Invite people');
  await expect(who.page.getByRole('button', { name: 'Create a link' })).toBeVisible();
  await expectAccessible(who.page);
  return who.makeLink();
}

test('A8 B7 a guest enters with a link and a name, and two others see it', async ({
  three: [ada, mona],
  person,
}) => {
  const link = await invite(ada);
  await ada.page.keyboard.press('Escape');

  await test.step('who is signed in joins by opening it', async () => {
    await mona.page.goto(link);
    await expect(mona.heading('weekend-trip')).toBeVisible();
    await expect(ada.feed.getByText('mona joined', { exact: true })).toBeVisible();
  });

  const pau = await person('pau');
  await test.step('who is not gives a name, and nothing else', async () => {
    await pau.page.goto(link);
    await expect(pau.heading('Join weekend-trip')).toBeVisible();
    await expect(pau.page.getByText('Members: ada and mona', { exact: true })).toBeVisible();
    await expectAccessible(pau.page);
    await pau.page.keyboard.type('ADA');
    await pau.page.keyboard.press('Enter');
    await expect(pau.page.getByLabel('Your name')).toHaveAccessibleDescription(/taken/i);
    await pau.page.getByLabel('Your name').fill('pau');
    await pau.page.keyboard.press('Enter');
    await expect(pau.heading('weekend-trip')).toBeVisible();
    await pau.write('Here I am');
  });

  await test.step('the others see who has come and what is written', async () => {
    await expect(ada.feed.getByText('mona and pau joined', { exact: true })).toBeVisible();
    await expect(mona.feed.getByText('pau joined', { exact: true })).toBeVisible();
    for (const who of [ada, mona]) {
      await expect(who.message('Here I am')).toBeVisible();
      const members = who.details;
      await expect(members.getByRole('listitem').filter({ hasText: 'pau' })).toContainText('guest');
    }
  });

  await test.step('a guest sees that room only, and no list of people', async () => {
    await expect(pau.rooms.getByRole('link')).toHaveCount(1);
    await expect(pau.page.getByRole('button', { name: 'New chat' })).toBeHidden();
    await pau.openDetails();
    await expect(pau.details.getByRole('button', { name: 'Leave room' })).toBeVisible();
    await expect(pau.page.getByRole('button', { name: 'Invite people' })).toBeHidden();
  });

  await test.step('a guest is asked before logging out, as nobody comes back without a password', async () => {
    await pau.logOut();
    const question = pau.page.getByRole('dialog', { name: 'Log out for good?' });
    await expect(question).toContainText('can’t come back as pau');
    await expectAccessible(pau.page);
    await question.getByRole('button', { name: 'Cancel' }).click();
  });

  await test.step('a guest sets a password and keeps everything', async () => {
    await pau.page.getByRole('button', { name: 'Settings' }).click();
    await expect(pau.page.getByRole('button', { name: 'Set password' })).toBeVisible();
    await expectAccessible(pau.page);
    await pau.page.getByLabel('Password', { exact: true }).fill(pau.password);
    await pau.page.getByRole('button', { name: 'Set password' }).click();
    await expect(pau.page.getByRole('dialog')).toBeHidden();
    await expect(pau.message('Here I am')).toBeVisible();
    await expect(pau.room('main')).toBeVisible();
    const members = mona.details;
    await expect(members.getByRole('listitem').filter({ hasText: 'pau' })).not.toContainText(
      'guest',
    );
    await pau.logOut();
    await pau.logIn();
    await pau.room('weekend-trip').click();
    await expect(pau.message('Here I am')).toBeVisible();
  });
});

test('B7 a link ends with its last use, or when it is revoked', async ({
  three: [ada, mona, jun],
  person,
}) => {
  const late = await person('late');
  const refuses = async (link: string) => {
    await late.page.goto(link);
    await expect(late.heading('This link does not work')).toBeVisible();
    await expectAccessible(late.page);
  };
  await ada.createRoom('weekend-trip', 'Saturday, lake');
  await ada.inDetails('Invite people');
  const dialog = ada.page.getByRole('dialog', { name: 'Invite to weekend-trip' });
  const works = dialog.getByRole('list', { name: 'Active links' }).getByRole('listitem');

  await test.step('two open a link for one person at the same moment', async () => {
    await dialog.getByLabel('Can be used by').selectOption('1 person');
    const link = await ada.makeLink();
    await expect(works).toHaveText([/0 of 1 used.*Expires/s]);
    await Promise.all([mona, jun].map((who) => who.page.goto(link)));
    const outcome = (who: Person) =>
      who.page.getByRole('heading', { name: /^(weekend-trip|This link does not work)$/ });
    const heard = await Promise.all([mona, jun].map((who) => outcome(who).textContent()));
    expect(heard.map((text) => text?.trim()).sort()).toEqual([
      'This link does not work',
      'weekend-trip',
    ]);
    await refuses(link);
  });

  await test.step('one that is revoked', async () => {
    await dialog.getByLabel('Link expires').selectOption('Never');
    await dialog.getByLabel('Can be used by').selectOption('Anyone');
    await dialog.getByRole('button', { name: 'Create another link' }).click();
    const revocable = works.filter({ hasText: 'Never expires' });
    await expect(revocable).toHaveCount(1);
    const link = await dialog.getByLabel('Link', { exact: true }).inputValue();
    await revocable.getByRole('button', { name: 'Turn off link' }).click();
    await expect(revocable).toHaveCount(0);
    await refuses(link);
  });
});

test('B7 somebody invited by name sees it at once and joins with one click', async ({
  three: [ada, mona, jun],
}) => {
  await ada.createRoom('weekend-trip', 'Saturday, lake');
  await ada.inDetails('Invite people');
  const dialog = ada.page.getByRole('dialog', { name: 'Invite to weekend-trip' });
  await dialog.getByRole('combobox', { name: 'Invite by name' }).pressSequentially('mo');
  const found = dialog.getByRole('listbox', { name: 'People found' });
  await expect(found.getByRole('option')).toHaveText([/mona.*online/s]);
  await expectAccessible(ada.page);
  await ada.page.keyboard.press('Enter');
  await expect(dialog.getByText('mona was invited and notified.')).toBeVisible();

  const told = (who: Person) => who.page.getByText('ada invites you to weekend-trip.');
  await expect(told(mona)).toBeVisible();
  await expect(told(jun), 'somebody else is told nothing').toBeHidden();
  await expectAccessible(mona.page);
  await mona.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(mona.heading('weekend-trip')).toBeVisible();
  await expect(mona.composer).toBeVisible();
});

test('B7 a link opens a conversation: signed in, signed out, and as a guest', async ({
  three: [ada, mona, jun],
  person,
}) => {
  let link = '';
  await test.step('it is made beside the conversations, or in the details of one', async () => {
    await ada.begin('Find people');
    await ada.page.getByRole('button', { name: 'Invite someone by link' }).click();
    const first = await ada.makeLink();
    await ada.page.keyboard.press('Escape');
    await ada.page.keyboard.press('Escape');
    await ada.converse('mona');
    await ada.inDetails('Invite people');
    const dialog = ada.page.getByRole('dialog', { name: 'Invite to a conversation with you' });
    await expect(dialog.getByRole('list', { name: 'Active links' })).toContainText(
      'Created by ada',
    );
    await expectAccessible(ada.page);
    link = await ada.makeLink();
    expect(link).not.toBe(first);
    await ada.page.keyboard.press('Escape');
  });

  await test.step('signed in, it opens the conversation that is there', async () => {
    await mona.page.goto(link);
    await expect(mona.heading('ada')).toBeVisible();
    expect(new URL(mona.page.url()).pathname).toBe(new URL(ada.page.url()).pathname);
    await mona.write('From Mona');
    await expect(ada.message('From Mona')).toBeVisible();
  });

  await test.step('signed out, it opens after the log-in', async () => {
    await jun.logOut();
    await expect(jun.page.getByRole('button', { name: 'Log in' })).toBeVisible();
    await jun.page.goto(link);
    await expect(jun.heading('Chat with ada')).toBeVisible();
    await expectAccessible(jun.page);
    await jun.page.getByRole('button', { name: 'Log in' }).click();
    await jun.fillIn('Log in');
    await expect(jun.heading('ada')).toBeVisible();
    await jun.write('From Jun');
    await ada.conversation('jun').click();
    await expect(ada.message('From Jun')).toBeVisible();
    await expect(ada.message('From Mona')).toBeHidden();
  });

  await test.step('a name is enough, too', async () => {
    const pau = await person('pau');
    await pau.page.goto(link);
    await pau.page.getByLabel('Your name').fill('pau');
    await pau.page.keyboard.press('Enter');
    await expect(pau.heading('ada')).toBeVisible();
    await pau.write('From Pau');
    await ada.conversation('pau').click();
    await expect(ada.message('From Pau')).toBeVisible();
    await expect(pau.rooms.getByRole('link')).toHaveCount(1);
  });

  await test.step('one’s own is said to be one’s own', async () => {
    await ada.page.goto(link);
    await expect(ada.heading('This is your own link')).toBeVisible();
    await expectAccessible(ada.page);
  });
});
