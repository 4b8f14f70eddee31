// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest';
import { renderMarkup } from '.';
import { addressesIn, hostOf } from './links';

/** The links in a text, as [text, destination]. */
function linksOf(text: string): (readonly [string, string])[] {
  const box = document.createElement('div');
  box.innerHTML = renderMarkup(text);
  return [...box.querySelectorAll('a')].map((a) => [a.textContent, a.getAttribute('href') ?? '']);
}

const plain = 'https://example.com/foo';

describe('where an address ends', () => {
  it.each([
    '見て https://example.com/foo。次の文',
    '（https://example.com/foo）です',
    '「https://example.com/foo」です',
    'https://example.com/foo，然后',
    '链接：https://example.com/foo、和',
    'https://example.com/foo؟ نعم',
    'https://example.com/foo، ثم',
    'देखें https://example.com/foo।',
    'https://example.com/foo։',
    'https://example.com/foo።',
    '“https://example.com/foo”',
    '«https://example.com/foo»',
    '‘https://example.com/foo’',
    'https://example.com/foo’s page',
    'https://example.com/foo… and',
    'https://example.com/foo—and',
    'https://example.com/foo\u3000次',
    'https://example.com/foo｜次',
    'https://example.com/foo👍',
    '\u202ehttps://example.com/foo\u202c x',
    'https://example.com/foo\u200b次',
    '<https://example.com/foo>',
    '(https://example.com/foo)',
    '(https://example.com/foo)です',
    '[https://example.com/foo]',
    "'https://example.com/foo'는",
    '"https://example.com/foo"는',
    'See https://example.com/foo.',
    'See https://example.com/foo!',
    '**https://example.com/foo**',
    '_https://example.com/foo_',
    '~~https://example.com/foo~~',
  ])('%s', (text) => {
    expect(linksOf(text)).toEqual([[plain, plain]]);
  });

  it.each([
    'https://en.wikipedia.org/wiki/Foo_(bar)',
    'https://example.com/a_b_c/__init__.py',
    'https://example.com/*/x?y=*z',
    'https://ja.wikipedia.org/wiki/キノの旅・アニメ',
    'https://he.wikipedia.org/wiki/צה״ל',
    'https://example.com/?q=日本&x=1#者',
    'https://münchen.de/straße',
    'http://пример.рф/путь',
    'https://例え.テスト/道',
    'https://παράδειγμα.δοκιμή',
    'https://xn--r8jz45g.xn--zckzah/',
    'http://localhost:3000',
    'http://server/x',
    'http://192.0.2.1:8080/',
    'http://[2001:db8::1]:8080/x',
    'HTTPS://EXAMPLE.COM/',
    'https://my_host.example/',
  ])('%s as a whole', (address) => {
    expect(linksOf(`see ${address} now`)).toEqual([[address, address]]);
  });

  it('goes on to the next one', () => {
    expect(linksOf('https://a.example/x,https://b.example/y')).toEqual([
      ['https://a.example/x', 'https://a.example/x'],
      ['https://b.example/y', 'https://b.example/y'],
    ]);
  });

  it.each([
    ['www.münchen.de!', 'www.münchen.de', 'http://www.münchen.de'],
    ['見てwww.example.org、', 'www.example.org', 'http://www.example.org'],
    ['https://example.com谢谢', 'https://example.com', 'https://example.com'],
    ['mona@example.org.', 'mona@example.org', 'mailto:mona@example.org'],
    ['联系foo+bar@example.com谢谢', 'foo+bar@example.com', 'mailto:foo+bar@example.com'],
    ['mona@münchen.de, x', 'mona@münchen.de', 'mailto:mona@münchen.de'],
  ])('%s', (text, words, href) => {
    expect(linksOf(text)).toEqual([[words, href]]);
  });

  it.each([
    'http://',
    'https:// x',
    'www.',
    'awww.example.org',
    '@mona hi',
    'git@example.org:tools/chat',
    'a@b',
    'javascript:alert(1)',
    'https://user:word@example.org/',
    '`https://example.org`',
  ])('%s is none', (text) => {
    expect(linksOf(text)).toEqual([]);
  });
});

describe('links under words of their own', () => {
  it('show where they lead', () => {
    expect(renderMarkup('[the *docs*](https://example.org/a_b "Manual")')).toBe(
      '<a href="https://example.org/a_b" title="Manual · https://example.org/a_b" target="_blank" ' +
        'rel="noopener nofollow">the <em>docs</em></a>',
    );
  });

  it.each([
    ['[README.md](https://example.org/x)', 'https://example.org/x'],
    ['[www.example.org](https://example.org/x)', 'https://example.org/x'],
    ['[mail](mailto:mona@example.org)', 'mailto:mona@example.org'],
    ['[x](www.example.org)', 'http://www.example.org'],
  ])('%s', (text, href) => {
    expect(linksOf(text).map(([, to]) => to)).toEqual([href]);
  });

  it.each([
    '[https://bank.example](https://evil.example)',
    '[bank.com](https://evil.example)',
    '[mona@bank.example](https://evil.example)',
    '[x](javascript:alert)',
    '[x](//evil.example)',
    '[x](/home/1)',
    '[x](https://bank.example@evil.example)',
    '[ ](https://evil.example)',
    'array[0](x)',
  ])('%s is shown as it is written', (text) => {
    const box = document.createElement('div');
    box.innerHTML = renderMarkup(text);
    expect(box.textContent).toBe(text);
    expect([...box.querySelectorAll('a')].filter((a) => a.textContent !== a.title)).toEqual([
      ...box.querySelectorAll('a'),
    ]);
  });
});

describe('the time that addresses take', () => {
  /** How many units are passed to the browser's address parser. */
  function unitsRead(text: string): number {
    const read = vi.spyOn(URL, 'canParse');
    addressesIn(text);
    return read.mock.calls.reduce((sum, [href]) => sum + String(href).length, 0);
  }

  it.each(['[http://', '(https://a', 'http://[', 'www.a:b', 'http://a.example/(www.'])(
    'is linear: %s, again and again',
    (piece) => {
      for (const count of [20, 2_000]) {
        const text = piece.repeat(count);
        expect(unitsRead(text)).toBeLessThanOrEqual(3 * (text.length + 'http://'.length * count));
      }
    },
  );

  it.each(['.', '(', 'a', '/', 'é'])('is linear: beginnings before many of %s', (rest) => {
    for (const count of [500, 20_000]) {
      const text = `${'[http://'.repeat(60)}${rest.repeat(count)}`;
      const read = vi.spyOn(String, 'fromCodePoint');
      read.mockClear();
      addressesIn(text);
      expect(read.mock.calls.length).toBeGreaterThan(60);
      expect(read.mock.calls.length).toBeLessThanOrEqual(3 * text.length);
    }
  });

  it('is not spent on hosts that are longer than any is', () => {
    const host = (labels: number) => `${'a'.repeat(63)}.`.repeat(labels);
    expect(addressesIn(`http://${host(3)}example`).size).toBe(1);
    for (const begin of ['http://', 'https://', 'www.'])
      for (const end of ['example', 'example/page', '...', 'ä'])
        expect(addressesIn(`${begin}${host(5)}${end}`).size, begin + end).toBe(0);
    expect(hostOf(`http://${host(5)}example`)).toBeUndefined();
    expect(unitsRead(`http://${host(400)}example`)).toBe(0);
  });

  it('leaves enough for an address within what is none', () => {
    const text = 'https://[https://example.org and (http://]www.example.net';
    expect([...addressesIn(text).values()].map(({ href }) => href)).toEqual([
      'https://example.org',
      'http://www.example.net',
    ]);
  });
});
