import { expect, it } from 'vitest';
import { message } from '../testing/messages';
import { announcementOf } from './announcement';

it.each([
  ['nothing', [], ''],
  ['one message', [message(1)], 'Mona: message 1'],
  ['several at once', [message(1), message(2)], '2 new messages. Mona: message 2'],
  [
    'a name from right to left',
    [{ ...message(1), author: { ...message(1).author, username: 'דנה' } }],
    '\u2068דנה\u2069: message 1',
  ],
])('announces %s', (_name, arrived, want) => {
  expect(announcementOf(arrived)).toBe(want);
});
