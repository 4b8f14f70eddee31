import { describe, expect, it } from 'vitest';
import { ada, message, subscription } from '../testing/messages';
import type { Room } from './wire';
import { byActivity, merge, withMessage, withRead, withRoom } from './subscriptions';

const read = (readSeq: number) => ({ ...subscription().membership, readSeq });

describe('a subscription', () => {
  it('does not count notices as unread', () => {
    const moved = withMessage(subscription({ seq: 10 }), message(11, { kind: 'notice' }), ada.id);
    expect(moved).toMatchObject({ seq: 11, unread: 0, membership: { readSeq: 10 } });
    const known = merge(undefined, subscription({ seq: 10, membership: read(5), unread: 3 }));
    expect(known.unread).toBe(3);
    expect(withRead(known, 6).unread).toBe(3);
    expect(withRead(known, 10).unread).toBe(0);
  });

  it('does not count messages deleted before they are read, and subtracts them once', () => {
    const known = subscription({ seq: 10, rev: 10, membership: read(5), unread: 5 });
    const gone = withMessage(known, message(8, { rev: 11, deleted: true }), ada.id);
    expect(gone).toMatchObject({ seq: 10, rev: 11, unread: 4 });
    expect(withMessage(gone, message(8, { rev: 11, deleted: true }), ada.id)).toBe(gone);
    expect(withMessage(gone, message(4, { rev: 12, deleted: true }), ada.id).unread).toBe(4);
    expect(withMessage(gone, message(9, { rev: 12 }), ada.id).unread).toBe(4);
    expect(withMessage(gone, message(11, { rev: 13, deleted: true }), ada.id).unread).toBe(4);
  });

  it('does not count what only a thread shows, nor as read by its author', () => {
    const known = subscription({ seq: 10, rev: 10, membership: read(8), unread: 2 });
    const reply = message(11, { author: ada, thread: 3 });
    const moved = withMessage(known, reply, ada.id);
    expect(moved).toMatchObject({ seq: 11, rev: 11, unread: 2, membership: { readSeq: 8 } });
    const gone = withMessage(moved, { ...reply, rev: 12, deleted: true }, ada.id);
    expect(gone).toMatchObject({ unread: 2, membership: { readSeq: 8 } });
    const both = withMessage(known, { ...reply, inRoom: true }, ada.id);
    expect(both).toMatchObject({ unread: 0, membership: { readSeq: 11 } });
  });

  it('keeps the larger head and the larger read position', () => {
    const known = subscription({ seq: 12, rev: 15, last: message(12), membership: read(5) });
    const arrived = subscription({ seq: 10, rev: 10, last: message(10), membership: read(9) });
    for (const merged of [merge(known, arrived), merge(arrived, known)]) {
      expect(merged).toMatchObject({ seq: 12, rev: 15, unread: 3, membership: { readSeq: 9 } });
      expect(merged.last?.seq).toBe(12);
    }
  });

  it('moves the read position back for a newer mark, even if it knows newer messages', () => {
    const known = subscription({ seq: 12, rev: 12, membership: read(12) });
    const marked = { ...read(5), rev: 9, marked: 9 };
    const exact = subscription({ seq: 12, rev: 12, unread: 7, membership: marked });
    const behind = subscription({ seq: 11, rev: 11, unread: 6, membership: marked });
    for (const arrived of [exact, behind])
      expect(merge(known, arrived)).toMatchObject({
        seq: 12,
        unread: 7,
        membership: { readSeq: 5, marked: 9 },
      });
    expect(merge(exact, known).membership).toEqual(marked);
  });

  it('lists the messages that mention its reader until they are read, edited or deleted', () => {
    const toAda = { mentions: [{ user: ada.id, text: '@ada' }] };
    let known = subscription({ seq: 10, mentions: [], membership: read(10) });
    known = withMessage(known, message(11, toAda), ada.id);
    known = withMessage(known, message(12, { mentionsRoom: true }), ada.id);
    known = withMessage(known, message(13), ada.id);
    known = withMessage(known, message(14, { ...toAda, author: ada }), 99);
    expect(known.mentions).toEqual([11, 12]);
    known = withMessage(known, message(13, { ...toAda, rev: 15 }), ada.id);
    known = withMessage(known, message(13, { ...toAda, rev: 15 }), ada.id);
    expect(known.mentions).toEqual([11, 12, 13]);
    known = withMessage(known, message(12, { rev: 16 }), ada.id);
    expect(known.mentions).toEqual([11, 13]);
    expect(withRead(known, 11, 1).mentions).toEqual([13]);
    expect(withMessage(known, message(13, { rev: 17, deleted: true }), ada.id).mentions).toEqual([
      11,
    ]);
    expect(withMessage(known, message(15, { rev: 17, author: ada }), ada.id).mentions).toEqual([]);
    expect(withMessage(known, message(9, { ...toAda, rev: 17 }), ada.id).mentions).toEqual([
      11, 13,
    ]);
  });

  it('moves its head forward with a message', () => {
    const moved = withMessage(subscription({ seq: 10 }), message(11), ada.id);
    expect(moved).toMatchObject({ seq: 11, unread: 1 });
    expect(moved.last?.seq).toBe(11);
  });

  it('counts its reader’s own messages as read', () => {
    const moved = withMessage(subscription({ seq: 10 }), message(11, { author: ada }), ada.id);
    expect(moved).toMatchObject({ seq: 11, unread: 0, membership: { readSeq: 11 } });
  });

  it('accepts a late message without moving back', () => {
    const known = subscription({ seq: 10 });
    expect(withMessage(known, message(8), ada.id)).toBe(known);
    expect(withMessage(known, message(8, { rev: 14 }), ada.id)).toMatchObject({ seq: 10, rev: 14 });
  });

  it('moves the read position forward only', () => {
    const known = subscription({ seq: 10, membership: read(6) });
    expect(withRead(known, 8)).toMatchObject({ unread: 2, membership: { readSeq: 8 } });
    expect(withRead(known, 3)).toMatchObject({ unread: 4, membership: { readSeq: 6 } });
  });

  it('accepts another name and topic', () => {
    const room: Room = subscription({ seq: 4, name: 'lake', topic: 'food' });
    const changed = withRoom(subscription({ seq: 10 }), room, 11);
    expect(changed).toMatchObject({ name: 'lake', topic: 'food', seq: 10, rev: 11, unread: 0 });
    expect(withRoom(changed, subscription({ name: 'pond' }), 10)).toBe(changed);
  });

  it('is listed by its last message, or by when it was joined', () => {
    const at = (createdAt: string) => ({ last: { ...message(1), createdAt } });
    const list = [
      subscription({ name: 'old', ...at('2026-01-05T00:00:00Z') }),
      subscription({
        name: 'silent',
        membership: { ...read(0), joinedAt: '2026-01-06T00:00:00Z' },
      }),
      subscription({ name: 'new', ...at('2026-01-07T00:00:00Z') }),
    ];
    expect(list.sort(byActivity).map(({ name }) => name)).toEqual(['new', 'silent', 'old']);
  });

  it('shows its last message as it was edited', () => {
    const known = subscription({ seq: 10, rev: 10, last: message(10) });
    const edited = { ...message(10), rev: 11, body: 'better' };
    expect(withMessage(known, edited, 1).last?.body).toBe('better');
    const older = { ...message(9), rev: 12, body: 'older' };
    expect(withMessage(known, older, 1).last?.seq).toBe(10);
  });
});
