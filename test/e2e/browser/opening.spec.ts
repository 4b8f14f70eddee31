import { expect, test } from '../support/fixtures.ts';

const main = 1;

test('B5 H5 home, leaving a room and being removed open no room, and nothing is marked read', async ({
  person,
  program,
  server,
}) => {
  const ben = await program('ben');
  const made = await ben.call('POST', '/rooms', { name: 'photography', topic: '' });
  const photography: number = made.body.subscription.id;
  const ada = await person('ada');
  await ada.signUp();
  await ada.findRoom('photo', 'photography');
  await ada.page.getByRole('button', { name: 'Join', exact: true }).first().click();
  await expect(ada.composer).toBeVisible();
  await ben.write(main, 'who is there');
  const nothingOpen = ada.page.getByRole('heading', { name: 'No conversation open' });
  const unread = ada.rooms.getByRole('link', { name: 'main 1 unread' });
  await expect(unread).toBeVisible();
  const marked: string[] = [];
  ada.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (/room:read.*"room":1\b/.test(String(payload))) marked.push(String(payload));
    }),
  );

  await test.step('coming home', async () => {
    await ada.page.goto(`${server.url}/home`);
    await expect(nothingOpen).toBeVisible();
    await expect(unread).toBeVisible();
  });
  await test.step('leaving a room', async () => {
    await ada.room('photography').click();
    await expect(ada.heading('photography')).toBeVisible();
    await ada.inDetails('Leave room');
    await expect(nothingOpen).toBeVisible();
    await expect(ada.page).toHaveURL(/\/home$/);
    await expect(unread).toBeVisible();
  });
  await test.step('being removed', async () => {
    await ada.findRoom('photo', 'photography');
    await ada.page.getByRole('button', { name: 'Join', exact: true }).first().click();
    await expect(ada.composer).toBeVisible();
    const { id } = await ada.account();
    const removed = await ben.call('DELETE', `/rooms/${photography}/members/${id}`);
    expect(removed.status).toBe(204);
    await expect(nothingOpen).toBeVisible();
    await expect(unread).toBeVisible();
  });

  await ada.page.reload();
  await expect(unread, 'the server has heard of no reading either').toBeVisible();
  expect(marked).toEqual([]);
});
