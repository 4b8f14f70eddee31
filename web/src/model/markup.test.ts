// @vitest-environment jsdom
// The sanitiser needs a parser that is exact, and the other environment's is not.
import { describe, expect, it } from 'vitest';
import { renderMarkup } from './markup';

const link = (href: string, text = href) =>
  `<a href="${href}" target="_blank" rel="noopener nofollow">${text}</a>`;

describe('what is rendered', () => {
  it.each([
    ['bold', 'bring **two** blankets', 'bring <strong>two</strong> blankets'],
    ['italic', 'really *now*', 'really <em>now</em>'],
    ['code', 'run `make run`', 'run <code>make run</code>'],
    ['nothing inside code', '`**no** <b>`', '<code>**no** &lt;b&gt;</code>'],
    ['a link', 'see https://example.org/a?b=1 now', `see ${link('https://example.org/a?b=1')} now`],
    [
      'a link without its scheme',
      'www.example.org',
      link('http://www.example.org', 'www.example.org'),
    ],
    [
      'a link at the end of a sentence',
      'Go to https://example.org.',
      `Go to ${link('https://example.org')}.`,
    ],
    ['line breaks', '**a**\nb\n\nc', '<strong>a</strong>\nb\n\nc'],
    [
      'a fenced block',
      'so:\n```js\nlet a = 1 < 2;\n**no**\n```\nend',
      'so:<pre><code>let a = 1 &lt; 2;\n**no**</code></pre>end',
    ],
    ['a fence that is not closed', '```\na\nb', '<pre><code>a\nb</code></pre>'],
    [
      'two blocks',
      '```\na\n```\n```\nb\n```',
      '<pre><code>a</code></pre><pre><code>b</code></pre>',
    ],
  ])('%s', (_name, text, want) => {
    expect(renderMarkup(text)).toBe(want);
  });
});

describe('what stays text', () => {
  it.each([
    ['an element', '<b>x</b> *y*', '&lt;b&gt;x&lt;/b&gt; <em>y</em>'],
    ['an entity', '&amp; *y*', '&amp;amp; <em>y</em>'],
    ['a heading', '# *y*', '# <em>y</em>'],
    ['a list', '- *y*', '- <em>y</em>'],
    ['a quotation', '> *y*', '&gt; <em>y</em>'],
    ['a rule', '---\n*y*', '---\n<em>y</em>'],
    ['a table', '|a|\n|-|\n|*y*|', '|a|\n|-|\n|<em>y</em>|'],
    ['an image', '![*y*](https://a.example/x.png)', undefined],
    ['a link under other words', '[bank](https://evil.example)', undefined],
    ['underscores', '__init__ and _x_ *y*', '__init__ and _x_ <em>y</em>'],
    ['a backslash', '¯\\_(ツ)_/¯ *y*', '¯\\_(ツ)_/¯ <em>y</em>'],
    ['crossed out', '~~x~~ *y*', '~~x~~ <em>y</em>'],
    ['an address of mail', 'mona@example.org *y*', 'mona@example.org <em>y</em>'],
    ['stars alone', '2 * 3 * 4', '2 * 3 * 4'],
    ['indentation', '    x\n  *y*', '    x\n  <em>y</em>'],
  ])('%s', (_name, text, want) => {
    const html = renderMarkup(text);
    if (want !== undefined) expect(html).toBe(want);
    expect(textOf(html)).toBe(want === undefined ? text : textOf(want));
    expect(html).not.toMatch(/<(?!\/?(?:a|em|strong|code|pre)\b)/);
  });
});

describe('attempts to smuggle something in', () => {
  it.each([
    '<script>alert(1)</script> *x*',
    '<img src=x onerror=alert(1)> *x*',
    '[x](javascript:alert(1)) *x*',
    '<javascript:alert(1)> *x*',
    'javascript:alert(1) *x*',
    'data:text/html,<script>alert(1)</script> *x*',
    '[x]: javascript:alert(1)\n[x] *y*',
    '**<svg/onload=alert(1)>**',
    '`</code><script>alert(1)</script>`',
    '```\n</code></pre><script>alert(1)</script>\n```',
    '```"><img src=x onerror=alert(1)>\nx\n```',
    'https://example.org/"onmouseover="alert(1) *x*',
    "https://example.org/'onmouseover='alert(1) *x*",
    'https://example.org/<script>alert(1)</script>',
    'https://example.org/?a=&quot;onclick=alert(1)',
    '*<a href="javascript:alert(1)">x</a>*',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)> *x*',
    '**[x](data:text/html;base64,PHNjcmlwdD4=)**',
  ])('%s', (text) => {
    const box = document.createElement('div');
    box.innerHTML = renderMarkup(text);
    for (const element of box.querySelectorAll('*')) {
      expect(['A', 'CODE', 'EM', 'PRE', 'STRONG']).toContain(element.tagName);
      const names = element.getAttributeNames();
      expect(names.filter((name) => !['href', 'rel', 'target'].includes(name))).toEqual([]);
      if (element.tagName === 'A') {
        expect(element.getAttribute('href')).toMatch(/^https?:\/\//);
        expect(element.getAttribute('rel')).toBe('noopener nofollow');
      }
    }
  });
});

function textOf(html: string): string {
  const box = document.createElement('div');
  box.innerHTML = html;
  return box.textContent;
}
