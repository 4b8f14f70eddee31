import { describe, expect, it } from 'vitest';
import { message, messages, page } from '../testing/messages';
import { Timeline } from './timeline';

const seqs = (timeline: Timeline) => timeline.messages.map(({ seq }) => seq);

function loaded(first = 1, last = 3): Timeline {
  const timeline = new Timeline();
  timeline.loadNewest(page(first, last));
  return timeline;
}

describe('a timeline', () => {
  it('advances its rev with the next change', () => {
    const timeline = loaded();
    timeline.put(message(4));
    expect(timeline.rev).toBe(4);
    expect(seqs(timeline)).toEqual([1, 2, 3, 4]);
    expect(timeline.isBehind).toBe(false);
  });

  it('shows a change that is ahead, and knows that something is missing', () => {
    const timeline = loaded();
    timeline.put(message(5));
    expect(seqs(timeline)).toEqual([1, 2, 3, 5]);
    expect(timeline.rev).toBe(3);
    expect(timeline.isBehind).toBe(true);
  });

  it('leaves out what only a thread shows, and counts its rev', () => {
    const timeline = loaded();
    timeline.put(message(4, { thread: 2 }));
    timeline.put(message(5, { thread: 2, inRoom: true }));
    expect(seqs(timeline)).toEqual([1, 2, 3, 5]);
    expect(timeline.rev).toBe(5);
    const changes = { messages: [message(6, { thread: 2 }), message(7)], rev: 7 };
    timeline.catchUp({ ...changes, more: false, startOver: false });
    expect(seqs(timeline)).toEqual([1, 2, 3, 5, 7]);
  });

  it('closes a hole when the missing change arrives late', () => {
    const timeline = loaded();
    timeline.put(message(6));
    timeline.put(message(5));
    timeline.put(message(4));
    expect(timeline.rev).toBe(6);
    expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(timeline.isBehind).toBe(false);
  });

  it('accepts a change twice without harm', () => {
    const timeline = loaded();
    timeline.put(message(4));
    const before = timeline.messages;
    timeline.put(message(4));
    expect(timeline.messages).toEqual(before);
    expect(timeline.rev).toBe(4);
  });

  it('keeps the newer state of a message, in whatever order the two come', () => {
    const timeline = loaded();
    timeline.put(message(2, { rev: 4, body: 'changed' }));
    timeline.put(message(2, { rev: 2, body: 'as it was' }));
    expect(timeline.messages[1]?.body).toBe('changed');
    expect(timeline.rev).toBe(4);
  });

  it('keeps what an event delivered before its page', () => {
    const timeline = new Timeline();
    timeline.put(message(4));
    timeline.loadNewest(page(1, 3));
    expect(seqs(timeline)).toEqual([1, 2, 3, 4]);
    expect(timeline.rev).toBe(4);
  });

  it('drops what arrived before its page and is outside it', () => {
    const timeline = new Timeline();
    timeline.put(message(2, { rev: 90 }));
    timeline.loadNewest(page(40, 89));
    expect(seqs(timeline)[0]).toBe(40);
    expect(timeline.rev).toBe(90);
  });

  it('puts older pages in front', () => {
    const timeline = loaded(51, 100);
    expect(timeline.moreBefore).toBe(true);
    timeline.loadOlder(page(1, 50));
    expect(seqs(timeline)).toEqual(messages(1, 100).map(({ seq }) => seq));
    expect(timeline.moreBefore).toBe(false);
    expect(timeline.rev).toBe(100);
  });

  it('leaves changes of messages that are not loaded to their page', () => {
    const timeline = loaded(51, 100);
    timeline.put(message(3, { rev: 101 }));
    expect(seqs(timeline)[0]).toBe(51);
    expect(timeline.rev).toBe(101);
  });

  it('catches up page by page', () => {
    const timeline = loaded();
    timeline.noteHead(6);
    expect(timeline.isBehind).toBe(true);
    const first = { messages: messages(4, 5), rev: 5, more: true, startOver: false };
    expect(timeline.catchUp(first)).toBe('again');
    const second = { messages: messages(6, 6), rev: 6, more: false, startOver: false };
    expect(timeline.catchUp(second)).toBe('done');
    expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(timeline.isBehind).toBe(false);
  });

  it('forgets everything when it is told to start over', () => {
    const timeline = loaded();
    const epoch = timeline.epoch;
    timeline.noteHead(9_000);
    const answer = { messages: [], rev: 9_000, more: false, startOver: true };
    expect(timeline.catchUp(answer)).toBe('start-over');
    expect(timeline.isLoaded).toBe(false);
    expect(timeline.messages).toEqual([]);
    expect(timeline.epoch).toBe(epoch + 1);
  });

  it('never moves its rev back for an older page', () => {
    const timeline = loaded(1, 5);
    timeline.loadNewest(page(1, 3));
    expect(timeline.rev).toBe(5);
  });

  it('drops all but the newest messages', () => {
    const timeline = loaded(1, 10);
    timeline.trim(4);
    expect(seqs(timeline)).toEqual([7, 8, 9, 10]);
    expect(timeline.moreBefore).toBe(true);
  });

  it('returns a new array when something changes, so that changes can be detected', () => {
    const timeline = loaded();
    const before = timeline.messages;
    timeline.put(message(4));
    expect(timeline.messages).not.toBe(before);
    expect(before).toHaveLength(3);
  });
});

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('whatever the order of delivery', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'ends with everything, in order, once (seed %i)',
    (seed) => {
      const random = randomFrom(seed);
      const pick = (below: number) => Math.floor(random() * below);
      const head = 20 + pick(40);
      // Most changes are new messages, some change an earlier one.
      const changes = Array.from({ length: head }, (_, i) => message(i + 1));
      for (let rev = head + 1; rev <= head + 10; rev += 1) {
        changes.push(message(1 + pick(head), { rev, body: `changed at ${rev}` }));
      }
      const expected = new Map<number, string>();
      for (const { seq, body } of changes) expected.set(seq, body);

      const delivered = changes.flatMap((change) => (random() < 0.2 ? [change, change] : [change]));
      for (let i = delivered.length - 1; i > 0; i -= 1) {
        const j = pick(i + 1);
        [delivered[i], delivered[j]] = [delivered[j], delivered[i]] as [never, never];
      }
      const timeline = new Timeline();
      const loadedAt = pick(delivered.length);
      const known = pick(head);
      delivered.forEach((change, i) => {
        if (i === loadedAt) timeline.loadNewest({ ...page(1, known), rev: known, more: false });
        timeline.put(change);
      });

      expect(timeline.rev).toBe(head + 10);
      expect(timeline.isBehind).toBe(false);
      expect(timeline.messages.map(({ seq, body }) => [seq, body])).toEqual(
        [...expected].sort(([a], [b]) => a - b),
      );
    },
  );
});

