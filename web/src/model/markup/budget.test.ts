// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { renderMarkup } from '.';
import { marksMost, unitsMost } from './budget';

function boxOf(text: string): HTMLElement {
  const box = document.createElement('div');
  box.innerHTML = renderMarkup(text);
  return box;
}

const times = (text: string, count: number) => Array<string>(count).fill(text);

describe('the budget of one message', () => {
  it('suffices for a long message', () => {
    const lines = times('- a **bold** and an *italic* word', 80).join('\n');
    const box = boxOf(lines);
    expect(box.querySelectorAll('li')).toHaveLength(80);
    expect(box.querySelectorAll('strong')).toHaveLength(80);
    expect(box.querySelectorAll('em')).toHaveLength(80);
  });

  it.each([
    ['bold words', 'very **bold** ', 'strong', 2],
    ['code', 'some `code` ', 'code', 2],
    ['crossed out words', 'so ~~gone~~ ', 's', 2],
    ['addresses', 'http://a.example ', 'a', 1],
    ['mailboxes', 'mona@example.org ', 'a', 1],
  ])('counts %s by their marks, and shows the rest as text', (_name, word, element, marks) => {
    const text = word.repeat(marksMost / marks + 50);
    const box = boxOf(text);
    expect(box.querySelectorAll(element)).toHaveLength(marksMost / marks);
    const shown = marks === 1 ? text : text.replace(/[*`~]/g, '');
    const left = word.repeat(50).trimStart();
    expect(box.textContent.endsWith(left)).toBe(true);
    expect(box.textContent.replace(/[*`~]/g, '')).toBe(shown);
  });

  it.each([
    ['list items', '- bread', 'li'],
    ['blocks of code', '```\nx\n```', 'pre'],
  ])('counts %s', (_name, line, element) => {
    const box = boxOf(times(line, marksMost + 50).join('\n'));
    expect(box.querySelectorAll(element)).toHaveLength(marksMost);
    expect(box.textContent.endsWith(times(line, 50).join('\n'))).toBe(true);
  });

  it('counts quotes', () => {
    const box = boxOf(times('> a\nb', marksMost + 50).join('\n'));
    expect(box.querySelectorAll('blockquote')).toHaveLength(marksMost);
    expect(box.textContent.endsWith(times('> a\nb', 50).join('\n'))).toBe(true);
  });

  it('counts lists, quotes and words together', () => {
    const box = boxOf(times('- **a**\n> *b*', marksMost).join('\n'));
    expect(box.querySelectorAll('*').length).toBeLessThanOrEqual(2 * marksMost);
    expect(box.querySelectorAll('li').length).toBeLessThan(marksMost);
  });

  it('spends nothing on code', () => {
    const box = boxOf(`\`\`\`\n${'a*b_c '.repeat(marksMost)}\n\`\`\`\n**after**`);
    expect(box.querySelector('strong')?.textContent).toBe('after');
  });

  it('nests no deeper than a person follows', () => {
    const box = boxOf(`${'> '.repeat(30)}deep`);
    expect(box.querySelectorAll('blockquote')).toHaveLength(4);
    expect(box.textContent.endsWith('> deep')).toBe(true);
  });

  it('ends where a message exceeds the parsed length', () => {
    const words = 'word '.repeat(unitsMost / 5);
    const box = boxOf(`**a** ${words} **b**`);
    expect([...box.querySelectorAll('strong')].map((it) => it.textContent)).toEqual(['a']);
    expect(box.textContent).toBe(`a ${words} **b**`);
  });

  it('is every message’s own', () => {
    boxOf('**a** '.repeat(marksMost));
    expect(boxOf('**a**').querySelector('strong')).not.toBeNull();
  });
});
