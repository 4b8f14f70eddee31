import { describe, expect, it } from 'vitest';
import { passwordProblem, roomNameProblem, topicProblem, usernameProblem } from './rules';

const limits = {
  usernameMax: 32,
  passwordMin: 8,
  passwordMax: 256,
  roomName: 64,
  topic: 256,
  message: 8_000,
};

describe('usernameProblem', () => {
  it.each(['mo', 'Mona.Okafor', 'jun_takeda-2', 'Žofie', 'e\u0301lan', '李明', '𝒜'.repeat(32)])(
    'accepts %s',
    (name) => {
      expect(usernameProblem(name, limits)).toBe('');
    },
  );

  it.each([
    ['', /Choose/],
    ['m', /at least 2/],
    ['a'.repeat(33), /at most 32/],
    ['mona okafor', /letters, digits/],
    ['<b>', /letters, digits/],
    ['mona🎉', /letters, digits/],
  ])('refuses “%s”', (name, want) => {
    expect(usernameProblem(name, limits)).toMatch(want);
  });
});

describe('passwordProblem', () => {
  it.each(['12345678', 'correct horse', '🎉'.repeat(8), 'x'.repeat(256)])(
    'accepts %s',
    (password) => {
      expect(passwordProblem(password, limits)).toBe('');
    },
  );

  it.each([
    ['', /Choose/],
    ['1234567', /at least 8/],
    ['🎉'.repeat(7), /at least 8/],
    ['x'.repeat(257), /at most 256/],
  ])('refuses “%s”', (password, want) => {
    expect(passwordProblem(password, limits)).toMatch(want);
  });
});

describe('the rules of rooms', () => {
  it('require a name that is not only white space', () => {
    expect(roomNameProblem('  ', limits)).toMatch(/name/);
    expect(roomNameProblem(' weekend trip ', limits)).toBe('');
  });

  it('limit name and topic in characters', () => {
    expect(roomNameProblem('x'.repeat(64), limits)).toBe('');
    expect(roomNameProblem('x'.repeat(65), limits)).toMatch(/at most 64/);
    expect(topicProblem('', limits)).toBe('');
    expect(topicProblem('x'.repeat(256), limits)).toBe('');
    expect(topicProblem('x'.repeat(257), limits)).toMatch(/at most 256/);
  });
});
