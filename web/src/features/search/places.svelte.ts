import { m } from '../../messages';
import { isolated } from '../../model/isolated';
import { nameOf } from '../../model/subscriptions';
import type { Room } from '../../model/wire';
import type { Chat } from '../../state/chat.svelte';

/** Places knows the names of rooms that results are in, also of those that the list lacks. */
export class Places {
  readonly #chat: Chat;
  #others = $state.raw<Readonly<Record<number, Room | undefined>>>({});

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  /** name returns the room's name, for a sentence; undefined while it is being loaded. */
  name(id: number): string | undefined {
    const own = this.#chat.rooms.get(id);
    if (own?.peer) return isolated(nameOf(own));
    const room = own ?? this.#others[id];
    if (!room) return undefined;
    return room.kind === 'direct' ? m.search.aConversation() : `# ${isolated(room.name)}`;
  }

  /** load asks for the names of rooms that the list lacks. */
  async load(ids: readonly number[]): Promise<void> {
    const { api } = await this.#chat.loadLive();
    for (const id of new Set(ids)) {
      if (this.#chat.rooms.get(id) || id in this.#others) continue;
      this.#others = { ...this.#others, [id]: undefined };
      try {
        const room = await api.rooms.get(id);
        this.#others = { ...this.#others, [id]: room };
      } catch {
        // The name stays away; the next search asks again.
        this.#others = Object.fromEntries(
          Object.entries(this.#others).filter(([other]) => Number(other) !== id),
        );
      }
    }
  }
}
