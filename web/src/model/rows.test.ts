import { describe, expect, it } from 'vitest';
import { ada, message, mona } from '../testing/messages';
import type { OutboxEntry } from './outbox';
import { RowBuilder, type RowsInput } from './rows';
import type { Message } from './wire';

const minute = 60_000;
const noon = new Date(2026, 10, 20, 12).getTime();

/** A message this many minutes after noon, local time. */
function at(seq: number, minutes: number, author = mona) {
  return message(seq, { author, createdAt: new Date(noon + minutes * minute).toISOString() });
}

function build(input: Partial<RowsInput>) {
  const whole = { messages: [], pending: [], moreBefore: false, newAfter: undefined };
  return new RowBuilder(ada).build({ ...whole, ...input });
}

/** Shows which rows begin and end a group: "[" and "]". */
function groups(messages: RowsInput['messages']): string {
  return build({ messages })
    .map(({ seq, isFirst, isLast }) => `${isFirst ? '[' : ''}${seq}${isLast ? ']' : ''}`)
    .join(' ');
}

describe('groups', () => {
  it.each([
    ['one author within five minutes', [at(1, 0), at(2, 4), at(3, 9)], '[1 2 3]'],
    ['a pause of more than five minutes', [at(1, 0), at(2, 6)], '[1] [2]'],
    ['another author', [at(1, 0), at(2, 1, ada), at(3, 2)], '[1] [2] [3]'],
    ['midnight', [at(1, 719), at(2, 721)], '[1] [2]'],
    ['a single message', [at(1, 0)], '[1]'],
  ])('%s', (_name, given, want) => {
    expect(groups(given)).toBe(want);
  });
});

describe('lines', () => {
  it('has a day line at the first message of each local day', () => {
    const rows = build({ messages: [at(1, 0), at(2, 1), at(3, 24 * 60)] });
    expect(rows.map(({ day }) => day)).toEqual([
      new Date(2026, 10, 20).getTime(),
      undefined,
      new Date(2026, 10, 21).getTime(),
    ]);
  });

  it('marks the first new message, and starts a group there', () => {
    const rows = build({ messages: [at(1, 0), at(2, 1), at(3, 2)], newAfter: 1 });
    expect(rows.map(({ isFirstNew }) => isFirstNew)).toEqual([false, true, false]);
    expect(rows[1]?.isFirst).toBe(true);
    expect(rows[0]?.isLast).toBe(true);
  });

  it('never calls my own message new', () => {
    const rows = build({ messages: [at(1, 0), at(2, 1, ada)], newAfter: 1 });
    expect(rows.some(({ isFirstNew }) => isFirstNew)).toBe(false);
  });
});

const entry: OutboxEntry = {
  owner: ada.id,
  clientId: 'mine',
  room: 7,
  body: 'hello',
  createdAt: new Date(noon + 3 * minute).toISOString(),
  state: 'sending',
};

describe('pending messages', () => {
  it('stand after all others', () => {
    const rows = build({ messages: [at(1, 0)], pending: [entry] });
    expect(rows.map(({ delivery }) => delivery)).toEqual(['sent', 'sending']);
    expect(rows[1]).toMatchObject({ isOwn: true, author: ada, body: 'hello', seq: undefined });
  });

  it('become stored messages with the same key', () => {
    const builder = new RowBuilder(ada);
    const input = { moreBefore: false, newAfter: undefined };
    const before = builder.build({ ...input, messages: [], pending: [entry] });
    const stored = message(1, { clientId: 'mine', author: ada });
    const after = builder.build({ ...input, messages: [stored], pending: [] });
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
  });

  it('are not shown twice when the event comes before the acknowledgement', () => {
    const stored = message(1, { clientId: 'mine', author: ada });
    expect(build({ messages: [stored], pending: [entry] })).toHaveLength(1);
  });

  it('are not confused with another author’s message with the same clientId', () => {
    const other = message(1, { clientId: 'mine', author: mona });
    const rows = build({ messages: [other], pending: [entry] });
    expect(new Set(rows.map(({ key }) => key)).size).toBe(2);
  });
});

