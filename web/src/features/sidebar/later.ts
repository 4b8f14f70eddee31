// The parts of the list of chats that are loaded after the chats.
export { default as Archived } from './ArchivedRooms.svelte';
export { default as NewChat } from './NewChat.svelte';
export { default as NoChats } from './NoChats.svelte';
