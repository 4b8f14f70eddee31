import { m } from '../messages';
import { isolated } from '../model/isolated';
import type { PushInfo } from '../model/wire';
import type { Window, WorkerScope } from './scope';

/** Push is what the server sends: docs/PROTOCOL.md, “Pushes”. */
export interface Push {
  kind: string;
  room: number;
  seq: number;
  name?: string;
  author?: string;
  message?: string;
  text?: string;
  at?: number;
}

/** Shown is the data of a notification. One without a room says that there is nothing new. */
export interface Shown {
  room?: number;
  seq?: number;
  at?: number;
}

/** The notification of a room, which a page that is open may show, too. */
const tagOf = (room: number) => `room:${room}`;

const nothingNew = 'nothing-new';

const pages = { type: 'window', includeUncontrolled: true } as const;

/** handlePushes shows pushes, and opens what is clicked. */
export function handlePushes(scope: WorkerScope): void {
  scope.addEventListener('push', (event) => {
    event.waitUntil(receive(scope, parse(event.data?.text())));
  });
  scope.addEventListener('notificationclick', (event) => {
    event.waitUntil(open(scope, event.notification));
  });
  scope.addEventListener('pushsubscriptionchange', (event) => {
    event.waitUntil(renew(scope, event.oldSubscription));
  });
}

function parse(text: string | undefined): Push | undefined {
  try {
    const push = JSON.parse(text ?? '') as Push | null;
    return push && Number.isSafeInteger(push.room) && Number.isSafeInteger(push.seq)
      ? push
      : undefined;
  } catch {
    return undefined;
  }
}

const shownBy = (notification: Notification) => (notification.data ?? {}) as Shown;

/**
 * Browsers show a notification of their own if a push ends without one of ours, unless a page of
 * ours is visible.
 */
async function receive({ registration, clients }: WorkerScope, push: Push | undefined) {
  const all = await registration.getNotifications();
  const isSeen = (await clients.matchAll(pages)).some((page) => page.visibilityState === 'visible');
  if (push?.kind === 'message') {
    // The page itself shows what is new.
    if (!isSeen) await show(registration, push, all);
    return;
  }
  const read = all.filter(
    (one) => shownBy(one).room === push?.room && (shownBy(one).seq ?? 0) <= (push?.seq ?? 0),
  );
  if (!isSeen && read.length === all.length) {
    await registration.showNotification(m.push.nothingNew(), {
      tag: nothingNew,
      silent: true,
      data: {},
    });
  }
  for (const one of read) one.close();
}

async function show(
  registration: WorkerScope['registration'],
  push: Push,
  all: readonly Notification[],
): Promise<void> {
  const isRepeated = all.some(
    (one) => shownBy(one).room === push.room && (shownBy(one).seq ?? 0) >= push.seq,
  );
  const options: NotificationOptions & { renotify: boolean; timestamp: number } = {
    tag: tagOf(push.room),
    body: textOf(push),
    renotify: !isRepeated,
    silent: isRepeated,
    timestamp: push.at ?? Date.now(),
    data: { room: push.room, seq: push.seq, at: push.at ?? Date.now() } satisfies Shown,
  };
  await registration.showNotification(titleOf(push), options);
  for (const one of all) if (shownBy(one).room === undefined) one.close();
}

function titleOf({ author, name }: Push): string {
  if (!author) return m.push.newMessage();
  return name
    ? m.push.inRoom({ author: isolated(author), room: isolated(name) })
    : isolated(author);
}

function textOf({ text, message }: Push): string {
  if (message === 'location') return m.push.location();
  if (text) return text;
  return message === 'file' ? m.push.file() : m.push.newMessage();
}

async function open({ clients }: WorkerScope, notification: Notification): Promise<void> {
  notification.close();
  const { room, seq } = shownBy(notification);
  const path = room === undefined ? '/home' : `/home/${room}/${seq ?? 1}`;
  const windows = (await clients.matchAll(pages)).filter(isHome);
  const page = windows.find((one) => one.visibilityState === 'visible') ?? windows[0];
  if (!page) {
    await clients.openWindow(path);
    return;
  }
  await page.focus().catch(() => undefined);
  page.postMessage({ kind: 'open', path });
}

const isHome = (page: Window) => new URL(page.url).pathname.startsWith('/home');

/** renew reports a subscription that the browser has replaced. */
async function renew(
  { registration }: WorkerScope,
  old: PushSubscription | null | undefined,
): Promise<void> {
  const key = old?.options.applicationServerKey;
  if (!key) return; // the page does it when it is next open
  const next = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  const { endpoint, keys } = next.toJSON();
  const known = (await (await fetch('/api/v1/push')).json()) as Partial<PushInfo>;
  const showsText = known.devices?.find(({ current }) => current)?.showsText ?? false;
  await fetch('/api/v1/push/device', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ endpoint, keys, showsText }),
  });
}
