/**
 * How many marks one message may have. A mark is anything that makes the parser look ahead or the
 * browser create an element: a run of delimiters, a bracket, the sign of an address, a line of a
 * list or a quote. The parser may scan the whole message for each mark, so marks times characters
 * limit the time; each element costs at least one mark, so marks also limit what the browser lays
 * out.
 */
export const marksMost = 500;

/** How many UTF-16 units of one message are parsed: the other factor of that product. */
export const unitsMost = 20_000;

const mark = /\*+|_+|~+|`+|[[\]@]|:\/\/|www\./gi;

/** Budget is the remaining allowance of a message's marks and units. */
export class Budget {
  #marks = marksMost;
  #units = unitsMost;

  /** spend takes one mark for an element; it returns false if none is left. */
  spend(): boolean {
    if (this.#marks === 0) return false;
    this.#marks -= 1;
    return true;
  }

  /**
   * reach returns how many units of the text may be parsed, and takes their marks. Linear time.
   */
  reach(text: string): number {
    let end = Math.min(text.length, this.#units);
    for (const { index } of text.matchAll(mark)) {
      if (index >= end) break;
      if (!this.spend()) {
        end = index;
        break;
      }
    }
    this.#units -= end;
    return end;
  }
}
