import DOMPurify from 'dompurify';
import { blocksOf, type Block } from './blocks';
import { Budget } from './budget';
import { escaped } from './escape';
import { inline } from './inline';
import { namesIn } from './names';
import { shownName } from '../person';
import type { Named } from '../text';
import type { User } from '../wire';

/** People has the latest profiles of some users. */
interface People {
  readonly latest: ReadonlyMap<number, User>;
}

/**
 * The text of messages as HTML. This module is loaded on demand, because the parser and the
 * sanitiser are large.
 *
 * `blocks.ts` splits a message into lines of text, lists, quotes and fenced code; `inline.ts`
 * renders the content of lines; `stars.ts` decides which `*`, `_` and `~` are markup; `links.ts`
 * finds addresses; `budget.ts` limits all of it.
 */

const sanitiser = DOMPurify(window);
sanitiser.setConfig({
  ALLOWED_TAGS: ['a', 'blockquote', 'code', 'em', 'li', 'ol', 'pre', 's', 'span', 'strong', 'ul'],
  ALLOWED_ATTR: ['class', 'dir', 'href', 'rel', 'start', 'target', 'title'],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
  // These attributes never contain addresses, so the address pattern need not apply to them.
  ADD_URI_SAFE_ATTR: ['class', 'dir', 'rel', 'start', 'target', 'title'],
});

/**
 * renderMarkup returns a message's text as HTML that is safe to insert. Line breaks stay
 * characters. Markup beyond the message's budget is shown as text. Names of people whom the text
 * mentions stand out, and are the present ones if `people` has them.
 */
export function renderMarkup(text: string, named: Named = {}, people?: People): string {
  const budget = new Budget();
  const blocks = blocksOf(text.replace(/\r\n?/g, '\n').split('\n'), budget);
  const html = sanitiser.sanitize(htmlOf(blocks, budget, namesIn(named)));
  return html.replace(mention, (written: string, name: string) => {
    const user = named.mentions?.find((it) => escaped(it.text) === name)?.user;
    if (!user) return written;
    const known = people?.latest.get(user);
    const shown = known ? `@${escaped(shownName(known))}` : name;
    return `<span class="mention" data-person="${user}">${shown}</span>`;
  });
}

/** A mention as `inline.ts` renders it. Text of users cannot contain it, because it is escaped. */
const mention = /<span class="mention">([^<]*)<\/span>/g;

function htmlOf(blocks: readonly Block[], budget: Budget, names?: RegExp): string {
  return blocks.map((block) => blockHtml(block, budget, names)).join('');
}

function blockHtml(block: Block, budget: Budget, names?: RegExp): string {
  switch (block.kind) {
    case 'text':
      return inline(block.text, budget, names);
    case 'code':
      return `<pre dir="ltr"><code>${escaped(block.text)}</code></pre>`;
    case 'quote':
      return `<blockquote dir="auto">${htmlOf(block.blocks, budget, names)}</blockquote>`;
    case 'list': {
      const items = block.items
        .map((item) => `<li dir="auto">${htmlOf(item, budget, names)}</li>`)
        .join('');
      if (block.start === undefined) return `<ul dir="auto">${items}</ul>`;
      const sign = block.sign === ')' ? ' class="bracketed"' : '';
      return `<ol dir="auto" start="${block.start}"${sign}>${items}</ol>`;
    }
  }
}
