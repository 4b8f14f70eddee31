const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Two letters for a name: of its first and last word, or the first two of a single word. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  const first = words.at(0) ?? '';
  const last = words.at(-1) ?? '';
  const letters =
    words.length > 1
      ? [graphemes(first).at(0) ?? '', graphemes(last).at(0) ?? '']
      : graphemes(first).slice(0, 2);
  return letters.join('').toLocaleUpperCase();
}

/** Hues that are left out: yellows that are dark enough for white letters look like mud. */
const mud = { from: 75, to: 130 };

/**
 * A hue in degrees for an id; consecutive ids are a golden section apart, so that they look
 * different.
 */
export function hue(id: number): number {
  // Take the remainder first: the product of a large id would have no digits after the point.
  const turn = ((id % 99_991) * 0.618034 + 0.9066) % 1;
  return Math.round(mud.to + turn * (360 - (mud.to - mud.from))) % 360;
}
