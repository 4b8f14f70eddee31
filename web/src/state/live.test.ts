import { describe, expect, it, vi } from 'vitest';
import type { Invited } from '../model/wire';
import { FakeLink, FakeServer, newChat } from '../testing/fakes';

const invited = (token: string, by: number, room?: number): Invited => ({
  token,
  path: `/join/${token}`,
  by: { id: by, username: `user${by}`, kind: 'member' },
  ...(room === undefined
    ? {}
    : { room: { id: room, kind: 'private', name: 'den', topic: '', members: 1 } }),
});

describe('invitations', () => {
  it('replace the one before of the same person to the same place, whose link is over', async () => {
    const link = new FakeLink();
    const live = await newChat(new FakeServer(), link).loadLive();
    const arrived = [
      invited('a', 2, 7),
      invited('b', 2),
      invited('c', 3, 7),
      invited('d', 2, 7),
      invited('e', 2),
    ];
    for (const invitation of arrived) link.arrive('invitation', invitation);
    await vi.waitFor(() => {
      expect(live.invitations.map(({ token }) => token)).toEqual(['c', 'd', 'e']);
    });
  });

  it('are kept that come before the code that shows them', async () => {
    const link = new FakeLink();
    const chat = newChat(new FakeServer(), link);
    link.arrive('invitation', invited('a', 2, 7));
    const live = await chat.loadLive();
    await vi.waitFor(() => {
      expect(live.invitations.map(({ token }) => token)).toEqual(['a']);
    });
  });
});
