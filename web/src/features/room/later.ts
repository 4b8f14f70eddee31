// What the feed has after its messages, and what they can be read without.
export { default as MessageActions } from '../editing/MessageActions.svelte';
export { default as Announcer } from './Announcer.svelte';
export { default as JumpButton } from './JumpButton.svelte';
export { holdFocus, nextRow } from './rowfocus';
export { default as UnreadBar } from './UnreadBar.svelte';
