import MarkdownIt, { type StateInline, type Token } from 'markdown-it';
import type { Budget } from './budget';
import { escaped } from './escape';
import { type Address, addressesIn, hostOf, isAllowed } from './links';
import { endsOf } from './names';
import { sidesOf } from './stars';

/** Renders the content of lines: emphasis, code and links. */

interface Env {
  /** The addresses in the text, by their start. */
  readonly addresses: ReadonlyMap<number, Address>;
  /** The ends of the names of people who are mentioned, by their start. */
  readonly names: ReadonlyMap<number, number>;
}

const parser = new MarkdownIt('zero', { maxNesting: 20 });
parser.enable(['backticks', 'emphasis', 'strikethrough', 'link']);
parser.normalizeLink = (url) => (/^www\./i.test(url) ? `http://${url}` : url);
parser.validateLink = isAllowed;

parser.inline.State = class extends MarkdownIt.StateInline {
  override scanDelims(start: number): ReturnType<StateInline['scanDelims']> {
    const marker = this.src.charCodeAt(start);
    let end = start;
    while (end < this.posMax && this.src.charCodeAt(end) === marker) end += 1;
    const { canOpen, canClose } = sidesOf(this.src, start, end, this.posMax);
    return { can_open: canOpen, can_close: canClose, length: end - start };
  }
};

const addressesOf = (state: StateInline) => (state.env as unknown as Env).addresses;
const namesOf = (state: StateInline) => (state.env as unknown as Env).names;

parser.inline.ruler.before('text', 'name', (state, silent) => {
  const end = namesOf(state).get(state.pos);
  if (end === undefined || end > state.posMax) return false;
  if (!silent) state.push('mention', '', 0).content = state.src.slice(state.pos, end);
  state.pos = end;
  return true;
});

parser.inline.ruler.before('text', 'address', (state, silent) => {
  const address = addressesOf(state).get(state.pos);
  if (!address || state.linkLevel > 0 || address.end > state.posMax) return false;
  if (!silent) {
    state.push('link_open', 'a', 1).attrs = [['href', address.href]];
    state.push('text', '', 0).content = state.src.slice(state.pos, address.end);
    state.push('link_close', 'a', -1);
  }
  state.pos = address.end;
  return true;
});

/** A picture would be loaded from another site: show its text with a link instead. */
parser.inline.ruler.before('link', 'picture', (state, silent) => {
  if (state.src.slice(state.pos - 1, state.pos + 1) !== '![') return false;
  if (!silent) state.pending += '[';
  state.pos += 1;
  return true;
});

const delimiters = new Set('*_~`[]');

parser.inline.ruler.at('text', (state, silent) => {
  const addresses = addressesOf(state);
  const names = namesOf(state);
  const { src, pos, posMax } = state;
  if (delimiters.has(src[pos] as string)) return false;
  let end = pos + 1;
  const ends = (at: number) =>
    delimiters.has(src[at] as string) || addresses.has(at) || names.has(at);
  while (end < posMax && !ends(end)) end += 1;
  if (!silent) state.pending += src.slice(pos, end);
  state.pos = end;
  return true;
});

/**
 * inline renders lines of text as HTML; anything beyond the budget is shown as text. `names` finds
 * the names of people who are mentioned.
 */
export function inline(text: string, budget: Budget, names?: RegExp): string {
  const end = budget.reach(text);
  const parsed = text.slice(0, end);
  const tokens: Token[] = [];
  const ends = endsOf(parsed, names);
  parser.inline.parse(parsed, parser, { addresses: addressesIn(parsed), names: ends }, tokens);
  return htmlOf(tokens) + escaped(text.slice(end));
}

function htmlOf(tokens: readonly Token[]): string {
  let html = '';
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (token.type === 'link_open') {
      const begin = at + 1;
      while (tokens[at]?.type !== 'link_close') at += 1; // links do not hold links
      html += linkHtml(token, tokens.slice(begin, at));
    } else if (token.type === 'code_inline') html += `<code>${escaped(token.content)}</code>`;
    else if (token.type === 'mention')
      html += `<span class="mention">${escaped(token.content)}</span>`;
    else if (token.nesting === 1) html += `<${token.tag}>`;
    else if (token.nesting === -1) html += `</${token.tag}>`;
    else html += escaped(token.content);
  }
  return html;
}

function linkHtml(token: Token, label: readonly Token[]): string {
  const href = String(token.attrGet('href'));
  const words = label.map(({ content }) => content).join('');
  const content = htmlOf(label);
  const title = token.attrGet('title') as string | null;
  if (words.trim() === '' || pretends(words, href)) {
    const rest = title === null ? href : `${href} "${title}"`;
    return `[${content}](${escaped(rest)})`;
  }
  // If the link has its own text, the tooltip shows its destination.
  const hint = href.endsWith(words) ? '' : title ? `${title} · ${href}` : href;
  return (
    `<a href="${escaped(href)}"${hint && ` title="${escaped(hint)}"`} ` +
    `target="_blank" rel="noopener nofollow">${content}</a>`
  );
}

/** Whether the text names a different destination than the link has. */
function pretends(words: string, href: string): boolean {
  const host = siteOf(href);
  return [...addressesIn(words, { bare: true }).values()].some((it) => siteOf(it.href) !== host);
}

const siteOf = (href: string) => hostOf(href)?.replace(/^www\./, '');
