import type { Mention } from './wire';

/** Detects what may be more than plain text: emphasis, code, links, lists and quotes. */
const markup = /[*`_]|~~|\]\(|\w@\S|:\/\/|www\.|^ *([>-]|\d+[.)]) /im;

/** Named is whom a text mentions. */
export interface Named {
  readonly mentions?: readonly Mention[] | undefined;
  readonly mentionsRoom?: boolean | undefined;
}

/** hasMarkup reports whether a text may contain anything but plain words. */
export function hasMarkup(text: string, { mentions, mentionsRoom }: Named = {}): boolean {
  return mentionsRoom || mentions !== undefined || markup.test(text);
}

/** lengthOf counts characters like the server: Unicode code points. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** tidied removes invisible parts: blank lines around a text, and white space at its end. */
export function tidied(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}
