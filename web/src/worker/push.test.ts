import { expect, test } from 'vitest';
import { handlePushes, type Push, type Shown } from './push';
import type { Window, WorkerEvents, WorkerScope } from './scope';

/** A worker with notifications that are kept in memory, and pages. */
class Scope {
  all: (NotificationOptions & { title: string; data: Shown; close: () => void })[] = [];
  pages: (Window & { messages: unknown[] })[] = [];
  opened: string[] = [];
  readonly #listeners = new Map<string, (event: never) => void>();

  constructor() {
    handlePushes(this as unknown as WorkerScope);
  }

  readonly registration = {
    getNotifications: async () => [...this.all],
    showNotification: async (title: string, options: NotificationOptions & { data: Shown }) => {
      this.all = this.all.filter(({ tag }) => tag !== options.tag);
      const one = {
        ...options,
        title,
        close: () => (this.all = this.all.filter((other) => other !== one)),
      };
      this.all.push(one);
    },
  };

  readonly clients = {
    matchAll: async () => this.pages,
    openWindow: async (path: string) => this.opened.push(path),
  };

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, listener);
  }

  async dispatch<K extends keyof WorkerEvents>(
    type: K,
    event: Omit<WorkerEvents[K], 'waitUntil'>,
  ): Promise<void> {
    let work: Promise<unknown> = Promise.resolve();
    const waitUntil = (promise: Promise<unknown>) => (work = promise);
    this.#listeners.get(type)?.({ ...event, waitUntil } as never);
    await work;
  }

  async push(push: Partial<Push> | undefined): Promise<string[]> {
    await this.dispatch('push', { data: push ? { text: () => JSON.stringify(push) } : null });
    return this.all.map(({ tag, data }) => `${tag ?? ''} ${data.seq ?? 0}`);
  }

  page(path: string, visibilityState: DocumentVisibilityState): void {
    const messages: unknown[] = [];
    this.pages.push({
      url: `https://chat.example${path}`,
      visibilityState,
      messages,
      focus: async () => undefined,
      postMessage: (message) => messages.push(message),
    });
  }
}

const message = (room: number, seq: number): Partial<Push> => ({
  kind: 'message',
  room,
  seq,
  author: 'ada',
  name: 'Den',
});

test('I3 a room has one notification, which a repeated push leaves silently as it is', async () => {
  const scope = new Scope();
  expect(await scope.push(message(5, 1))).toEqual(['room:5 1']);
  expect(scope.all[0]?.silent).toBe(false);
  expect(await scope.push(message(5, 1))).toEqual(['room:5 1']);
  expect(scope.all[0]?.silent).toBe(true);
  expect(await scope.push(message(5, 2))).toEqual(['room:5 2']);
  expect(scope.all[0]?.silent).toBe(false);
  expect(await scope.push(message(6, 1))).toEqual(['room:5 2', 'room:6 1']);
});

test('I3 nothing is shown while a page is visible, and an unreadable push is announced', async () => {
  const scope = new Scope();
  scope.page('/home', 'visible');
  expect(await scope.push(message(5, 1))).toEqual([]);
  expect(await scope.push(undefined)).toEqual([]);
  scope.pages = [];
  scope.page('/home', 'hidden');
  expect(await scope.push(undefined)).toEqual(['nothing-new 0']);
  expect(await scope.push({ kind: 'message', room: 5 })).toEqual(['nothing-new 0']);
  expect(await scope.push(message(5, 1))).toEqual(['room:5 1']);
});

test('I3 what was read elsewhere is taken away, and the last one is replaced silently', async () => {
  const scope = new Scope();
  await scope.push(message(5, 3));
  await scope.push(message(6, 1));
  expect(await scope.push({ kind: 'read', room: 5, seq: 2 })).toEqual(['room:5 3', 'room:6 1']);
  expect(await scope.push({ kind: 'read', room: 5, seq: 3 })).toEqual(['room:6 1']);
  expect(await scope.push({ kind: 'read', room: 6, seq: 1 })).toEqual(['nothing-new 0']);
  expect(scope.all[0]?.silent).toBe(true);
  await scope.push(message(5, 4));
  scope.page('/home', 'visible');
  expect(await scope.push({ kind: 'read', room: 5, seq: 4 })).toEqual([]);
});

test('I3 a click shows the message in a page that is open, or in a new one', async () => {
  const scope = new Scope();
  await scope.push(message(5, 3));
  const click = () =>
    scope.dispatch('notificationclick', {
      notification: scope.all[0] as unknown as Notification,
    });
  await click();
  expect(scope.opened).toEqual(['/home/5/3']);
  expect(scope.all).toEqual([]);
  scope.page('/join/x', 'visible');
  scope.page('/home/9', 'hidden');
  await scope.push({ kind: 'read', room: 5, seq: 3 });
  scope.pages.shift();
  await scope.push(message(5, 4));
  await click();
  expect(scope.pages[0]?.messages).toEqual([{ kind: 'open', path: '/home/5/4' }]);
  expect(scope.opened).toHaveLength(1);
});
