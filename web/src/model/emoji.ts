import { codeIn } from './backticks';

/**
 * Emoji is an entry of the bundled list: emoji-picker-element-data, with GitHub's short names.
 */
export interface Emoji {
  readonly emoji: string;
  readonly annotation: string;
  readonly shortcodes?: readonly string[];
  readonly tags?: readonly string[];
}

/** Suggestion is an emoji with the short name that matched. */
export interface Suggestion {
  readonly emoji: string;
  readonly name: string;
}

/** Typed is a short name being typed: from its colon to the caret. */
export interface Typed {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Whether the closing colon has been typed: then there is nothing to choose. */
  readonly isClosed: boolean;
}

/** A colon and one letter are more often a smiley than the beginning of a name. */
const typed = /(?:^|[\s([{"'])(:([a-z0-9_+-]{2,40}(?!:)|[a-z0-9_+-]{1,40}(?=:))(:?))$/i;

/** shortNameAt returns the short name that ends at the caret, or undefined. */
export function shortNameAt(text: string, caret: number): Typed | undefined {
  const [, whole, name, end] = typed.exec(text.slice(0, caret)) ?? [];
  if (whole === undefined || name === undefined) return undefined;
  return {
    start: caret - whole.length,
    end: caret,
    name: name.toLowerCase(),
    isClosed: end === ':',
  };
}

const named = /(?<=^|[\s([{"'])(:([a-z0-9_+-]{1,40}):)/gi;

/** endsInCode reports whether the text ends inside an unclosed code block. */
export function endsInCode(text: string): boolean {
  return codeIn(text).at(-1)?.isOpen ?? false;
}

/** hasShortName reports whether the text, outside code, may contain a short name. */
export function hasShortName(text: string): boolean {
  return namesIn(text).length > 0;
}

/** withEmoji replaces known short names outside code by emoji. */
export function withEmoji(list: readonly Emoji[], text: string): string {
  let result = '';
  let end = 0;
  for (const { whole, name, start } of namesIn(text)) {
    result += text.slice(end, start) + (emojiNamed(list, name) ?? whole);
    end = start + whole.length;
  }
  return result + text.slice(end);
}

interface Name {
  readonly start: number;
  /** The name with its colons. */
  readonly whole: string;
  readonly name: string;
}

/** Returns possible short names outside code, in order. Linear time. */
function namesIn(text: string): Name[] {
  const names: Name[] = [];
  const code = codeIn(text);
  let next = 0;
  for (const { 1: whole = '', 2: name = '', index } of text.matchAll(named)) {
    while ((code[next]?.end ?? Infinity) <= index) next += 1;
    // A name contains no backticks: it is entirely inside or outside code.
    if (index < (code[next]?.start ?? Infinity)) {
      names.push({ start: index, whole, name: name.toLowerCase() });
    }
  }
  return names;
}

/**
 * suggest returns the emoji that a short name may become: first those whose name starts with it,
 * then those with a later word or a tag that does.
 */
export function suggest(list: readonly Emoji[], name: string, limit: number): Suggestion[] {
  const found: [rank: number, suggestion: Suggestion][] = [];
  for (const { emoji, shortcodes = [], tags = [] } of list) {
    const best = bestName(shortcodes, name);
    if (best) found.push([best.rank, { emoji, name: best.name }]);
    else if (shortcodes[0] !== undefined && tags.some((tag) => tag.startsWith(name))) {
      found.push([3, { emoji, name: shortcodes[0] }]);
    }
  }
  found.sort(([a], [b]) => a - b);
  return found.slice(0, limit).map(([, suggestion]) => suggestion);
}

/** emojiNamed returns the emoji with exactly that short name. */
export function emojiNamed(list: readonly Emoji[], name: string): string | undefined {
  return list.find(({ shortcodes }) => shortcodes?.includes(name))?.emoji;
}

function bestName(names: readonly string[], wanted: string) {
  let best: { rank: number; name: string } | undefined;
  for (const name of names) {
    const rank = rankOf(name, wanted);
    if (rank !== undefined && (!best || rank < best.rank)) best = { rank, name };
  }
  return best;
}

function rankOf(name: string, wanted: string): number | undefined {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  return name.includes(`_${wanted}`) ? 2 : undefined;
}
