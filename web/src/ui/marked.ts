import type { Attachment } from 'svelte/attachments';

/** The name of the highlight in base.css. */
const found = 'found';

/**
 * marked underlines the part of a name that matches the typed text, in an element that contains
 * only the name. The text node stays whole, so that letters join and screen readers read it
 * normally. The matching code is loaded on first use; if that fails, or in an older browser,
 * nothing is underlined, and the next name tries again.
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
