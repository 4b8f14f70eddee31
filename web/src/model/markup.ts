import DOMPurify from 'dompurify';
import { Marked, type Tokens } from 'marked';

/**
 * The text of messages as HTML: links, `code`, **bold**, *italic* and fenced
 * blocks; everything else stays the text that it is. This module is loaded when
 * first needed, because the parser and the sanitiser are large.
 */

const fence = /^ {0,3}(`{3,})[^`\n]*\n([\s\S]*?)(?:\n {0,3}\1`*[^\S\n]*(?:\n|$)|$(?![\s\S]))/gm;

const sanitiser = DOMPurify(window);
sanitiser.setConfig({
  ALLOWED_TAGS: ['a', 'code', 'em', 'pre', 'strong'],
  ALLOWED_ATTR: ['href', 'rel', 'target'],
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
  // The pattern is for addresses; these two hold none.
  ADD_URI_SAFE_ATTR: ['rel', 'target'],
});

const no = () => undefined;

const marked = new Marked({
  gfm: true,
  tokenizer: {
    escape: no,
    tag: no,
    link: no,
    reflink: no,
    del: no,
    br: no,
    // Underscores stand in too many names for them to mean anything.
    emStrong: (source) => (source.startsWith('_') ? undefined : false),
    autolink: no,
    url: (source) => (/^(?:https?:\/\/|www\.)/i.test(source) ? false : undefined),
  },
  renderer: {
    text: ({ text }) => escaped(text),
    codespan: ({ text }) => `<code>${escaped(text)}</code>`,
    link: ({ href, text }: Tokens.Link) =>
      `<a href="${escaped(href)}" target="_blank" rel="noopener nofollow">${escaped(text)}</a>`,
  },
});

/** renderMarkup gives a message's text as HTML that is safe to insert. Line breaks stay characters. */
export function renderMarkup(text: string): string {
  const normal = text.replace(/\r\n?/g, '\n');
  let html = '';
  let end = 0;
  for (const match of normal.matchAll(fence)) {
    html += inline(normal.slice(end, match.index).replace(/\n$/, ''));
    html += `<pre><code>${escaped(match[2] ?? '')}</code></pre>`;
    end = match.index + match[0].length;
  }
  html += inline(normal.slice(end));
  return sanitiser.sanitize(html);
}

function inline(text: string): string {
  return text && (marked.parseInline(text, { async: false }) as string);
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}
