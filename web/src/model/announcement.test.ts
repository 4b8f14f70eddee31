import { expect, it } from 'vitest';
import { message } from '../testing/messages';
import { announcementOf } from './announcement';

it.each([
  ['nothing', [], ''],
  ['one message', [message(1)], 'Mona: message 1'],
  ['several at once', [message(1), message(2)], '2 new messages. Mona: message 2'],
])('announces %s', (_name, arrived, want) => {
  expect(announcementOf(arrived)).toBe(want);
});
