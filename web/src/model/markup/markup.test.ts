// @vitest-environment jsdom
// The sanitiser needs an exact HTML parser, which the other environment lacks.
import { describe, expect, it } from 'vitest';
import { renderMarkup } from '.';

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
      'so:<pre dir="ltr"><code>let a = 1 &lt; 2;\n**no**</code></pre>end',
    ],
    ['a fence that is not closed', '```\na\nb', '<pre dir="ltr"><code>a\nb</code></pre>'],
    [
      'two blocks',
      '```\na\n```\n```\nb\n```',
      '<pre dir="ltr"><code>a</code></pre><pre dir="ltr"><code>b</code></pre>',
    ],
    ['crossed out', 'at ~~nine~~ ten', 'at <s>nine</s> ten'],
    ['italic between underscores', '_really_ now', '<em>really</em> now'],
    ['one in the other', '**a *b* ~~c~~**', '<strong>a <em>b</em> <s>c</s></strong>'],
    [
      'a list',
      'buy:\n- bread\n- *milk*\nThanks',
      'buy:<ul dir="auto"><li dir="auto">bread</li><li dir="auto"><em>milk</em></li></ul>Thanks',
    ],
    [
      'a numbered list from its number on',
      '3. c\n4. d',
      '<ol dir="auto" start="3"><li dir="auto">c</li><li dir="auto">d</li></ol>',
    ],
    [
      'numbers with brackets',
      '1) a',
      '<ol dir="auto" start="1" class="bracketed"><li dir="auto">a</li></ol>',
    ],
    [
      'a list in a list, and a line that belongs to an item',
      '- a\n  - b\n  more of a',
      '<ul dir="auto"><li dir="auto">a<ul dir="auto"><li dir="auto">b</li></ul>more of a</li></ul>',
    ],
    [
      'a quote, and the answer below it',
      '> at *nine*?\n> or ten\nNine.',
      '<blockquote dir="auto">at <em>nine</em>?\nor ten</blockquote>Nine.',
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
    ['a rule', '---\n*y*', '---\n<em>y</em>'],
    ['a table', '|a|\n|-|\n|*y*|', '|a|\n|-|\n|<em>y</em>|'],
    ['an image', '![y](https://a.example/x.png)', undefined],
    ['underscores in names', '__init__ and a_b_c *y*', '__init__ and a_b_c <em>y</em>'],
    ['a backslash', '¯\\_(ツ)_/¯ *y*', '¯\\_(ツ)_/¯ <em>y</em>'],
    ['a tilde that draws a word out', '안녕~~ 반가워~~ *y*', '안녕~~ 반가워~~ <em>y</em>'],
    ['a face', '>:( and >_< *y*', '&gt;:( and &gt;_&lt; <em>y</em>'],
    ['a prompt', '>>> x = *y*', '&gt;&gt;&gt; x = <em>y</em>'],
    ['a sum on lines', '12\n- 30\n+ 4', '12\n- 30\n+ 4'],
    ['a line of a crontab', '* * * * * true', '* * * * * true'],
    ['a year', '1986. *y*', '1986. <em>y</em>'],
    ['stars alone', '2 * 3 * 4', '2 * 3 * 4'],
    ['indentation', '    x\n  *y*', '    x\n  <em>y</em>'],
  ])('%s', (_name, text, want) => {
    const html = renderMarkup(text);
    if (want !== undefined) expect(html).toBe(want);
    expect(textOf(html)).toBe(want === undefined ? text : textOf(want));
    expect(html).not.toMatch(/<(?!\/?(?:a|em|strong|code|pre)\b)/);
  });
});

const elements = ['A', 'BLOCKQUOTE', 'CODE', 'EM', 'LI', 'OL', 'PRE', 'S', 'STRONG', 'UL'];
const attributes = ['class', 'dir', 'href', 'rel', 'start', 'target', 'title'];

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
    '[x](https://example.org \'"onmouseover="alert(1)\')',
    '[x](mailto:a@b"onmouseover="alert(1))',
    '[x](JavaScript:alert(1)//https://example.org)',
    '[x](java\tscript:alert(1))',
    '> <script>alert(1)</script>\n- <img src=x onerror=alert(1)> x',
    '[<img src=x onerror=alert(1)>](https://example.org)',
    'a"onmouseover=alert(1)@example.org *x*',
  ])('%s', (text) => {
    const box = document.createElement('div');
    box.innerHTML = renderMarkup(text);
    for (const element of box.querySelectorAll('*')) {
      expect(elements).toContain(element.tagName);
      const names = element.getAttributeNames();
      expect(names.filter((name) => !attributes.includes(name))).toEqual([]);
      if (element.tagName === 'A') {
        expect(element.getAttribute('href')).toMatch(/^(?:https?:\/\/|mailto:)/);
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
