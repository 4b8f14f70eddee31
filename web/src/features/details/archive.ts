import { m } from '../../messages';
import { failureFrom } from '../../model/failure';
import { isolated } from '../../model/isolated';
import type { Chat } from '../../state/chat.svelte';

/** archive archives a room, or unarchives it, and says so. */
export async function archive(chat: Chat, room: number, on: boolean): Promise<void> {
  try {
    const { api } = await chat.loader.get(() => chat.loadLive());
    const { name } = await api.rooms.archive(room, on);
    const place = isolated(name);
    chat.toasts.show(
      on ? m.details.archiveDone({ room: place }) : m.details.unarchiveDone({ room: place }),
    );
  } catch (thrown) {
    chat.toasts.show(failureFrom(thrown).message, 'error');
  }
}
