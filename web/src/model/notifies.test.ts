import { describe, expect, it } from 'vitest';
import examples from '../testing/notifies.json?raw';
import { aUser } from '../testing/fakes';
import { ada, message, mona, subscription } from '../testing/messages';
import { minuteOf, notifies, timeOf } from './notifies';
import type { Level, Message, QuietHours } from './wire';

interface Case {
  what: string;
  message?: Partial<Message> & { mine?: boolean; mentions?: boolean };
  level?: Level;
  default?: Level;
  direct?: boolean;
  follows?: boolean;
  quiet?: QuietHours;
  at?: string;
  notifies: boolean;
}

// The server decides the same cases, in internal/chat/level_test.go.
const cases = JSON.parse(examples) as Case[];

describe('what notifies me', () => {
  it.each(cases)('$what: $notifies', (example) => {
    const { mine, mentions, ...change } = example.message ?? {};
    const arrived = message(9, { author: mine ? ada : mona, ...change } as Partial<Message>);
    if (mentions) arrived.mentions = [{ user: ada.id, text: '@ada' }];
    const { membership } = subscription();
    const room = subscription({
      membership: { ...membership, level: example.level ?? '' },
      ...(example.direct && { peer: aUser(mona.id, 'mona') }),
    });
    const settings = {
      level: example.default ?? 'mentions',
      ...(example.quiet && { quiet: example.quiet }),
    } as const;
    const recipient = { me: ada.id, room, settings, follows: example.follows ?? false };
    expect(notifies(arrived, recipient, new Date(example.at ?? 0))).toBe(example.notifies);
  });
});

describe('a time of the day', () => {
  it.each([
    [0, '00:00'],
    [425, '07:05'],
    [1439, '23:59'],
  ])('of minute %i is %s', (minute, time) => {
    expect(timeOf(minute)).toBe(time);
    expect(minuteOf(time)).toBe(minute);
  });

  it('is unknown while the field is empty', () => {
    expect(minuteOf('')).toBeUndefined();
  });
});
