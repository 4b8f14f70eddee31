/**
 * Decides which `*`, `_` and `~~` begin and end markup. CommonMark's rule expects spaces around
 * words, which many scripts do not use, and treats stars in sums and paths as markup. The rule
 * here considers the characters on both sides: markup begins where a word may begin, and ends
 * where one may end.
 */

/** Sides is what a run of delimiters may do. */
export interface Sides {
  readonly canOpen: boolean;
  readonly canClose: boolean;
}

/**
 * - `space`: white space, or the end of the text;
 * - `word`: a letter or digit of a script that separates words by spaces;
 * - `unspaced`: a letter of a script that may omit spaces: `**重点**です`;
 * - `ascii`: punctuation or a symbol that also occurs in programs and sums;
 * - `opening`, `wide`: other punctuation, which occurs only in prose; this includes emoji.
 */
type Kind = 'space' | 'word' | 'unspaced' | 'ascii' | 'opening' | 'wide';

const unspaced =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Hang}\p{scx=Yiii}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}\p{scx=Lana}\p{scx=Talu}\p{scx=Tale}\p{scx=Java}\p{scx=Bali}]/u;

function kindOf(character: string): Kind {
  if (character === '' || /[\s\p{Z}\p{Cc}]/u.test(character)) return 'space';
  if (/[\p{L}\p{N}]|(?!\uFE0F)\p{M}/u.test(character)) {
    return unspaced.test(character) ? 'unspaced' : 'word';
  }
  if (character < '\x80') return 'ascii';
  return /[\p{Ps}\p{Pi}]/u.test(character) ? 'opening' : 'wide';
}

const none: Sides = { canOpen: false, canClose: false };

/**
 * sidesOf classifies the run of one delimiter from start to end, within a text that ends at
 * `max`.
 */
export function sidesOf(text: string, start: number, end: number, max: number): Sides {
  const run = { text, start, end, before: characterBefore(text, start), after: '' };
  if (end < max) run.after = String.fromCodePoint(text.codePointAt(end) as number);
  const length = end - start;
  switch (text[start]) {
    case '*':
      if (length === 1) return { canOpen: opensEm(run), canClose: closesEm(run) };
      return length <= 3 ? { canOpen: opensStrong(run), canClose: closesStrong(run) } : none;
    case '_':
      // Double underscores occur in too many names, such as `__init__`, to be markup.
      return length === 1 ? { canOpen: opensUnder(run), canClose: closesUnder(run) } : none;
    default:
      return length === 2 ? { canOpen: opensStrike(run), canClose: closesStrike(run) } : none;
  }
}

interface Run {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The characters beside it; empty at the ends of the text. */
  readonly before: string;
  readonly after: string;
}

function characterBefore(text: string, at: number): string {
  if (at === 0) return '';
  const low = text.charCodeAt(at - 1);
  const isPair = at > 1 && low >= 0xdc00 && low <= 0xdfff;
  return text.slice(isPair ? at - 2 : at - 1, at);
}

const isWordlike = (kind: Kind) => kind === 'word' || kind === 'unspaced';

/** Characters that may precede markup, and those that may begin its content. */
const beforeOpening = new Set('([{"\'*_~|`');
const firstInside = new Set('([{"\'*_~`@#$');
/** Characters that may precede bold text that begins with a word: `and/**or**`. */
const beforeWord = new Set('/.,;:!?-');
/** Characters that may end the content of markup, and those that may follow it. */
const lastInside = new Set(')]}"\'.!?,:;%*_~`');
const afterClosing = new Set(')]}"\'.!?,:;*_~`|-');

/** A single star also occurs in sums and paths: it needs a clear beginning and a clear end. */
function opensEm({ before, after }: Run): boolean {
  const inside = kindOf(after);
  if (inside === 'space' || (inside === 'ascii' && !firstInside.has(after))) return false;
  switch (kindOf(before)) {
    case 'ascii':
      return beforeOpening.has(before);
    case 'word':
    case 'unspaced':
      return inside === 'opening';
    default:
      return true;
  }
}

function closesEm(run: Run): boolean {
  const { before, after } = run;
  const inside = kindOf(before);
  if (inside === 'space' || inside === 'opening') return false;
  if (inside === 'ascii' && !lastInside.has(before)) return false;
  switch (kindOf(after)) {
    case 'ascii':
      return afterClosing.has(after) && !isJoined(run);
    case 'word':
      return inside === 'wide';
    default:
      return true;
  }
}

/** Whether the following sign connects it to another word, as in `*test*.js`. */
function isJoined({ text, end, after }: Run): boolean {
  return /[.:-]/.test(after) && isWordlike(kindOf(text.charAt(end + 1)));
}

/** Two stars are a power, `**kwargs` or a path in programs, and bold elsewhere. */
function opensStrong({ before, after }: Run): boolean {
  const inside = kindOf(after);
  if (inside === 'space') return false;
  switch (kindOf(before)) {
    case 'ascii':
      if (beforeOpening.has(before)) return true;
      return beforeWord.has(before) && (inside !== 'ascii' || firstInside.has(after));
    case 'word':
      return inside !== 'word' && inside !== 'ascii';
    default:
      return true;
  }
}

function closesStrong(run: Run): boolean {
  const { before, after } = run;
  const inside = kindOf(before);
  if (inside === 'space' || inside === 'opening' || before === '/') return false;
  if (kindOf(after) !== 'word') return true;
  if (inside === 'unspaced' || inside === 'wide') return true;
  if (!/\p{L}/u.test(after)) return false;
  // `**Note:**text`, and `**word**s`.
  return inside === 'ascii' ? /[:!?.]/.test(before) : isWholeWord(run);
}

const wordMost = 40;

/**
 * Whether the run ends a single bold word, consisting of letters, that begins where words do.
 */
function isWholeWord({ text, start }: Run): boolean {
  const word = /(.?)\*\*\p{L}{2,}$/su.exec(text.slice(Math.max(0, start - wordMost), start));
  return word !== null && !isWordlike(kindOf(word[1] as string)) && !/[)*]/.test(word[1] as string);
}

/** Inside words `_` is never markup, in any script. */
function opensUnder(run: Run): boolean {
  return !isWordlike(kindOf(run.before)) && opensEm(run);
}

function closesUnder(run: Run): boolean {
  return !isWordlike(kindOf(run.after)) && closesEm(run);
}

/** After a word `~~` lengthens it, as in 안녕~~. */
function opensStrike({ before, after }: Run): boolean {
  return kindOf(after) !== 'space' && !isWordlike(kindOf(before)) && before !== '/';
}

function closesStrike({ before }: Run): boolean {
  return kindOf(before) !== 'space' && before !== '/';
}
