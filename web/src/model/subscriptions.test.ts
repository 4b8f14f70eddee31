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

  it('keeps the larger head and the larger read position', () => {
    const known = subscription({ seq: 12, rev: 15, last: message(12), membership: read(5) });
    const arrived = subscription({ seq: 10, rev: 10, last: message(10), membership: read(9) });
    for (const merged of [merge(known, arrived), merge(arrived, known)]) {
      expect(merged).toMatchObject({ seq: 12, rev: 15, unread: 3, membership: { readSeq: 9 } });
      expect(merged.last?.seq).toBe(12);
    }
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
