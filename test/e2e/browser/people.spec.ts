import { expect, expectAccessible, type Person, repeatUntil, test } from '../support/fixtures.ts';

test('C1 C2 C4 three people see each other, and open conversations for two', async ({
  three: [ada, mona, jun],
  program,
}) => {
  await test.step('everybody is listed with who is there, and who is new is added', async () => {
    await jun.begin('Find people');
    const dialog = jun.page.getByRole('dialog', { name: 'People' });
    await expect(dialog.getByRole('option')).toHaveText([/ada.*online/s, /mona.*online/s]);
    await expectAccessible(jun.page);
    await program('lena');
    await expect(dialog.getByRole('option')).toHaveText([/ada/, /lena/, /mona/]);
    await dialog.getByRole('combobox').fill('le');
    await expect(dialog.getByRole('option')).toHaveText([/lena.*online/s]);
    await jun.page.keyboard.press('Escape');
  });

  await test.step('two who choose each other at once are in the same conversation', async () => {
    await Promise.all([ada.converse('mona'), mona.converse('ada')]);
    expect(new URL(mona.page.url()).pathname).toBe(new URL(ada.page.url()).pathname);
    await ada.write('Hello, Mona');
    await expect(mona.message('Hello, Mona')).toBeVisible();
    await mona.write('Hello, Ada');
    await expect(ada.message('Hello, Ada')).toBeVisible();
    await expectAccessible(mona.page);
  });

  await test.step('the third sees nothing of it, even by its address', async () => {
    await expect(jun.rooms.getByRole('link')).toHaveCount(1);
    await jun.page.goto(ada.page.url());
    await expect(jun.heading('Room not found')).toBeVisible();
  });

  await test.step('the third writes to one of them, who hears it in every tab', async () => {
    await jun.converse('ada');
    const tab = await ada.page.context().newPage();
    await tab.goto(ada.page.url());
    await jun.write('And me?');
    for (const page of [ada.page, tab])
      await expect(page.getByRole('link', { name: /^jun online 1 unread/ })).toBeVisible();
    await expect(mona.conversation('jun')).toBeHidden();
    await ada.conversation('jun').click();
    await expect(ada.message('And me?')).toBeVisible();
    await expect(ada.message('Hello, Ada')).toBeHidden();
    await tab.close();
  });

  await test.step('closed, a conversation comes back with the next message', async () => {
    await ada.inDetails('Close conversation');
    await expect(ada.conversation('jun')).toBeHidden();
    await jun.write('Still there?');
    await ada.conversation('jun').click();
    await expect(ada.message('And me?')).toBeVisible();
  });
});

test('C3 a conversation opens at its latest messages and pages back to the first', async ({
  three: [ada, mona, jun],
  program,
}) => {
  const lena = await program('lena');
  const found = await lena.call('GET', '/users?text=mona');
  const conversation = await lena.call('PUT', `/conversations/${found.body.users[0].id}`);
  for (let n = 1; n <= 120; n += 1) await lena.write(conversation.body.subscription.id, `No. ${n}`);
  await mona.conversation('lena').click();
  await expect(mona.message('No. 1'), 'what is unread comes first').toBeVisible();
  await mona.page.getByRole('button', { name: 'Mark as read' }).click();
  await mona.page.reload();
  await expect(mona.message('No. 120')).toBeVisible();
  await expect
    .poll(async () => {
      await mona.scroll(-4000);
      return mona.message('No. 1').isVisible();
    })
    .toBe(true);
  for (const other of [ada, jun]) await expect(other.conversation('lena')).toBeHidden();
});

test('E1 presence: across a reload, with two tabs, away, and offline', async ({ person }) => {
  const [ada, mona, jun] = [await person('ada'), await person('mona'), await person('jun')];
  await jun.page.clock.install();
  for (const each of [ada, mona, jun]) await each.arrive();
  await ada.converse('mona');
  await ada.converse('jun');
  await expect(ada.conversation('mona')).toHaveText(/online/);
  await expect(ada.conversation('jun')).toHaveText(/online/);
  const gone = await watchFor(ada, 'mona', 'offline');

  await test.step('a reload is not seen, nor that one of two tabs is closed', async () => {
    await mona.page.reload();
    await expect(mona.composer).toBeVisible();
    const tab = await mona.page.context().newPage();
    await tab.goto(mona.page.url());
    await expect(tab.getByRole('textbox', { name: /^Message/ })).toBeVisible();
    await tab.close();
  });

  await test.step('who does nothing for ten minutes is away, and back with a key', async () => {
    await jun.page.clock.fastForward('10:01');
    await expect(ada.conversation('jun')).toHaveText(/away/);
    await expect(jun.page.getByRole('region', { name: 'My account' })).toContainText('away');
    await expectAccessible(ada.page);
    await jun.page.keyboard.press('Shift');
    await expect(ada.conversation('jun')).toHaveText(/online/);
  });

  await test.step('who has closed the last tab is offline, everywhere', async () => {
    await jun.page.close();
    await expect(ada.conversation('jun')).toHaveText(/offline/);
    const members = ada.details;
    await ada.room('main').click();
    await expect(members.getByRole('list', { name: 'Online' })).toHaveText(/ada.*mona/s);
    await expect(members.getByRole('list', { name: 'Offline' })).toHaveText(/jun/);
    // Longer than that takes, a reload would have been told as well.
    expect(await gone()).toBe(false);
  });
});

