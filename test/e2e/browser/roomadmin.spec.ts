import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

const archivedWords = 'This room is archived: you can read it, but nobody can write in it.';

/** Three people in one room, of which the second is admin; the first is the server's. */
async function gathered(three: readonly Person[], name: string): Promise<void> {
  const [ada, mona, jun] = three as [Person, Person, Person];
  await mona.createRoom(name, 'Saturday, lake');
  await mona.inDetails('Invite people');
  const link = await mona.makeLink();
  await mona.page.keyboard.press('Escape');
  for (const who of [ada, jun]) {
    await who.page.goto(link);
    await expect(who.heading(name)).toBeVisible();
  }
}

async function choose(who: Person, name: string, item: string): Promise<void> {
  await who.openDetails();
  await who.details.getByText(name, { exact: true }).hover();
  await who.details.getByRole('button', { name: `Actions for ${name}` }).click();
  await who.page.getByRole('menuitem', { name: item }).click();
}

test('H11 an archived room is read-only, kept apart, and comes back', async ({
  three: [ada, mona, jun],
}) => {
  await gathered([ada, mona, jun], 'weekend-trip');
  await jun.write('Who brings bread?');
  await expect(mona.message('Who brings bread?')).toBeVisible();

  await test.step('who is no admin is offered nothing', async () => {
    await jun.openDetails();
    await expect(jun.details.getByRole('button', { name: 'Leave room' })).toBeVisible();
    for (const name of ['Archive room', 'Delete room'])
      await expect(jun.details.getByRole('button', { name })).toHaveCount(0);
  });

  await test.step('an admin archives it', async () => {
    await mona.inDetails('Archive room');
    const question = mona.page.getByRole('dialog', { name: 'Archive weekend-trip?' });
    await expectAccessible(mona.page);
    await question.getByRole('button', { name: 'Archive' }).click();
    await expect(mona.page.getByText('weekend-trip is archived.')).toBeVisible();
  });

  await test.step('everyone sees at once that nobody can write', async () => {
    for (const who of [ada, mona, jun]) {
      await expect(who.page.getByRole('main').getByText(archivedWords)).toBeVisible();
      await expect(who.page.getByRole('textbox', { name: /^Message/ })).toBeHidden();
      await expect(who.message('Who brings bread?')).toBeVisible();
    }
    await expectAccessible(jun.page);
  });

  await test.step('it is in its own place, found, and read after a reload', async () => {
    await jun.page.reload();
    await expect(jun.page.getByRole('main').getByText(archivedWords)).toBeVisible();
    await jun.openMain();
    await expect(jun.rooms.getByRole('link', { name: /weekend-trip/ })).toBeHidden();
    await jun.page.getByRole('button', { name: 'Archived (1)' }).click();
    await expectAccessible(jun.page);
    await jun.rooms.getByRole('link', { name: /weekend-trip/ }).click();
    await expect(jun.message('Who brings bread?')).toBeVisible();
    await jun.openMain();
    await jun.findRoom('week', 'weekend-trip');
    await expect(jun.page.getByRole('main').getByText(archivedWords)).toBeVisible();
  });

  await test.step('an admin brings it back', async () => {
    await mona.page.getByRole('main').getByRole('button', { name: 'Unarchive' }).click();
    await jun.write('I do');
    await expect(ada.message('I do')).toBeVisible();
    await expect(jun.page.getByRole('button', { name: /^Archived/ })).toHaveCount(0);
  });
});

test('H11 a deleted room leaves every list with the reason, also of who was away', async ({
  three: [ada, mona, jun],
}) => {
  await gathered([ada, mona, jun], 'weekend-trip');
  await jun.write('Who brings bread?');
  const address = jun.page.url();
  await jun.openMain();
  await jun.page.context().setOffline(true);
  await expect(jun.page.getByText('Reconnecting…').first()).toBeVisible();

  await mona.inDetails('Delete room');
  const question = mona.page.getByRole('dialog', { name: 'Delete weekend-trip?' });
  const field = question.getByRole('textbox');
  await field.fill('weekend');
  await question.getByRole('button', { name: 'Delete room' }).click();
  await expect(question.getByText('This is not the name of the room.')).toBeVisible();
  await expectAccessible(mona.page);
  await field.fill('weekend-trip');
  await question.getByRole('button', { name: 'Delete room' }).click();
  for (const who of [ada, mona]) {
    await expect(who.page.getByText('weekend-trip was deleted by an admin.')).toBeVisible();
    await expect(who.rooms.getByRole('link', { name: /weekend-trip/ })).toBeHidden();
  }

  await jun.page.context().setOffline(false);
  await expect(jun.page.getByText('weekend-trip was deleted by an admin.')).toBeVisible();
  await expect(jun.rooms.getByRole('link', { name: /weekend-trip/ })).toBeHidden();
  await jun.page.goto(address);
  await expect(jun.heading('Room not found')).toBeVisible();
});

test('H11 admins share their role, and the last one hands it over', async ({
  three: [ada, mona, jun],
}) => {
  await gathered([ada, mona, jun], 'weekend-trip');

  await test.step('a member becomes admin', async () => {
    await choose(mona, 'jun', 'Make admin');
    await expect(mona.page.getByText('jun is an admin of this room now.')).toBeVisible();
    await jun.openDetails();
    await expect(jun.details.getByRole('button', { name: 'Archive room' })).toBeVisible();
  });

  await test.step('who takes the role from another admin', async () => {
    await choose(jun, 'mona', 'Take admin role away');
    await expect(mona.details.getByRole('button', { name: 'Archive room' })).toHaveCount(0);
  });

  await test.step('the only admin keeps it', async () => {
    await choose(jun, 'jun', 'Take admin role away');
    await expect(jun.page.getByText(/room.s only admin/)).toBeVisible();
  });

  await test.step('the last admin who leaves hands it to the longest-standing member', async () => {
    await jun.inDetails('Leave room');
    const question = jun.page.getByRole('dialog', { name: 'Leave weekend-trip?' });
    await expect(question).toContainText('the longest-standing member becomes admin');
    await question.getByRole('button', { name: 'Leave' }).click();
    await expect(mona.details.getByRole('button', { name: 'Archive room' })).toBeVisible();
  });
});
