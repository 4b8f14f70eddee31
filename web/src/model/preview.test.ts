import { describe, expect, it } from 'vitest';
import { ada, message, subscription } from '../testing/messages';
import { preview } from './preview';
import type { Message, Subscription } from './wire';

const me = ada.id;
const last = (change: Partial<Message>, room: Partial<Subscription> = {}) =>
  preview(subscription({ ...room, last: message(5, change) }), me);
const mona = { id: 2, username: 'mona', kind: 'member' } as const;
const peer = { ...mona, role: 'member' } as NonNullable<Subscription['peer']>;

describe('the preview of a chat', () => {
  it('is the topic while nobody has written', () => {
    expect(preview(subscription({ topic: 'Bring food' }), me)).toBe('Bring food');
  });

  it('names the author where there can be several', () => {
    expect(last({ author: mona, body: 'Hello' })).toBe('mona: Hello');
    expect(last({ author: ada, body: 'Hello' })).toBe('You: Hello');
    expect(last({ author: mona, body: 'Hello' }, { peer })).toBe('Hello');
    expect(last({ author: ada, body: 'Hello' }, { peer })).toBe('You: Hello');
  });

  it.each([
    ['at **8:40** sharp', 'at 8:40 sharp'],
    ['`a` and ~~b~~', 'a and b'],
    ['2 ** 3 ** 4', '2 ** 3 ** 4'],
    ['**', '**'],
  ])('of %s is %s', (body, shown) => {
    expect(last({ author: mona, body }, { peer })).toBe(shown);
  });

  it('says what is no text', () => {
    const location = { latitude: 1, longitude: 2, time: '2026-01-01T00:00:00Z' };
    expect(last({ author: mona, kind: 'location', body: '', location })).toBe('mona: Location');
    expect(last({ author: mona, deleted: true, body: '' })).toBe('mona: This message was deleted.');
    const notice = { kind: 'left', user: mona } as NonNullable<Message['notice']>;
    expect(last({ author: mona, kind: 'notice', body: '', notice })).toBe('mona left');
  });

  it('reads the beginning only, however long the message is', () => {
    expect(last({ author: mona, body: 'x'.repeat(100_000) }, { peer })).toHaveLength(120);
  });
});
