/** Run is a run of backticks in a text. */
export interface Run {
  readonly start: number;
  /** How many backticks. */
  readonly length: number;
}

/** Code is a part of a text enclosed in backticks, including them. */
export interface Code {
  readonly start: number;
  readonly end: number;
  /** Whether it is a block without an end. */
  readonly isOpen: boolean;
}

/** codeIn returns the code in a text, in order. Linear time. */
export function codeIn(text: string): Code[] {
  const runs = [...text.matchAll(/`+/g)].map(({ 0: ticks, index }) => ({
    start: index,
    length: ticks.length,
  }));
  return codeOf(runs, text.length);
}

/**
 * codeOf returns the code that runs of backticks enclose in a text of `units` units. One or two
 * backticks end with the same number, and are text without an end. Three or more begin a block,
 * which ends with the next three or more, or with the text. It reads each run at most twice.
 */
export function codeOf(runs: readonly Run[], units: number): Code[] {
  const ends = endsOf(runs);
  const found: Code[] = [];
  for (let at = 0; at < runs.length;) {
    const { start, length } = runs[at] as Run;
    const end = ends[at];
    if (end) found.push({ start, end: end.units, isOpen: false });
    else if (length >= 3) return [...found, { start, end: units, isOpen: true }];
    at = (end?.run ?? at) + 1;
  }
  return found;
}

interface End {
  readonly run: number;
  readonly units: number;
}

/** Returns for each run the one that closes it, if there is one. */
function endsOf(runs: readonly Run[]): (End | undefined)[] {
  const ends: (End | undefined)[] = [];
  /** The next run of one, two, and three or more backticks. */
  const next: (End | undefined)[] = [];
  for (let at = runs.length - 1; at >= 0; at -= 1) {
    const { start, length } = runs[at] as Run;
    const kind = Math.min(length, 3);
    ends[at] = next[kind];
    next[kind] = { run: at, units: start + length };
  }
  return ends;
}
