import { shownName } from '../model/person';
import { m } from '../messages';
import { callsOf, levelOf } from '../model/attention';
import { isolated } from '../model/isolated';
import type { Link } from '../model/link';
import { mentions } from '../model/mentions';
import { notifies } from '../model/notifies';
import { lineOf } from '../model/preview';
import { nameOf } from '../model/subscriptions';
import { startTimer } from '../model/timer';
import type { Level, Message, Settings, SettingsChange, Subscription } from '../model/wire';
import { Tabs } from './tabs';
import type { Desktop } from './desktop';
import type { Rooms } from './rooms.svelte';

/** News is a message that notifies me. */
export interface News {
  readonly room: number;
  readonly seq: number;
  /** Who has written, and where. */
  readonly title: string;
  /** The beginning of the message. */
  readonly text: string;
}

/** NotifierOptions are the dependencies of Notifier. */
export interface NotifierOptions {
  link: Link;
  rooms: Rooms;
  /** The id of the signed-in user. */
  me: () => number | undefined;
  settings: () => Settings | undefined;
  /** Whether I follow a thread. */
  follows: (room: number, root: number) => boolean;
  /** The room on screen. */
  openRoom: () => number | undefined;
  /** Shows what the user has clicked outside of the page. */
  open: (news: News) => void;
  storage: Storage | undefined;
  tabs?: Tabs;
}

/** Milliseconds for which a toast is shown, and between two sounds. */
const shownFor = 7_000;
const soundPause = 1_500;

/** The number of toasts that are shown at the same time. */
const shownMost = 3;

/** The keys of the choices that hold for this browser; their value is "off" or "on". */
const keys = { sound: 'partychat.sound', desktop: 'partychat.desktop' };

