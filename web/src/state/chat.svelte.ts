import { createContext } from 'svelte';
import type { Api } from '../api';
import type { Link } from '../model/link';
import type { OutboxHome } from '../model/outboxhome';
import { homePath } from '../model/route';
import type { User } from '../model/wire';
import { Connection } from './connection.svelte';
import { Drafts } from './drafts';
import type { Live } from './live.svelte';
import { Markup } from './markup.svelte';
import type { RoomMembers } from './members.svelte';
import { Navigation } from './navigation.svelte';
import { Loader } from './loader';
import { OpenRoom } from './openroom.svelte';
import { Rooms } from './rooms.svelte';
import { Session } from './session.svelte';
import { Timelines } from './timelines.svelte';
import { Toasts } from './toasts.svelte';

/** ChatOptions are the client's outer ends. */
export interface ChatOptions {
  api: Api;
  link: Link;
  /** Gives the home of what is not sent yet, when somebody is signed in; it never rejects. */
  openOutboxHome: () => Promise<OutboxHome>;
  /** Where drafts are kept, in all tabs together and in this one; undefined where the browser allows none. */
  storage: Storage | undefined;
  tabStorage?: Storage | undefined;
}

/** Chat is all state of the client. Components get it with useChat. */
export class Chat {
  readonly session: Session;
  readonly connection: Connection;
  readonly navigation = new Navigation(window);
  readonly rooms: Rooms;
  readonly timelines: Timelines;
  readonly drafts: Drafts;
  readonly markup = new Markup();
  readonly toasts = new Toasts();
  readonly loader: Loader;
  readonly #options: ChatOptions;
  #live = $state.raw<Live>();

  constructor(options: ChatOptions) {
    this.#options = options;
    const { api, link } = options;
    const me = () => this.session.user?.id;
    this.session = new Session(api, {
      onStart: (user, before) => {
        this.#enter(user, before);
      },
      onLapse: () => {
        link.close();
      },
      onEnd: () => {
        link.close();
        this.#forget();
      },
    });
    // Before all others: what `ready` brings belongs to whom it names.
    for (const event of ['ready', 'user:put'] as const) {
      link.on(event, ({ user }) => {
        this.session.meet(user);
      });
    }
    this.loader = new Loader(link);
    this.connection = new Connection(link);
    this.rooms = new Rooms({
      api,
      link,
      me,
      onListed: (rooms) => {
        this.timelines.noteHeads(rooms);
      },
      onRev: (room, rev) => {
        this.timelines.note(room, rev);
      },
      onRead: (room) => {
        void this.#getLive().then((live) => {
          live.readPositions.send(room);
        });
      },
      onGone: (room, reason) => {
        void this.#getLive().then((live) => {
          live.tellGone(room, reason);
        });
      },
    });
    this.timelines = new Timelines({
      api,
      link,
      me,
      openOutboxHome: options.openOutboxHome,
      onSent: (message) => {
        this.rooms.noteSent(message);
      },
      onSync: ({ room }) => {
        if (room) this.rooms.noteName(room);
      },
    });
    this.drafts = new Drafts({ shared: options.storage, own: options.tabStorage }, me, window);
    // It may have failed for want of a connection, which the socket may have outlived.
    link.on('ready', () => {
      void this.markup.load();
    });
    window.addEventListener('online', () => {
      if (this.session.status !== 'signed-in') return;
      void this.markup.load();
      this.loader.retry();
      this.timelines.resume();
    });
    // They may come before the code that shows them.
    for (const event of ['invitation', 'invitation:gone'] as const) {
      link.on(event, (news) => {
        void this.#getLive().then((live) => {
          live.invite(news);
        });
      });
    }
    link.on('session:ended', ({ reason }) => {
      this.session.end(reason);
    });
    link.onRefused(() => {
      this.session.end('expired');
    });
    api.onUnauthenticated(() => {
      this.session.end('expired');
    });
  }

  /**
   * suspend ends the connection while the browser puts the page aside, perhaps to show it again for
   * Back. Otherwise the user would stay online, and what is on the screen would stay readable.
   */
  suspend(): void {
    this.#live?.readPositions.flush();
    this.#options.link.close();
    this.session.doubt();
  }

  /** openRoom gives the state of the room on screen. Close it afterwards. */
  openRoom(id: number): OpenRoom {
    const { api, link } = this.#options;
    return new OpenRoom(id, { api, link, rooms: this.rooms, timelines: this.timelines });
  }

  /** openMembers gives the live list of a room's members, with the code for it. Close it afterwards. */
  async openMembers(room: number): Promise<RoomMembers> {
    const { RoomMembers } = await import('./members.svelte');
    return new RoomMembers(room, this.#options.api, this.#options.link, this.timelines.of(room));
  }

  /** Who is there, who types, who invites: loaded beside everything else, and undefined until then. */
  get live(): Live | undefined {
    return this.#live;
  }

  /** Starts what a signed-in person needs; the list and the socket come side by side. */
  #enter(user: User, before: User | undefined): void {
    if (before && before.id !== user.id) {
      this.#forget();
      this.navigation.replace(homePath());
    }
    this.timelines.enter(user.id);
    this.#options.link.open();
    if (!this.rooms.isLoaded) void this.rooms.load();
    void this.markup.load();
    void this.#getLive(); // there is a chat without it
  }

  #getLive(): Promise<Live> {
    return this.loader.get(() => this.loadLive());
  }

  /** loadLive brings it; it rejects when the code cannot be had, and may be asked again. */
  async loadLive(): Promise<Live> {
    if (this.#live) return this.#live;
    const { Live } = await import('./live.svelte');
    return (this.#live ??= new Live({
      ...this.#options,
      toasts: this.toasts,
      navigation: this.navigation,
      rooms: this.rooms,
    }));
  }

  /** Forgets what has been loaded for whoever was here. */
  #forget(): void {
    this.rooms.clear();
    this.timelines.clear();
    this.#live?.clear();
  }
}

/** useChat gives the Chat to a component; provideChat sets it, once, at the root. */
export const [useChat, provideChat] = createContext<Chat>();
