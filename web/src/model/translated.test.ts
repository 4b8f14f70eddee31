import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepTextsLive } from './translated';

let end: () => void = () => undefined;
afterEach(() => end());

function page(words: string): { line: HTMLElement; text: Text } {
  const line = document.createElement('p');
  const text = document.createTextNode(words);
  line.append(text);
  document.body.replaceChildren(line);
  end = keepTextsLive(document.body);
  return { line, text };
}

/** Changes a text as a translating browser does. */
function translate(text: Text, words: string, inOneStep: boolean): void {
  const font = document.createElement('font');
  font.append(words);
  if (inOneStep) text.replaceWith(font);
  else {
    text.before(font);
    text.remove();
  }
}

describe('a text that was translated', () => {
  it.each([true, false])('shows what is written to it (in one step: %s)', async (inOneStep) => {
    const { line, text } = page('hello');
    translate(text, 'hallo', inOneStep);
    expect(line.textContent).toBe('hallo');
    await Promise.resolve();
    text.data = 'good night';
    await vi.waitFor(() => expect(line.textContent).toBe('good night'));

    translate(text, 'gute Nacht', inOneStep);
    await Promise.resolve();
    text.data = '';
    await vi.waitFor(() => expect(line.textContent).toBe(''));
  });

  it('does not reappear if its place is gone', async () => {
    const { line, text } = page('hello');
    translate(text, 'hallo', true);
    await Promise.resolve();
    line.replaceChildren('something else');
    text.data = 'late';
    await new Promise((resolve) => setTimeout(resolve));
    expect(line.textContent).toBe('something else');
  });
});

it('a removed text stays removed', async () => {
  const { line, text } = page('hello');
  text.remove();
  await Promise.resolve();
  text.data = 'late';
  await new Promise((resolve) => setTimeout(resolve));
  expect(line.textContent).toBe('');
});
