/** Finds web and mail addresses in text of every script, in linear time. */

/** Address is an address found in a text: its end and its destination. */
export interface Address {
  readonly end: number;
  readonly href: string;
}

/** The longest host name in DNS with a port, in units. */
const hostMost = 260;

/**
 * isAllowed reports whether a link may have this destination: a web page or a mailbox, without
 * credentials.
 */
export function isAllowed(href: string): boolean {
  if (/^mailto:[^\s@]+@[^\s@]+$/i.test(href)) return true;
  return /^https?:\/\//i.test(href) && hostOf(href) !== undefined;
}

/**
 * hostOf returns the host of a web address, or the domain of a mail address; undefined if it has
 * none.
 */
export function hostOf(href: string): string | undefined {
  if (/^mailto:/i.test(href)) return href.slice(href.lastIndexOf('@') + 1).toLowerCase();
  // The time that browsers take to parse a host grows faster than its length.
  const host = /^[a-z]+:\/*([^/?#\\]*)/i.exec(href)?.[1] ?? '';
  if (host.length > hostMost || !URL.canParse(href)) return undefined;
  const { hostname, username, password } = new URL(href);
  // Credentials before the host disguise a link's destination.
  return hostname === '' || username !== '' || password !== '' ? undefined : hostname;
}

const starts = /https?:\/\/|www\.|@/gi;
/**
 * Domains that people recognise as sites even without `www.`; `README.md` is more often a file.
 */
const startsBare =
  /https?:\/\/|www\.|@|(?<![\p{L}\p{N}.@-])(?=(?:[\p{L}\p{N}-]{1,63}\.){1,4}(?:com|org|net|edu|gov|info|biz|bank|shop|app)(?![\p{L}\p{N}]))/giu;

/**
 * addressesIn returns the addresses in a text, by their start. With `bare`, hosts in well-known
 * domains count without a prefix.
 */
export function addressesIn(text: string, { bare = false } = {}): Map<number, Address> {
  const found = new Map<number, Address>();
  let last = 0;
  /** How many units have been read for candidates that were not addresses. */
  let vain = 0;
  for (const { 0: sign, index } of text.matchAll(bare ? startsBare : starts)) {
    if (index < last) continue;
    const { begin, end, href } =
      sign === '@' ? mailAt(text, index, last) : webAt(text, index, sign);
    if (href !== undefined) {
      found.set(begin, { end, href });
      last = end;
    } else {
      // An address may begin inside a rejected candidate. All of them together are searched only
      // once more.
      vain += end - begin;
      if (vain > text.length) last = end;
    }
  }
  return found;
}

/** A candidate for an address; without `href` it was rejected. */
interface Candidate {
  readonly begin: number;
  readonly end: number;
  readonly href?: string;
}

function webAt(text: string, begin: number, sign: string): Candidate {
  // Inside a word it belongs to the word.
  if (!sign.includes('/') && /[\p{Script=Latin}\d._/@-]/u.test(text.charAt(begin - 1))) {
    return { begin, end: begin };
  }
  const from = begin + sign.length;
  const read = endOfUrl(text, begin, from);
  const none = { begin, end: Math.abs(read) };
  if (read < 0) return none;
  let end = read;
  while (end > from && trailing.has(text.charAt(end - 1))) end -= 1;
  const address = text.slice(begin, end);
  const href = sign.includes('/') ? address : `http://${address}`;
  if (/^http:\/\/www\.?$/i.test(href) || !isAllowed(href)) return none;
  return { begin, end, href };
}

/** White space, control characters, and characters that never occur in an address. */
const stops = /[\s\p{Z}\p{Cc}<>"`\\^]/u;
const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' };
const openings = '([{';
/** Characters that end a sentence or are markup, and do not belong to the end of an address. */
const trailing = new Set(".,;:!?'*_~|([{");
/** Joins syllables and words within an address: キノの旅・本, צה״ל, Tibetan syllables. */
const joiners = /[·・\u05BE\u05F3\u05F4\u0F0B\u200C\u200D]/;

/**
 * endOfUrl returns the end of an address that continues at `from`, including characters that may
 * end the sentence. If the host is too long, it returns the negated position up to which it has
 * read.
 */
function endOfUrl(text: string, begin: number, from: number): number {
  const open: Record<string, number> = {};
  const isQuoted = text.charAt(begin - 1) === "'";
  let isHost = true;
  let end = from;
  while (end < text.length) {
    const character = String.fromCodePoint(text.codePointAt(end) as number);
    if (stops.test(character) || (isQuoted && character === "'")) break;
    if ('/?#'.includes(character)) isHost = false;
    else if (isHost && end - from > hostMost) return -end;
    const opening = pairs[character];
    if (opening !== undefined) {
      if (!open[opening]) break;
      open[opening] -= 1;
    } else if (openings.includes(character)) open[character] = (open[character] ?? 0) + 1;
    else if (',;|'.includes(character) && /^https?:\/\//i.test(text.slice(end + 1, end + 9))) break;
    else if (character > '\x7f') {
      if (!belongs(text, end, character) || (isHost && isAfterHost(text, from, end))) break;
    }
    end += character.length;
  }
  return end;
}

/**
 * Punctuation and symbols of any script belong to the text around an address, not to the address.
 */
function belongs(text: string, at: number, character: string): boolean {
  if (joiners.test(character)) {
    return isForeign(text.charAt(at - 1)) && isForeign(text.charAt(at + 1));
  }
  return /[\p{L}\p{N}\p{M}]/u.test(character);
}

const isForeign = (character: string) => character > '\x7f' && /[\p{L}\p{M}]/u.test(character);

/**
 * No top-level domain mixes Latin letters with others: in `example.com谢谢` the host ends where the
 * script changes.
 */
function isAfterHost(text: string, from: number, at: number): boolean {
  if (!/\.[a-z]{2,24}$/i.test(text.slice(Math.max(from, at - 26), at))) return false;
  return !/^[\p{L}\p{N}\p{M}-]{1,63}\.[\p{L}\p{N}]/u.test(text.slice(at, at + 66));
}

const local = /[a-z0-9](?:[a-z0-9._%+'-]{0,62}[a-z0-9_+-])?$/i;
const domain =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.){1,8}(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}|(?![a-z])[\p{L}\p{M}]{2,24})/iu;

function mailAt(text: string, at: number, last: number): Candidate {
  const [name = ''] = local.exec(text.slice(Math.max(last, at - 64), at)) ?? [];
  const [host = ''] = domain.exec(text.slice(at + 1, at + 256)) ?? [];
  const begin = at - name.length;
  const end = at + 1 + host.length;
  // Followed by a path, it is a repository: git@example.org:tools/chat.
  const isOther = /^(?:[a-z0-9@-]|[:/]\S)/i.test(text.slice(end, end + 2));
  const isInside = /[@/]$|(?<!mailto):$/i.test(text.slice(Math.max(0, begin - 7), begin));
  if (name === '' || host === '' || isOther || isInside) return { begin, end: begin };
  return { begin, end, href: `mailto:${text.slice(begin, end)}` };
}
