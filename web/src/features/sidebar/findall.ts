import type { MessageHit, User } from '../../model/wire';
import type { Chat } from '../../state/chat.svelte';
import type { Live } from '../../state/live.svelte';
import type { Found } from './roomsearch.svelte';

const roomsMost = 20;

/** How many people and messages are offered beside the rooms. */
const peopleMost = 6;
const messagesMost = 3;

/** Texts shorter than this find too many messages to be of use. */
const messageTextLeast = 2;

/** findAll finds rooms, people and messages. It rejects if rooms cannot be searched. */
export async function findAll(chat: Chat, text: string, signal: AbortSignal): Promise<Found> {
  const live = await chat.loadLive();
  const [found, people, messages] = await Promise.all([
    live.api.rooms.search(text, { signal, limit: roomsMost }),
    findPeople(live, chat.session.user, text, signal),
    findMessages(live, text, signal),
  ]);
  return { rooms: found.rooms.filter(({ kind }) => kind !== 'direct'), people, messages };
}

/**
 * Guests see only the people in their rooms. If people cannot be found, rooms are still shown.
 */
async function findPeople(
  { api, presences }: Live,
  me: User | undefined,
  text: string,
  signal: AbortSignal,
): Promise<readonly User[]> {
  if (!text || me?.kind === 'guest') return [];
  try {
    const { users, presence } = await api.users.list({ text, limit: peopleMost, signal });
    presences.note(
      users.map((user) => user.id),
      presence,
    );
    return users.filter((user) => user.id !== me?.id);
  } catch {
    return [];
  }
}

/** If messages cannot be found, rooms are still shown. */
async function findMessages(
  { api }: Live,
  text: string,
  signal: AbortSignal,
): Promise<readonly MessageHit[]> {
  if (text.length < messageTextLeast) return [];
  try {
    return (await api.messages.search({ text, limit: messagesMost, signal })).hits;
  } catch {
    return [];
  }
}
