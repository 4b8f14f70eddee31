import { describe, expect, it } from 'vitest';
import { aSubscription, aUser } from '../testing/fakes';
import { goneWords, mayManage, mayRemove, removalWords } from './removal';
import type { Role, RoomKind } from './wire';

const user = (id: number, role: Role) => ({ ...aUser(id, `user ${id}`), role });

const room = (role: Role, kind: RoomKind = 'public') =>
  aSubscription(7, 'weekend-trip', {
    kind,
    membership: { role, readSeq: 0, joinedAt: '2026-01-02T03:04:05Z' },
  });

it.each([
  ['an admin of the room', user(1, 'member'), room('admin'), true],
  ['an admin of the server', user(1, 'admin'), room('member'), true],
  ['an admin of the server who only looks in', user(1, 'admin'), undefined, true],
  ['any other member', user(1, 'member'), room('member'), false],
  ['whoever only looks in', user(1, 'member'), undefined, false],
  ['nobody in a conversation', user(1, 'admin'), room('admin', 'direct'), false],
] as const)('a room is managed by %s', (_, me, subscription, may) => {
  expect(mayManage(me, subscription)).toBe(may);
});

it.each([
  ['a member', 'member', user(2, 'member'), 'member', true],
  ['a member, by an admin of the server', 'admin', user(2, 'member'), 'member', true],
  ['an admin of the room', 'member', user(2, 'member'), 'admin', false],
  ['an admin of the room, by one of the server', 'admin', user(2, 'member'), 'admin', true],
  ['an admin of the server', 'admin', user(2, 'admin'), 'member', false],
  ['oneself', 'admin', user(1, 'member'), 'member', false],
] as const)('who may be put out: %s', (_, mine, target, role, may) => {
  expect(mayRemove(user(1, mine), { user: target, role })).toBe(may);
});

describe('what is said of it', () => {
  it('names the room, and says how somebody comes back', () => {
    const words = removalWords('remove', 'mona', room('admin'));
    expect(words.title).toBe('Remove mona from weekend-trip?');
    expect(words.effect).toContain('can join again at any time');
    expect(words.done).toBe('mona was removed from weekend-trip.');
  });

  it('is that a private room needs another invitation', () => {
    const words = removalWords('remove', 'mona', room('admin', 'private'));
    expect(words.effect).toContain('needs a new invitation');
  });

  it('does without the name of a room that is only looked into', () => {
    expect(removalWords('ban', 'mona', undefined).title).toBe('Ban mona from this room?');
  });

  it.each([
    ['removed', 'You were removed from weekend-trip.'],
    ['banned', 'You were banned from weekend-trip.'],
    ['left', ''],
  ] as const)('to who has %s', (reason, words) => {
    expect(goneWords('weekend-trip', reason)).toBe(words);
  });
});
