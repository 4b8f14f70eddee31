import { describe, expect, it } from 'vitest';
import { message } from '../testing/messages';
import { aUser } from '../testing/fakes';
import { choicesFor, mentionsEveryone, namingAt } from './mentioning';

describe('a name being typed', () => {
  it.each([
    ['@', ''],
    ['@an', 'an'],
    ['hello @bob.k', 'bob.k'],
    ['(@an', 'an'],
    ['你好@李', '李'],
  ])('is found in %s', (text, name) => {
    expect(namingAt(text, text.length)).toEqual({
      start: text.length - name.length - 1,
      end: text.length,
      name,
    });
  });

  it.each(['ann', 'me@an', 'x.y/@an', '@@an', '@an ', '@an!', '``` @an'])(
    'is not found in %s',
    (text) => {
      expect(namingAt(text, text.length)).toBeUndefined();
    },
  );
});

describe('everyone in the room', () => {
  it.each([
    ['@room', true],
    ['Hello, @Room!', true],
    ['@room.', true],
    ['@rooms', false],
    ['@room.k', false],
    ['`@room`', false],
    ['`a` @room', true],
    ['a@room', false],
  ])('is mentioned in %s: %s', (text, is) => {
    expect(mentionsEveryone(text)).toBe(is);
  });
});

describe('the choices for a name', () => {
  const people = ['Zoë', 'ann', 'bob.zimmer', 'zack', 'me'].map((name, id) => aUser(id + 1, name));
  const messages = [4, 2, 1].map((author, index) =>
    message(index + 1, { author: { id: author, username: '', kind: 'member' } }),
  );
  const company = { people, messages, me: 5, mayMentionRoom: false };
  const names = (name: string, more = {}, limit = 7) =>
    choicesFor(name, { ...company, ...more }, limit).map((choice) => choice.name);

  it('are the room’s people, those who spoke last first, without me', () => {
    expect(names('')).toEqual(['Zoë', 'ann', 'zack', 'bob.zimmer']);
  });

  it('begin with the typed letters, or have a later part that does, whatever the accents', () => {
    expect(names('zo')).toEqual(['Zoë']);
    expect(names('z')).toEqual(['Zoë', 'zack', 'bob.zimmer']);
    expect(names('immer')).toEqual([]);
  });

  it('have everyone at the end, for those who may', () => {
    expect(names('ro')).toEqual([]);
    expect(names('ro', { mayMentionRoom: true })).toEqual(['room']);
    expect(names('', { mayMentionRoom: true }, 3)).toEqual(['Zoë', 'ann', 'room']);
  });
});
