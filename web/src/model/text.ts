/** What may be more than plain text: emphasis, code, links, lists and quotes. */
const markup = /[*`_]|~~|\]\(|\w@\S|:\/\/|www\.|^ *([>-]|\d+[.)]) /im;

/** hasMarkup tells whether a text may contain anything but plain words. */
export function hasMarkup(text: string): boolean {
  return markup.test(text);
}

/** lengthOf counts characters as the server does: Unicode code points. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** tidied drops what nobody sees: blank lines around a text, and white space at its end. */
export function tidied(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}