/**
 * Notifier announces new messages: by a toast where the page is visible, by a notification on the
 * desktop where no tab is, and by a sound.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #tabs: Tabs;
  /** The newest message of each room that has been considered. */
  readonly #heads = new Map<number, number>();
  #toasts = $state.raw<readonly News[]>([]);
  /** Each cancels the end of a toast. */
  readonly #ends = new Map<News, () => void>();
  /** The message of each room that is shown on the desktop. */
  readonly #onDesktop = new Map<number, number>();
  #desktop: Desktop | undefined;
  #hasSound = $state(true);
  #hasDesktop = $state(false);
  #soundedAt = -soundPause;
  /** Whether no list of the user's rooms has come yet: its messages are no news. */
  #isFirst = true;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#tabs = options.tabs ?? new Tabs();
    const { link, rooms, storage } = options;
    this.#hasSound = storage?.getItem(keys.sound) !== 'off';
    this.#hasDesktop = storage?.getItem(keys.desktop) === 'on';
    this.#isFirst = rooms.list.length === 0;
    for (const { id, seq } of rooms.list) this.#heads.set(id, seq);
    link.on('ready', () => {
      for (const room of rooms.list) {
        if (this.#isFirst) this.#heads.set(room.id, room.seq);
        else this.#noteLast(room);
      }
      this.#isFirst = false;
    });
    link.on('room:put', ({ subscription }) => {
      this.#noteLast(rooms.get(subscription.id) ?? subscription);
    });
    link.on('message:put', ({ message }) => {
      if (message.deleted) this.#withdraw(message.room, message.seq);
      const room = rooms.get(message.room);
      if (room) this.#note(room, message);
    });
  }

  /** The messages that are shown over the page. */
  get toasts(): readonly News[] {
    return this.#toasts;
  }

  /** Whether messages make a sound, in this browser. */
  get hasSound(): boolean {
    return this.#hasSound;
  }

  /** Whether messages are shown on the desktop while the page is hidden, in this browser. */
  get hasDesktop(): boolean {
    return this.#hasDesktop;
  }

  /** chooseSound turns sounds on or off; turned on, one is played as an example. */
  chooseSound(isOn: boolean): void {
    this.#hasSound = isOn;
    this.#keep(keys.sound, isOn);
    if (isOn) void this.#play('news');
  }

  /**
   * chooseDesktop turns notifications on the desktop on or off, and asks for the permission if
   * there is none. It returns whether they are on.
   */
  async chooseDesktop(isOn: boolean): Promise<boolean> {
    this.#hasDesktop = isOn && (await Notification.requestPermission()) === 'granted';
    this.#keep(keys.desktop, this.#hasDesktop);
    return this.#hasDesktop;
  }

  /** put replaces my settings on all my devices, or rejects with a Failure. */
  async put(settings: SettingsChange): Promise<void> {
    await this.#options.link.command('settings:set', { settings });
  }

  /** setLevel sets which messages of a room notify me, or rejects with a Failure. */
  async setLevel(room: number, level: Level): Promise<void> {
    await this.#options.link.command('room:level', { room, level });
  }

  /** levelOf returns which messages of a room notify me. */
  levelOf(room: Subscription): Level {
    return levelOf(room, this.#options.settings());
  }

  /** callsOf returns how many unread messages of a room call for me. */
  callsOf(room: Subscription): number {
    return callsOf(room, this.#options.settings());
  }

  /** settle removes toasts of messages that were read, and of rooms that are gone or on screen. */
  settle(rooms: readonly Subscription[], open: number | undefined): void {
    const readSeqs = new Map(rooms.map(({ id, membership }) => [id, membership.readSeq]));
    const isOver = (room: number, seq: number) => (readSeqs.get(room) ?? Infinity) >= seq;
    for (const [room, seq] of this.#onDesktop) if (isOver(room, seq)) this.#withdraw(room, seq);
    const left = this.#toasts.filter(({ room, seq }) => room !== open && !isOver(room, seq));
    if (left.length < this.#toasts.length) this.#toasts = left;
  }

  /** dismiss takes a toast away. */
  dismiss(news: News): void {
    this.hold(news);
    this.#toasts = this.#toasts.filter((other) => other !== news);
  }

  /** hold keeps a toast on screen until it is released, as while the pointer is over it. */
  hold(news: News): void {
    this.#ends.get(news)?.();
    this.#ends.delete(news);
  }

  /** release lets a toast end after a while. */
  release(news: News): void {
    this.hold(news);
    const end = startTimer(() => {
      this.dismiss(news);
    }, shownFor);
    this.#ends.set(news, end);
  }

  /** clear drops the previous user's data. */
  clear(): void {
    this.#isFirst = true;
    this.#heads.clear();
    this.#toasts = [];
    for (const [room, seq] of this.#onDesktop) this.#withdraw(room, seq);
  }

  /** A room that is new in the list brings no news; a conversation comes with its first message. */
  #noteLast(room: Subscription): void {
    if (!room.peer && !this.#heads.has(room.id)) this.#heads.set(room.id, room.seq);
    if (room.last) this.#note(room, room.last);
  }

  #note(room: Subscription, message: Message): void {
    if (message.seq < room.seq || message.seq <= (this.#heads.get(room.id) ?? 0)) return;
    this.#heads.set(room.id, message.seq);
    const { me, settings } = this.#options;
    if (message.seq <= room.membership.readSeq) return;
    const follows = !!message.thread && this.#options.follows(room.id, message.thread);
    if (notifies(message, { me: me(), room, settings: settings(), follows }))
      void this.#tell(newsOf(room, message), !!room.peer || mentions(message, me()));
  }

  async #tell(news: News, isCall: boolean): Promise<void> {
    const sound = () => void this.#play(isCall ? 'call' : 'news');
    const key = `${news.room}:${news.seq}`;
    if (document.visibilityState === 'visible') {
      const isOpen = this.#options.openRoom() === news.room;
      if (isOpen && document.hasFocus()) return;
      if (!isOpen) this.#toast(news);
      await this.#tabs.once(key, sound);
    } else if (!(await this.#tabs.isAnyVisible())) {
      await this.#tabs.once(key, () => {
        sound();
        if (this.#hasDesktop) void this.#showOnDesktop(news);
      });
    }
  }

  #toast(news: News): void {
    const others = this.#toasts.filter(({ room }) => room !== news.room);
    this.#toasts = [...others, news].slice(-shownMost);
    this.release(news);
  }

  async #showOnDesktop(news: News): Promise<void> {
    try {
      const { Desktop } = await import('./desktop');
      this.#desktop ??= new Desktop(this.#options.open);
      this.#onDesktop.set(news.room, news.seq);
      await this.#desktop.show(news);
    } catch {
      this.#onDesktop.delete(news.room); // the permission was taken away, or there is no network
    }
  }

  #withdraw(room: number, seq: number): void {
    this.#toasts = this.#toasts.filter((news) => news.room !== room || news.seq !== seq);
    if (this.#onDesktop.get(room) !== seq) return;
    this.#onDesktop.delete(room);
    this.#desktop?.close(room);
  }

  async #play(sound: 'news' | 'call'): Promise<void> {
    const now = performance.now();
    if (!this.#hasSound || now - this.#soundedAt < soundPause) return;
    this.#soundedAt = now;
    try {
      (await import('./sound')).play(sound);
    } catch {
      // Without a network there is no sound; what is to be seen says the same.
    }
  }

  #keep(key: string, isOn: boolean): void {
    try {
      this.#options.storage?.setItem(key, isOn ? 'on' : 'off');
    } catch {
      // Without storage the choice lasts for the lifetime of the page.
    }
  }
}

function newsOf(room: Subscription, message: Message): News {
  const name = isolated(shownName(message.author));
  return {
    room: room.id,
    seq: message.seq,
    title: room.peer ? name : m.notifying.inRoom({ name, room: isolated(nameOf(room)) }),
    text: lineOf(message),
  };
}
