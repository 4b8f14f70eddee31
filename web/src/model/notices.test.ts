import { expect, it } from 'vitest';
import { ada, message, mona } from '../testing/messages';
import { noticeWords } from './notices';
import type { Message } from './wire';

const jun = { id: 13, username: 'Jun', kind: 'member' as const };
const pau = { id: 14, username: 'Pau', kind: 'guest' as const };
const me = ada.id;

let seq = 0;
function notice(author: Message['author'], kind: 'joined' | 'left'): Message {
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
  ['the reader', [notice(ada, 'joined')], 'Welcome! You have joined this room.'],
  ['the reader, who has left', [notice(ada, 'left'), notice(jun, 'left')], 'You and Jun left'],
])('%s', (_, run, words) => {
  expect(noticeWords(run, me)).toBe(words);
});
