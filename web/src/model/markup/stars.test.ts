// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { renderMarkup } from '.';

describe('bold in scripts without spaces, and beside any punctuation', () => {
  it.each([
    ['**真，**她', '<strong>真，</strong>她'],
    ['含**「重点」**内容', '含<strong>「重点」</strong>内容'],
    ['**注意：**正文', '<strong>注意：</strong>正文'],
    ['**注意：**text', '<strong>注意：</strong>text'],
    ["**'강조'**는", "<strong>'강조'</strong>는"],
    ['**완료**입니다', '<strong>완료</strong>입니다'],
    ['**完了。**次へ', '<strong>完了。</strong>次へ'],
    ['これは**重要**です', 'これは<strong>重要</strong>です'],
    ['นี่คือ**สำคัญ**มาก', 'นี่คือ<strong>สำคัญ</strong>มาก'],
    ['使用**React**组件', '使用<strong>React</strong>组件'],
    ['在GitHub**上面**的', '在GitHub<strong>上面</strong>的'],
    ['你好，**世界**！', '你好，<strong>世界</strong>！'],
    ['**«Да»**, сказал', '<strong>«Да»</strong>, сказал'],
    ['**مهم:** نص', '<strong>مهم:</strong> نص'],
    ['👍**x**👍', '👍<strong>x</strong>👍'],
    ['**Note:**text', '<strong>Note:</strong>text'],
    ['**word**s', '<strong>word</strong>s'],
    ['and/**or**', 'and/<strong>or</strong>'],
    [
      '**/help** and **.env** and **-5**',
      '<strong>/help</strong> and <strong>.env</strong> and <strong>-5</strong>',
    ],
    ['*真，*她', '<em>真，</em>她'],
    ['含*「重点」*内容', '含<em>「重点」</em>内容'],
  ])('%s', (text, want) => {
    expect(renderMarkup(text)).toBe(want);
  });
});

describe('stars that are no markup', () => {
  it.each([
    '2*3*4 = 24',
    '2 * 3 * 4 = 24',
    '2**3**2',
    'x**2 + y**2',
    '(x+1)**2 + (y+1)**2',
    '(a)*(b)*(c)',
    '长*宽*高',
    'а*б*в',
    'a*b*c',
    'every 13 * * *:* -a',
    'Mon *-*-1..7 *:0:0',
    '0 */2 * * 1-5 true',
    'copy ~/*/x/* there',
    'src/**/*.ts and lib/**/*.js',
    '*.js,*.ts',
    '*foo*.js',
    'f(*args, **kwargs) and g(*a,*b)',
    '{**a, **b}',
    'char *argv, **envp;',
    '/* a comment */',
    '*',
    '****',
    'h*ll and f*** and s***',
    '*** spoiler ***',
    'price* and total*',
  ])('%s', (text) => {
    const box = document.createElement('div');
    box.innerHTML = renderMarkup(text);
    expect(box.textContent).toBe(text);
    expect(box.children).toHaveLength(0);
  });
});

describe('underscores and tildes', () => {
  it.each([
    ['_under_', '<em>under</em>'],
    ['(_under_).', '(<em>under</em>).'],
    ['_真_', '<em>真</em>'],
    ['真_重_点', '真_重_点'],
    ['snake_case_name and _id', 'snake_case_name and _id'],
    ['__init__', '__init__'],
    ['_(a) and _(b)', '_(a) and _(b)'],
    ['/_next/static_/x', '/_next/static_/x'],
    ['~~gone~~.', '<s>gone</s>.'],
    ['~~삭제~~된', '<s>삭제</s>된'],
    ['안녕~~반가워~~', '안녕~~반가워~~'],
    ['~/bin and ~5', '~/bin and ~5'],
  ])('%s', (text, want) => {
    expect(renderMarkup(text)).toBe(want);
  });
});
