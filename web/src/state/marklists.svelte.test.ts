import { describe, expect, it } from 'vitest';
import type { Message } from '../model/wire';
import { ada, message } from '../testing/messages';
import { withPin } from './marklists.svelte';

const pinned = (seq: number, rev: number, at: string): Message => ({
  ...message(seq),
  rev,
  pinned: { by: { id: ada.id, username: ada.username, kind: 'member' }, at },
});
const [first, second] = [
  pinned(1, 11, '2026-03-01T12:00:00.000Z'),
  pinned(2, 12, '2026-03-01T13:00:00.000Z'),
];

describe('the list of pins', () => {
  it('begins with the last message that was pinned', () => {
    expect(withPin([first], second)).toEqual([second, first]);
    expect(withPin([second], first)).toEqual([second, first]);
  });

  it('follows edits, and drops what is not pinned any more', () => {
    const edited = { ...first, rev: 13, body: 'better' };
    expect(withPin([second, first], edited)).toEqual([second, edited]);
    expect(withPin([second, first], { ...message(1), rev: 13 })).toEqual([second]);
  });

  it('ignores messages that are not pinned, and older states', () => {
    expect(withPin([first], message(5))).toEqual([first]);
    expect(withPin([first], { ...message(1), rev: 10 })).toEqual([first]);
  });
});
