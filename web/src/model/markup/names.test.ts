// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { renderMarkup } from '.';

const named = (...texts: string[]) => ({ mentions: texts.map((text, user) => ({ user, text })) });

describe('names of people who are mentioned', () => {
  it.each([
    ['hello @ann!', ['@ann'], ['@ann']],
    ['@ann and @anna', ['@ann'], ['@ann']],
    ['@ann, @anna', ['@ann', '@anna'], ['@ann', '@anna']],
    ['ask @bob.k.', ['@bob.k'], ['@bob.k']],
    ['**@ann** and *@李雷*', ['@ann', '@李雷'], ['@ann', '@李雷']],
    ['- @ann\n> @ann', ['@ann'], ['@ann', '@ann']],
    ['`@ann` @ann', ['@ann'], ['@ann']],
    ['```\n@ann\n```', ['@ann'], []],
    ['me@ann.example and x/@ann', ['@ann'], []],
    ['@nobody', ['@ann'], []],
    ['@a+b', ['@a'], ['@a']],
  ])('stand out in %s', (text, texts, want) => {
    const box = document.createElement('div');
    box.innerHTML = renderMarkup(text, named(...texts));
    expect([...box.querySelectorAll('.mention')].map((it) => it.textContent)).toEqual(want);
  });

  it('do not stand out if nobody is mentioned, and are escaped', () => {
    expect(renderMarkup('@ann *x*')).toBe('@ann <em>x</em>');
    expect(renderMarkup('@ann <b>', named('@ann'))).toBe(
      '<span class="mention">@ann</span> &lt;b&gt;',
    );
  });

  it('include everyone in the room', () => {
    expect(renderMarkup('@Room @rooms', { mentionsRoom: true })).toBe(
      '<span class="mention">@Room</span> @rooms',
    );
  });
});
