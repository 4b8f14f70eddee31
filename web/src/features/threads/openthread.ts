import type { OpenRoom } from '../../state/openroom.svelte';

/** OpenThread is the thread on screen. */
export interface OpenThread {
  readonly open: OpenRoom;
  /** The seq of the root. */
  readonly root: number;
  /** The message to show; undefined for the newest. */
  readonly seq?: number | undefined;
}
