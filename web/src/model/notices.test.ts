import { describe, expect, it } from 'vitest';
import { ada, message, messages, mona, subscription } from '../testing/messages';
import { noticeWords, welcomeTo, withWelcome } from './notices';
import { RowBuilder } from './rows';
import type { Message, NoticeKind } from './wire';

const jun = { id: 13, username: 'Jun', kind: 'member' as const };
const pau = { id: 14, username: 'Pau', kind: 'guest' as const };
const me = ada.id;

let seq = 0;
function notice(author: Message['author'], kind: NoticeKind): Message {
  return message((seq += 1), {
    author,
    kind: 'notice',
    body: kind,
    notice: { kind, user: author },
  });
}

it.each([
  ['one who comes', [notice(jun, 'joined')], 'Jun joined'],
  ['two', [notice(jun, 'joined'), notice(mona, 'joined')], 'Jun and Mona joined'],
  [
    'many',
    [notice(jun, 'joined'), notice(mona, 'joined'), notice(pau, 'joined')],
    'Jun and 2 others joined',
  ],
  [
    'some who come and some who go',
    [notice(jun, 'joined'), notice(mona, 'left')],
    'Jun joined · Mona left',
  ],
  ['one who goes again', [notice(jun, 'joined'), notice(jun, 'left')], 'Jun left'],
  ['the reader', [notice(ada, 'joined')], 'Welcome, Ada! You have joined this room.'],
  ['one who is put out', [notice(jun, 'removed')], 'Jun was removed'],
  ['two who are', [notice(jun, 'removed'), notice(mona, 'removed')], 'Jun and Mona were removed'],
  ['the reader, who was put out', [notice(ada, 'removed')], 'You were removed'],
  [
    'one who is put out and comes back while another goes',
    [notice(jun, 'removed'), notice(mona, 'left'), notice(jun, 'joined')],
    'Jun joined · Mona left',
  ],
  [
    'some who go and some who are put out',
    [notice(mona, 'left'), notice(jun, 'removed')],
    'Mona left · Jun was removed',
  ],
  ['the reader, who has left', [notice(ada, 'left'), notice(jun, 'left')], 'You and Jun left'],
])('%s', (_, run, words) => {
  expect(noticeWords(run, me)).toBe(words);
});

describe('the welcome to a room without notices', () => {
  const [first, second, third] = messages(1, 3) as [Message, Message, Message];
  const joinedAt = '2026-11-20T09:02:30Z'; // between the second and the third
  const welcome = welcomeTo(subscription(), joinedAt, ada);
  const seqs = (list: readonly Message[]) => list.map((each) => each.seq);

  it('stands where its time is', () => {
    expect(seqs(withWelcome([first, second, third], welcome, false))).toEqual([1, 2, 0, 3]);
    expect(seqs(withWelcome([third], welcome, false))).toEqual([0, 3]);
    expect(seqs(withWelcome([first, second], welcome, false))).toEqual([1, 2, 0]);
  });

  it.each([
    ['before its place has been loaded', [third], true],
    [
      'beside the server’s own',
      [first, { ...notice(ada, 'joined'), createdAt: third.createdAt }],
      false,
    ],
    [
      'beside the server’s own of the same moment',
      [first, { ...notice(ada, 'joined'), createdAt: joinedAt }, third],
      false,
    ],
    [
      'beside the server’s own of a moment later, however that is written',
      [first, { ...notice(ada, 'joined'), createdAt: joinedAt.replace('Z', '.004Z') }],
      false,
    ],
    ['in an empty room', [], false],
  ])('is not shown %s', (_, list, moreBefore) => {
    expect(withWelcome(list, welcome, moreBefore)).toBe(list);
  });

  it('is shown again after rejoining, whatever an old notice says', () => {
    const old = { ...notice(ada, 'joined'), seq: 1, createdAt: first.createdAt };
    expect(seqs(withWelcome([old, second, third], welcome, false))).toEqual([1, 2, 0, 3]);
  });

  it.each([
    ['a conversation', subscription({ kind: 'direct' })],
    ['a room of one’s own making', subscription({ createdAt: joinedAt })],
  ])('is not for %s', (_, room) => {
    expect(welcomeTo(room, joinedAt, ada)).toBeUndefined();
  });

  it('is one quiet line, which is not new and keeps the day lines', () => {
    const rows = new RowBuilder(ada).build({
      messages: withWelcome([first, second, third], welcome, false),
      pending: [],
      moreBefore: false,
      newAfter: 1,
    });
    expect(rows.map((row) => row.notice)).toEqual([
      undefined,
      undefined,
      'Welcome, Ada! You have joined this room.',
      undefined,
    ]);
    expect(rows.map((row) => row.isFirstNew)).toEqual([false, true, false, false]);
    expect(rows.map((row) => row.day !== undefined)).toEqual([true, false, false, false]);
  });
});
