import type { Named } from '../text';

/** Before these characters an `@` belongs to an address; docs/PROTOCOL.md, "Mentions". */
const before = '(?<![A-Za-z0-9@_.+/=&%#-])';
/** A name goes on behind full stops and dashes that do not end it. */
const after = '(?![._-]*[\\p{L}\\p{N}\\p{M}])';

/** namesIn returns a pattern of the names that a text mentions; undefined for none. */
export function namesIn({ mentions = [], mentionsRoom }: Named): RegExp | undefined {
  const texts = mentions.map(({ text }) => text);
  if (texts.length === 0 && !mentionsRoom) return undefined;
  const names = texts
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  if (mentionsRoom) names.push('@[rR][oO][oO][mM]');
  return new RegExp(`${before}(?:${names.join('|')})${after}`, 'gu');
}

/** endsOf returns the end of each name in a text, by its start. */
export function endsOf(text: string, names: RegExp | undefined): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  if (names)
    for (const { 0: name, index } of text.matchAll(names)) ends.set(index, index + name.length);
  return ends;
}
