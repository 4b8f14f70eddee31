// What the members' pane has for those who may remove and ban others.
export { default as BannedPeople } from './BannedPeople.svelte';
export { default as MemberActions } from './MemberActions.svelte';
export { default as PutOutDialog } from './PutOutDialog.svelte';
