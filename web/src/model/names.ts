import type { User } from './wire';

/**
 * Differences that the search ignores, as the server's does: marks on Latin and Greek letters,
 * the points of Arabic and Hebrew, and the two dots of ё.
 */
const accent =
  /([\p{Script=Latin}\p{Script=Greek}])\p{M}+|(е)\u0308|[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]/gu;
const ignored = /["'`´‚„ʹ-ʽˈ′-‴〃〝-〟׳״\p{Pi}\p{Pf}\p{Default_Ignorable_Code_Point}ـ]/gu;
const gap = /[\s\p{Pd}\u2212]+/gu;

const other: Record<string, string> = {
  ...{
    đ: 'd',
    ð: 'd',
    ɖ: 'd',
    ħ: 'h',
    ı: 'i',
    ł: 'l',
    ø: 'o',
    ŧ: 't',
    ɓ: 'b',
    ɗ: 'd',
    ƙ: 'k',
    ƴ: 'y',
  },
  ...{ ß: 'ss', ς: 'σ', æ: 'ae', œ: 'oe', þ: 'th', ٱ: 'ا', ى: 'ي', ی: 'ي', ک: 'ك', ة: 'ه' },
};
const others = new RegExp(`[${Object.keys(other).join('')}]`, 'gu');
const otherDigits = /[٠-٩۰-۹०-९๐-๙]/gu;
const katakana = /[ァ-ヶ]/gu;

/**
 * The conjoining letters of Hangul, starting at the first of each kind, as the letters that are
 * typed.
 */
const hangul: readonly (readonly [first: number, letters: readonly string[]])[] = [
  [0x1100, 'ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' ')],
  [
    0x1161,
    'ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ'.split(' '),
  ],
  [
    0x11a8,
    'ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(
      ' ',
    ),
  ],
];

function letterOf(jamo: string): string {
  const code = jamo.codePointAt(0) ?? 0;
  for (const [first, letters] of hangul) {
    const letter = letters[code - first];
    if (letter !== undefined) return letter;
  }
  return jamo;
}

/**
 * searchKey returns the form in which the server's search compares names, except for spaces at
 * the ends.
 */
function searchKey(text: string): string {
  return text
    .replace(ignored, '')
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(ignored, '')
    .replace(accent, '$1$2')
    .replace(others, (letter) => other[letter] ?? letter)
    .replace(otherDigits, digitOf)
    .replace(katakana, (kana) => String.fromCodePoint((kana.codePointAt(0) ?? 0) - 0x60))
    .replace(/[\u1100-\u11ff]/gu, letterOf)
    .replace(gap, ' ');
}

/**
 * Converts an Arabic, Persian, Indian or Thai digit; only the Indian ones begin in the middle of
 * a row of sixteen.
 */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  return String((code & 15) - (digit >= '०' && digit <= '९' ? 6 : 0));
}

/** sortKey returns the form by which the server sorts names. */
export function sortKey(name: string): string {
  return searchKey(name).trim();
}

/**
 * nameMatches reports whether a name contains the typed text. The server is stricter, but answers
 * later: until then this removes results of an earlier text.
 */
export function nameMatches(username: string, typed: string): boolean {
  return searchKey(username).includes(sortKey(typed));
}

/** personMatches is nameMatches for both names of a person. */
export function personMatches({ username, displayName = '' }: User, typed: string): boolean {
  return nameMatches(username, typed) || nameMatches(displayName, typed);
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The part of a name that matches the typed text: at its beginning, at the beginning of a word,
 * or anywhere.
 */
export function matchIn(name: string, typed: string): [start: number, end: number] | undefined {
  const wanted = sortKey(typed);
  if (!wanted) return undefined;
  const pieces = [...segmenter.segment(name)].map(({ segment, index }) => ({
    key: searchKey(segment),
    start: index,
    end: index + segment.length,
  }));
  let best: [start: number, end: number] | undefined;
  let isBest = false;
  for (const [from, { start, key }] of pieces.entries()) {
    if (isBest || !key.trim()) continue;
    const end = endOf(pieces.slice(from), wanted);
    if (end === undefined) continue;
    isBest = start === 0 || /[\s\p{P}]$/u.test(name.slice(0, start));
    if (isBest || !best) best = [start, end];
  }
  return best;
}

/**
 * The end of the match if the pieces begin with the text. The last one may continue: a syllable
 * may still be incomplete.
 */
function endOf(
  pieces: readonly { key: string; end: number }[],
  wanted: string,
): number | undefined {
  let key = '';
  for (const piece of pieces) {
    key = (key + piece.key).replace(/ +/g, ' ');
    if (key.startsWith(wanted)) return piece.end;
    if (!wanted.startsWith(key)) return undefined;
  }
  return undefined;
}
