import { expect, it, vi } from 'vitest';
import { aSubscription, aUser, FakeLink, FakeServer, newChat } from '../testing/fakes';
import { ada, message, page } from '../testing/messages';

/** Ada in a room of ten messages; the server can no longer tell her what has changed. */
async function outOfStep(isHeld: boolean) {
  const server = new FakeServer()
    .on('GET /session', { body: { user: aUser(ada.id, ada.username) } })
    .on('GET /subscriptions', { body: { subscriptions: [aSubscription(7, 'trip')] } })
    .on('GET /rooms/7/messages', { body: page(1, 10) });
  const link = new FakeLink();
  const chat = newChat(server, link);
  await chat.session.load();
  const { timeline } = chat.openRoom(7);
  await timeline.load();
  timeline.hold(isHeld);
  server.on('GET /rooms/7/messages', { body: page(951, 1_000) });
  link.command.mockResolvedValue({
    messages: [],
    rev: 1_000,
    more: false,
    startOver: true,
  } as never);
  timeline.noteHead(1_000);
  await vi.waitFor(() => {
    expect(server.to('GET /rooms/7/messages')).toHaveLength(2);
  });
  await timeline.load();
  const seqs = () => [timeline.messages[0]?.seq, timeline.messages.at(-1)?.seq];
  return { timeline, seqs };
}

it('A timeline that starts over shows the newest messages to who follows them', async () => {
  const { timeline, seqs } = await outOfStep(false);
  expect(seqs()).toEqual([951, 1_000]);
  expect(timeline.isKept).toBe(false);
  expect(timeline.moreBefore).toBe(true);
});

it('A timeline that starts over keeps what a reader looks at, until they go to the newest', async () => {
  const { timeline, seqs } = await outOfStep(true);
  expect(seqs()).toEqual([1, 10]);
  expect(timeline.isKept).toBe(true);
  timeline.put(message(1_001));
  expect(seqs()).toEqual([1, 10]);
  timeline.hold(false);
  expect(seqs()).toEqual([951, 1_001]);
  expect(timeline.isKept).toBe(false);
});
