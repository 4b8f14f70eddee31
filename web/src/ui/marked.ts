import type { Attachment } from 'svelte/attachments';

/** The name of the highlight in base.css. */
const found = 'found';

/**
 * marked underlines, in an element that holds a name alone, the part that matches what was typed. The text stays whole,
 * so that letters join and screen readers read as before. What finds the part is loaded when it is first needed; where
 * it cannot be, as in an older browser, nothing is marked, and the next name tries again.
 */
export function marked(name: string, typed: string): Attachment<HTMLElement> {
  return (element) => {
    const text = element.firstChild;
    if (!typed || !(text instanceof Text) || !('highlights' in CSS)) return;
    const range = document.createRange();
    let isOver = false;
    const mark = async (): Promise<void> => {
      const { matchIn } = await import('../model/names');
      const match = matchIn(name, typed);
      if (isOver || !match) return;
      range.setStart(text, match[0]);
      range.setEnd(text, match[1]);
      const highlight = CSS.highlights.get(found) ?? new Highlight();
      CSS.highlights.set(found, highlight.add(range));
    };
    mark().catch(() => undefined);
    return () => {
      isOver = true;
      CSS.highlights.get(found)?.delete(range);
    };
  };
}
