import { describe, expect, it } from 'vitest';
import { aUser } from '../testing/fakes';
import { subscription } from '../testing/messages';
import { callsOf } from './attention';
import { titleOf } from './title';

describe('what calls for me', () => {
  it('is every unread message of a conversation, and of a room those that mention me', () => {
    expect(callsOf(subscription({ unread: 3, peer: aUser(9, 'mona') }))).toBe(3);
    expect(callsOf(subscription({ unread: 3, mentions: [8, 9] }))).toBe(2);
    expect(callsOf(subscription({ unread: 3 }))).toBe(0);
  });
});

describe('the title of the page', () => {
  it.each([
    [{ calls: 0, isUnread: false, room: undefined }, 'App'],
    [{ calls: 0, isUnread: false, room: 'tea' }, 'tea · App'],
    [{ calls: 0, isUnread: true, room: 'tea' }, '• tea · App'],
    [{ calls: 2, isUnread: true, room: undefined }, '(2) App'],
    [{ calls: 120, isUnread: true, room: 'tea' }, '(99+) tea · App'],
  ])('for %o is %s', (input, title) => {
    expect(titleOf('App', input)).toBe(title);
  });
});
