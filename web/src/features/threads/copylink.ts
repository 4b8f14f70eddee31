import { m } from '../../messages';
import { homePath } from '../../model/route';
import type { Chat } from '../../state/chat.svelte';

/** copyLink copies the address of a message. */
export async function copyLink(chat: Chat, room: number, seq: number): Promise<void> {
  const address = location.origin + homePath(room, seq);
  try {
    await navigator.clipboard.writeText(address);
    chat.toasts.show(m.invite.linkCopied());
  } catch {
    // Without HTTPS there is no clipboard: the address itself can be copied by hand.
    chat.toasts.show(address);
  }
}
