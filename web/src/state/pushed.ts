import type { Link } from '../model/link';
import type { Rooms } from './rooms.svelte';

/** Milliseconds after which a notification can be closed for certain, on Linux desktops. */
const settled = 500;

/** closeWhatWasRead takes away the notifications of messages that were read. */
export function closeWhatWasRead(link: Link, rooms: Rooms): void {
  if (!('serviceWorker' in navigator)) return;
  const tidy = () => {
    if (document.visibilityState === 'visible') setTimeout(() => void closeRead(rooms), settled);
  };
  document.addEventListener('visibilitychange', tidy);
  link.on('ready', tidy);
  link.on('room:put', tidy);
}

async function closeRead(rooms: Rooms): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration().catch(() => undefined);
  for (const shown of (await registration?.getNotifications()) ?? []) {
    const { room, seq = 0 } = (shown.data ?? {}) as { room?: number; seq?: number };
    const isUnread = room !== undefined && (rooms.get(room)?.membership.readSeq ?? 0) < seq;
    if (!isUnread) shown.close();
  }
}