/** Notes from now on whether a conversation's row ever says so; the function it gives tells. */
async function watchFor(who: Person, username: string, state: string) {
  const row = await who.conversation(username).elementHandle();
  const seen = await who.page.evaluateHandle(
    ([element, word]: any) => {
      const noted = { it: false };
      new MutationObserver(() => (noted.it ||= element.textContent.includes(word))).observe(
        element,
        { subtree: true, childList: true, characterData: true },
      );
      return noted;
    },
    [row, state],
  );
  return () => seen.evaluate(({ it }) => it);
}

test('E2 typing is shown to the others in the room, and always disappears', async ({
  three: [ada, mona, jun],
  program,
}) => {
  await test.step('one, two, and several', async () => {
    await repeatUntil(
      () => mona.composer.press('m'),
      (soon) => soon(ada.typing).toHaveText('mona is typing…'),
    );
    const both = () => Promise.all([mona.composer.press('m'), jun.composer.press('h')]);
    await repeatUntil(both, (soon) => soon(ada.typing).toHaveText('mona and jun are typing…'));
    await repeatUntil(both, (soon) =>
      soon(mona.typing, 'nobody is told of themselves').toHaveText('jun is typing…'),
    );
    const lena = await program('lena');
    await repeatUntil(
      () => Promise.all([lena.command('typing:start', { room: 1 }), both()]),
      (soon) => soon(ada.typing).toHaveText('Several people are typing…'),
    );
    lena.socket.close();
  });

  await test.step('it ends two seconds after the last key, and with whoever has gone', async () => {
    await expect(ada.typing).toBeHidden();
  });

  await test.step('it ends with the message', async () => {
    await repeatUntil(
      () => mona.composer.press('!'),
      (soon) => soon(ada.typing).toHaveText('mona is typing…'),
    );
    await mona.composer.fill('Hmm!');
    await mona.composer.press('Enter');
    await expect(ada.message('Hmm!')).toBeVisible();
    await expect(ada.typing).toBeHidden();
  });

  await test.step('it ends when the room is left, and is not told in another', async () => {
    await ada.createRoom('lake');
    await repeatUntil(
      () => mona.composer.press('x'),
      (soon) => soon(jun.typing).toHaveText('mona is typing…'),
    );
    await expect(ada.typing).toBeHidden();
    await mona.converse('jun');
    await expect(jun.typing).toBeHidden();
  });

  await test.step('it ends when the tab is closed', async () => {
    await ada.room('main').click();
    await repeatUntil(
      () => jun.composer.press('x'),
      (soon) => soon(ada.typing).toHaveText('jun is typing…'),
    );
    await jun.page.close();
    await expect(ada.typing).toBeHidden();
  });
});

test('D10 a new member is welcomed, and the others see one quiet line', async ({
  three: [ada, mona, jun],
  program,
}) => {
  await ada.createRoom('lake');
  await expect(ada.feed.getByText(/^Welcome/), 'to a room of one’s own').toBeHidden();
  const come = async (who: Person) => {
    await who.findRoom('lake', 'lake');
    await who.page.getByRole('button', { name: 'Join', exact: true }).first().click();
    await expect(who.composer).toBeVisible();
  };

  await test.step('one comes, and then another', async () => {
    await come(mona);
    await expect(ada.feed.getByText('mona joined', { exact: true })).toBeVisible();
    await expect(mona.feed.getByText(/^Welcome, mona!/)).toHaveCount(1);
    await come(jun);
    await expect(ada.feed.getByText('mona and jun joined', { exact: true })).toBeVisible();
    await expect(jun.feed.getByText(/^Welcome, jun!/)).toHaveCount(1);
  });

  await test.step('one leaves', async () => {
    await jun.inDetails('Leave room');
    for (const who of [ada, mona]) await expect(who.feed.getByText(/jun left$/)).toBeVisible();
    await expect(jun.room('lake')).toBeHidden();
  });

  await test.step('many are folded, and none of it is unread', async () => {
    await ada.room('main').click();
    const room = mona.place();
    for (const name of ['lena', 'nils', 'omar']) {
      const each = await program(name);
      await each.call('PUT', `/subscriptions/${room}`);
    }
    await expect(mona.feed.getByText(/and \d others joined/)).toBeVisible();
    await expect(ada.room('lake')).toHaveAccessibleName('lake');
    await expectAccessible(mona.page);
  });

  await test.step('main has no notices: the client welcomes by itself', async () => {
    await ada.write('Hello');
    for (const who of [mona, jun]) {
      await who.room('main').click();
      await expect(who.message('Hello')).toBeVisible();
      await expect(who.feed.getByText(new RegExp(`^Welcome, ${who.username}!`))).toHaveCount(1);
      await expect(who.feed.getByText(/joined$/)).toBeHidden();
    }
  });
});
