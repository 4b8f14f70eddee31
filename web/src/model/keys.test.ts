import { describe, expect, it } from 'vitest';
import { isLetter, isSearchShortcut, isTaken, keyOf } from './keys';

/** A key event as browsers report it; the constructor does not accept `keyCode`. */
function key(init: KeyboardEventInit, keyCode = 0): KeyboardEvent {
  const event = new KeyboardEvent('keydown', init);
  Object.defineProperty(event, 'keyCode', { value: keyCode });
  return event;
}

describe('keyOf', () => {
  it('gives the key', () => {
    expect(keyOf(key({ key: 'Enter' }, 13))).toBe('Enter');
  });

  it.each([
    ['while it composes', { key: 'Enter', isComposing: true }, 13],
    ['as Chrome says it', { key: 'Process', isComposing: true }, 229],
    ['as Safari says it, after the composition', { key: 'Enter', isComposing: false }, 229],
  ])('gives nothing that an input method has taken, %s', (_name, init, keyCode) => {
    expect(keyOf(key(init, keyCode))).toBe('');
  });
});

it('isTaken tells of that key, and of no other', () => {
  expect(isTaken(key({ key: 'Escape' }, 229), 'Escape')).toBe(true);
  expect(isTaken(key({ key: 'Escape' }, 27), 'Escape')).toBe(false);
  expect(isTaken(key({ key: 'a' }, 229), 'Escape')).toBe(false);
});

describe('isLetter', () => {
  it.each([
    ['US', 'k', 'KeyK', true],
    ['US, shifted', 'K', 'KeyK', true],
    ['Dvorak, by its letter', 'k', 'KeyV', true],
    ['Dvorak, another letter at that place', 't', 'KeyK', false],
    ['Russian', 'л', 'KeyK', true],
    ['Greek', 'κ', 'KeyK', true],
    ['Hebrew', 'ל', 'KeyK', true],
    ['Arabic', 'ن', 'KeyK', true],
    ['Russian, another place', 'к', 'KeyR', false],
    ['a key without a letter', 'Enter', 'Enter', false],
  ])('%s', (_layout, name, code, want) => {
    expect(isLetter(key({ key: name, code }), 'k')).toBe(want);
  });

  it('is none that an input method has taken', () => {
    expect(isLetter(key({ key: 'k', code: 'KeyK' }, 229), 'k')).toBe(false);
  });
});

describe('isSearchShortcut', () => {
  it.each([
    ['Ctrl K', { ctrlKey: true }, true],
    ['K alone', {}, false],
    ['Ctrl Shift K', { ctrlKey: true, shiftKey: true }, false],
    ['Ctrl Alt K', { ctrlKey: true, altKey: true }, false],
    ["Apple's key on another computer", { metaKey: true }, false],
  ])('%s', (_name, modifiers, want) => {
    expect(isSearchShortcut(key({ key: 'k', code: 'KeyK', ...modifiers }))).toBe(want);
  });
});
