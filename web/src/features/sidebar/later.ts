// The parts of the left pane that are loaded after the chats.
export { default as Account } from './Account.svelte';
export { default as Archived } from './ArchivedRooms.svelte';
export { default as NewChat } from './NewChat.svelte';
export { default as NoChats } from './NoChats.svelte';
export { default as RoomFinder } from './RoomFinder.svelte';
