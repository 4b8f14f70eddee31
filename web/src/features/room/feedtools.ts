// Additions around the messages of the feed, which is readable without them.
export { default as MessageActions } from '../editing/MessageActions.svelte';
export { default as Announcer } from './Announcer.svelte';
export { default as JumpButton } from './JumpButton.svelte';
export { holdFocus, nextRow } from './rowfocus';
export { default as UnreadBar } from './UnreadBar.svelte';