describe('a timeline that begins far back', () => {
  /** Of 200 messages, three on each side of the position after the 20th. */
  function around(): Timeline {
    const timeline = new Timeline();
    timeline.loadNewest(page(198, 200));
    timeline.loadAround(
      page(18, 20, { seq: 200, rev: 200 }),
      page(21, 23, { seq: 200, rev: 200, more: true }),
    );
    return timeline;
  }

  it('has one range, with more on both sides', () => {
    const timeline = around();
    expect(seqs(timeline)).toEqual([18, 19, 20, 21, 22, 23]);
    expect([timeline.moreBefore, timeline.moreAfter]).toEqual([true, true]);
    expect([timeline.covers(20), timeline.covers(17), timeline.covers(23)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('connects to the newest messages if nothing is in between', () => {
    const timeline = new Timeline();
    timeline.loadNewest(page(24, 30));
    timeline.loadAround(
      page(18, 20, { seq: 30, rev: 30 }),
      page(21, 23, { seq: 30, rev: 30, more: true }),
    );
    expect(seqs(timeline)).toEqual(messages(18, 30).map(({ seq }) => seq));
    expect(timeline.moreAfter).toBe(false);
  });

  it('leaves out messages after the gap, but knows of them', () => {
    const timeline = around();
    timeline.put(message(201));
    expect(seqs(timeline).at(-1)).toBe(23);
    expect([timeline.rev, timeline.latest, timeline.isBehind]).toEqual([201, 201, false]);
  });

  it('applies what was sent and changed while the last page was in flight', () => {
    const timeline = around();
    timeline.expectPage();
    timeline.put(message(201));
    timeline.put(message(150, { rev: 202, body: 'changed' }));
    timeline.loadNewer(page(24, 200, { more: false }));
    timeline.endPage();
    expect(seqs(timeline)).toEqual(messages(18, 201).map(({ seq }) => seq));
    expect(timeline.messages.find(({ seq }) => seq === 150)?.body).toBe('changed');
    expect([timeline.moreAfter, timeline.isBehind]).toEqual([false, false]);
  });

  it('applies what was changed while an older page was in flight', () => {
    const timeline = around();
    timeline.expectPage();
    timeline.put(message(3, { rev: 201, body: 'changed' }));
    timeline.loadOlder(page(1, 17, { seq: 200, rev: 200 }));
    timeline.endPage();
    expect(timeline.messages[2]?.body).toBe('changed');
    expect(timeline.moreBefore).toBe(false);
  });

  it('is another range when it continues with the newest page', () => {
    const timeline = around();
    const { epoch } = timeline;
    timeline.loadNewest(page(198, 200));
    expect(seqs(timeline)).toEqual([198, 199, 200]);
    expect(timeline.moreAfter).toBe(false);
    expect(timeline.epoch).not.toBe(epoch);
  });
});
