// The parts of the members' pane for people who may remove and ban others.
export { default as BannedPeople } from './BannedPeople.svelte';
export { default as MemberActions } from './MemberActions.svelte';
export { default as RemovalDialog } from './RemovalDialog.svelte';
