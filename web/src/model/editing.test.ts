import { describe, expect, it } from 'vitest';
import { ada, message, mona } from '../testing/messages';
import { lastEditable, mayEdit } from './editing';

describe('editing', () => {
  it.each([
    ['my own text', message(1, { author: ada }), true],
    ['the text of somebody else', message(1, { author: mona }), false],
    ['what I have deleted', message(1, { author: ada, body: '', deleted: true }), false],
    ['a notice about me', message(1, { author: ada, kind: 'notice', body: '' }), false],
    ['where I was', message(1, { author: ada, kind: 'location' }), false],
  ])('%s: %s', (_name, given, want) => {
    expect(mayEdit(given, ada.id)).toBe(want);
  });

  it('begins with my last text, whatever came after it', () => {
    const messages = [
      message(1, { author: ada }),
      message(2, { author: ada }),
      message(3, { author: ada, deleted: true }),
      message(4),
    ];
    expect(lastEditable(messages, ada.id)?.seq).toBe(2);
    expect(lastEditable(messages.slice(3), ada.id)).toBeUndefined();
  });
});
