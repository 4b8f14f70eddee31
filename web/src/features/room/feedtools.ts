// Additions around the messages of the feed, which is readable without them.
export { default as Around } from './Around.svelte';
export { default as Below } from './Below.svelte';
export { default as MessageActions } from '../actions/MessageActions.svelte';
export { default as JumpButton } from './JumpButton.svelte';
export { default as Quote } from '../threads/Quote.svelte';
export { holdFocus, nextRow } from './rowfocus';
export { showMessage } from './show';
export { Seen } from './seen';
export { default as UnreadBar } from './UnreadBar.svelte';
