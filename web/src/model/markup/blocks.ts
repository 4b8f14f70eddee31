import type { Budget } from './budget';

/** Block is a part of a message that occupies whole lines. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | List;

interface List {
  readonly kind: 'list';
  /** The number of the first item; undefined for bullets. */
  readonly start: number | undefined;
  /** The character after the number, or the bullet. */
  readonly sign: string;
  readonly items: readonly (readonly Block[])[];
}

/** How deeply lists and quotes may be nested; deeper ones are shown as text. */
const deepest = 4;

const fence = /^ {0,3}(`{3,})[^`]*$/;

/** Quotes have a space after the sign: `>_<` and `>>> x` are not quotes. */
const quote = /^ {0,3}>(?: |$)/;

/** An item has text that is not itself a list sign. A longer number would be a year. */
const item = /^( *)([*-]|(\d{1,3})([.)])) +(?=\S)(?![*-](?: |$))/;

/** A sum or a line of a crontab does not start a list. */
const sum = /^[\d\s.,:;/%()*+=-]*$/;

interface Item {
  readonly indent: number;
  /** The column where the text begins. */
  readonly width: number;
  readonly sign: string;
  readonly number: number | undefined;
}

/** blocksOf splits lines into blocks, in linear time. Each list item and each quote takes a mark. */
export function blocksOf(lines: readonly string[], budget: Budget, depth = 0): readonly Block[] {
  const blocks: Block[] = [];
  let text: string[] = [];
  const endText = () => {
    if (text.length > 0 && text.join('') !== '')
      blocks.push({ kind: 'text', text: text.join('\n') });
    text = [];
  };
  for (let at = 0; at < lines.length;) {
    const taken = takeBlock(lines, at, budget, depth);
    if (taken) {
      endText();
      blocks.push(taken.block);
      at = taken.end;
    } else {
      text.push(lines[at] as string);
      at += 1;
    }
  }
  endText();
  return blocks;
}

interface Taken {
  readonly block: Block;
  /** The line after the block. */
  readonly end: number;
}

function takeBlock(
  lines: readonly string[],
  at: number,
  budget: Budget,
  depth: number,
): Taken | undefined {
  const line = lines[at] as string;
  const opening = fence.exec(line)?.[1];
  if (opening !== undefined) return budget.spend() ? takeCode(lines, at, opening) : undefined;
  if (depth >= deepest) return undefined;
  if (quote.test(line)) return budget.spend() ? takeQuote(lines, at, budget, depth) : undefined;
  const first = itemOf(line);
  if (!first || first.indent >= 4 || sum.test(line.slice(first.width))) return undefined;
  return takeList(lines, at, first, budget, depth);
}

/** Takes a fenced block up to its end, or to the end of the message. */
function takeCode(lines: readonly string[], at: number, opening: string): Taken {
  const isEnd = (line: string) => {
    const ticks = line.trim();
    return ticks.length >= opening.length && /^`+$/.test(ticks);
  };
  let end = at + 1;
  while (end < lines.length && !isEnd(lines[end] as string)) end += 1;
  return { block: { kind: 'code', text: lines.slice(at + 1, end).join('\n') }, end: end + 1 };
}

/** Takes the lines that have the sign. A following line without it is a reply to the quote. */
function takeQuote(lines: readonly string[], at: number, budget: Budget, depth: number): Taken {
  const inner: string[] = [];
  let end = at;
  while (end < lines.length && quote.test(lines[end] as string)) {
    inner.push((lines[end] as string).replace(quote, ''));
    end += 1;
  }
  return { block: { kind: 'quote', blocks: blocksOf(inner, budget, depth + 1) }, end };
}

/** Takes the items of one kind, each with the lines indented below it. */
function takeList(
  lines: readonly string[],
  at: number,
  first: Item,
  budget: Budget,
  depth: number,
): Taken | undefined {
  const items: (readonly Block[])[] = [];
  let end = at;
  while (end < lines.length) {
    const begin = itemOf(lines[end] as string);
    if (!begin || begin.sign !== first.sign || begin.indent !== first.indent) break;
    if (!budget.spend()) break;
    const inner = [(lines[end] as string).slice(begin.width)];
    end += 1;
    while (end < lines.length && belongsTo(lines[end] as string, begin)) {
      inner.push(unindented(lines[end] as string, begin));
      end += 1;
    }
    items.push(blocksOf(inner, budget, depth + 1));
  }
  if (items.length === 0) return undefined;
  return { block: { kind: 'list', start: first.number, sign: first.sign, items }, end };
}

function itemOf(line: string): Item | undefined {
  const [whole, indent, sign, number, after] = item.exec(line) ?? [];
  if (whole === undefined || indent === undefined || sign === undefined) return undefined;
  return {
    indent: indent.length,
    width: whole.length,
    sign: after ?? sign,
    number: number === undefined ? undefined : Number(number),
  };
}

/**
 * Two more spaces than the item suffice; a nested item may be indented by just the width of the
 * sign.
 */
function belongsTo(line: string, { indent }: Item): boolean {
  return line.search(/\S/) >= indent + 2;
}

function unindented(line: string, { width }: Item): string {
  return line.slice(Math.min(line.search(/\S/), width));
}
