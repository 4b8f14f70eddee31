import { Passage } from '../../model/passage';
import type { Row } from '../../model/rows';
import type { Reading } from '../../state/reading.svelte';
import type { RoomTimeline } from '../../state/timelines.svelte';
import { onScreen } from './onscreen';

/** Seen tells a Reading which messages have been on the screen. */
export class Seen {
  readonly #reading: Reading;
  readonly #timeline: RoomTimeline;
  readonly #passage = new Passage();

  constructor(reading: Reading, timeline: RoomTimeline) {
    this.#reading = reading;
    this.#timeline = timeline;
  }

  /**
   * jump records that the feed itself scrolls to another position: nothing in between is seen.
   */
  jump(): void {
    this.#passage.jump();
  }

  /** note records what is in the box. A row covers all since the previous one: notices are folded. */
  note(box: HTMLElement, rows: readonly Row[]): void {
    const keys = onScreen(box);
    if (!keys) return;
    const { moreBefore, messages } = this.#timeline;
    const first = rows.findIndex(({ key }) => key === keys.first);
    const last = rows.findLast(({ key, seq }) => key === keys.last && seq !== undefined);
    const before = rows[first - 1]?.seq ?? (moreBefore ? messages[0]?.seq : 0);
    if (last?.seq === undefined) return;
    const from = this.#passage.from({
      first: (before ?? 0) + 1,
      last: last.seq,
      newest: messages.at(-1)?.seq ?? 0,
      geometry: { offset: box.scrollTop, viewport: box.clientHeight, size: box.scrollHeight },
    });
    this.#reading.see(from, last.seq);
  }
}