describe('older pages', () => {
  it('do not change the rows on screen', () => {
    const builder = new RowBuilder(ada);
    const all = [at(1, 0), at(2, 1), at(3, 2), at(4, 3), at(5, 4)];
    const input = { pending: [], newAfter: undefined };
    const before = builder.build({ ...input, messages: all.slice(2), moreBefore: true });
    const after = builder.build({ ...input, messages: all, moreBefore: false });
    expect(before.map(({ seq }) => seq)).toEqual([4, 5]);
    expect(after.slice(-2)).toEqual(before);
    expect(after[3]).toBe(before[0]);
  });
});

describe('building again', () => {
  it('rebuilds two rows when a message arrives, however many there are', () => {
    const builder = new RowBuilder(ada);
    const input = { pending: [], moreBefore: false, newAfter: undefined };
    const many = Array.from({ length: 2_000 }, (_, i) => at(i + 1, i));
    const first = builder.build({ ...input, messages: many });
    const second = builder.build({ ...input, messages: [...many, at(2_001, 2_000)] });
    expect(second.filter((row, i) => row !== first[i])).toHaveLength(2);
  });

  it('returns the same objects for unchanged rows', () => {
    const builder = new RowBuilder(ada);
    const input = { pending: [], moreBefore: false, newAfter: undefined };
    const known = [at(1, 0), at(2, 10)];
    const first = builder.build({ ...input, messages: known });
    const second = builder.build({ ...input, messages: [...known, at(3, 11)] });
    expect(second[0]).toBe(first[0]);
    expect(second[1]).toMatchObject({ isLast: false });
    expect(first[1]).toMatchObject({ isLast: true });
  });
});

describe('changed messages', () => {
  it('say that they were edited or deleted', () => {
    const edited = message(2, { rev: 4, body: 'better', editedAt: '2026-11-20T10:00:00Z' });
    const deleted = message(3, { rev: 5, body: '', deleted: true });
    const rows = build({ messages: [message(1), edited, deleted] });
    expect(rows.map(({ body, isEdited, isDeleted }) => ({ body, isEdited, isDeleted }))).toEqual([
      { body: 'message 1', isEdited: false, isDeleted: false },
      { body: 'better', isEdited: true, isDeleted: false },
      { body: '', isEdited: false, isDeleted: true },
    ]);
  });

  it('are rebuilt together with their neighbours only', () => {
    const builder = new RowBuilder(ada);
    const input = { pending: [], moreBefore: false, newAfter: undefined };
    const list = [1, 2, 3, 4, 5].map((seq) => message(seq));
    const before = builder.build({ ...input, messages: list });
    const changed = list.with(2, message(3, { rev: 6, body: 'better' }));
    const after = builder.build({ ...input, messages: changed });
    expect(after.map((row, i) => row === before[i])).toEqual([true, false, false, false, true]);
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
  });
});

describe('notices', () => {
  const jun = { id: 13, username: 'Jun', kind: 'member' as const };
  const pau = { id: 14, username: 'Pau', kind: 'guest' as const };
  const joined = (seq: number, author: Message['author']) =>
    message(seq, { author, kind: 'notice', notice: { kind: 'joined', user: author } });
  const build = (messages: Message[], newAfter?: number) =>
    new RowBuilder(ada).build({ messages, pending: [], moreBefore: false, newAfter });

  it('form one line if consecutive', () => {
    const rows = build([message(1), joined(2, jun), joined(3, pau), message(4)]);
    expect(rows.map((row) => row.notice)).toEqual([undefined, 'Jun and Pau joined', undefined]);
  });

  it('separate the messages of one author', () => {
    const rows = build([message(1), joined(2, jun), message(3)]);
    expect(rows.map((row) => row.isFirst)).toEqual([true, true, true]);
  });

  it('stand alone where they welcome the reader', () => {
    const rows = build([joined(1, jun), joined(2, ada), joined(3, pau)]);
    expect(rows.map((row) => row.notice)).toEqual([
      'Jun joined',
      'Welcome, Ada! You have joined this room.',
      'Pau joined',
    ]);
  });

  it('are never the first new message', () => {
    const rows = build([message(1), joined(2, jun), message(3)], 1);
    expect(rows.map((row) => row.isFirstNew)).toEqual([false, false, true]);
  });
});
