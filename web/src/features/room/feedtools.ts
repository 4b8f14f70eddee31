// What stands around and over the messages of the feed. They can be read without it.
export { default as MessageActions } from '../editing/MessageActions.svelte';
export { default as Announcer } from './Announcer.svelte';
export { default as JumpButton } from './JumpButton.svelte';
export { holdFocus, nextRow } from './rowfocus';
export { default as UnreadBar } from './UnreadBar.svelte';
