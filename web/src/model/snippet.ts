import type { Mark } from './wire';

/** A piece of a text; marked pieces are what a search looked for. */
export interface Piece {
  readonly text: string;
  readonly isMarked: boolean;
}

/** piecesOf cuts a text at its marks, which are in order and in UTF-16 code units. */
export function piecesOf(text: string, marks: readonly Mark[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { begin, end } of marks) {
    if (begin > at) pieces.push({ text: text.slice(at, begin), isMarked: false });
    if (end > begin && begin >= at) pieces.push({ text: text.slice(begin, end), isMarked: true });
    at = Math.max(at, end);
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMarked: false });
  return pieces;
}
