import { expect, test, type Person } from '../support/fixtures.ts';
import type { Client } from '../support/client.ts';

const main = 1;
const words = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor'.split(
  ' ',
);

/** A text whose height in the feed is hardly that of the one before. */
function mixed(i: number): string {
  const parts = [
    `${i}`,
    words
      .slice(0, (i * 7) % 12)
      .join(' ')
      .repeat(1 + (i % 4)),
  ];
  if (i % 5 === 0) parts.push(`**bold** https://example.org/${i}`);
  if (i % 9 === 0) parts.push(`\n\`\`\`\ncode\nblock ${i}\n\`\`\``);
  return parts.join(' ');
}

/** Fills the main room, many messages at a time. */
async function fill(clients: Client[], count: number, body: (i: number) => string): Promise<void> {
  let i = 0;
  const write = async () => {
    while (i < count) {
      i += 1;
      await clients[Math.floor(i / 3) % clients.length]!.post(main, body(i));
    }
  };
  await Promise.all(Array.from({ length: 32 }, write));
}

/** Scrolls up in steps, one per frame, until the first message of all is there; gives what moved otherwise. */
async function scrollToFirst(person: Person, step: number) {
  return person.feed.evaluate(async (feed, step) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const places = () => {
      const { top, bottom } = feed.getBoundingClientRect();
      const seen = new Map<string, number>();
      for (const row of feed.querySelectorAll<HTMLElement>('[data-seq]')) {
        const bubble = row.querySelector('.bubble');
        if (!bubble) continue;
        const box = bubble.getBoundingClientRect();
        const isThere = getComputedStyle(row.parentElement!).visibility !== 'hidden';
        if (isThere && box.bottom > top && box.top < bottom) seen.set(row.dataset.seq!, box.top);
      }
      return seen;
    };
    const moved: number[] = [];
    let frames = 0;
    let mostRows = 0;
    let before = places();
    for (let still = 0; still < 240; frames += 1) {
      const from = feed.scrollTop;
      feed.scrollTop = from - step;
      const asked = from - feed.scrollTop;
      await frame();
      const now = places();
      mostRows = Math.max(mostRows, feed.querySelectorAll('[data-seq]').length);
      const shared = [...now].filter(([seq]) => before.has(seq));
      if (shared.length === 0) moved.push(NaN);
      for (const [seq, top] of shared) {
        const by = top - before.get(seq)! - asked;
        if (Math.abs(by) > 0.5) moved.push(by);
      }
      before = now;
      still = feed.scrollTop === 0 ? still + 1 : 0;
      if (feed.scrollTop === 0 && feed.querySelector('[data-seq="1"]')) break;
    }
    return { moved, frames, mostRows, reached: feed.querySelector('[data-seq="1"]') !== null };
  }, step);
}

test('scrolling up through 500 messages of mixed height never shifts the content', async ({
  person,
  program,
}) => {
  test.slow();
  await fill([await program('ben'), await program('cleo')], 500, mixed);
  const ada = await person('ada');
  await ada.signUp();
  await expect(ada.feed.locator('[data-seq="500"]')).toBeVisible();
  const { moved, reached } = await scrollToFirst(ada, 120);
  expect(reached, 'the first message is there').toBe(true);
  expect(moved).toEqual([]);
});

test('of 10,000 messages only those near the screen are in the page', async ({
  person,
  program,
}) => {
  await fill([await program('ben')], 10_000, (i) => `message ${i}`);
  const ada = await person('ada');
  // Larger pages than the client asks for: it is the number of messages that matters here.
  await ada.page.route(/messages\?/, (route) =>
    route.continue({ url: route.request().url().replace('limit=50', 'limit=200') }),
  );
  await ada.signUp();
  await expect(ada.feed.locator('[data-seq="10000"]')).toBeVisible();
  const { reached, mostRows } = await scrollToFirst(ada, 4_000);
  expect(reached, 'all are loaded').toBe(true);
  expect(mostRows).toBeLessThan(120);
});
