import { createContext } from 'svelte';
import type { Api } from '../api';
import type { Link } from '../model/link';
import type { FileShelf } from '../model/files/kept';
import type { OutboxHome } from '../model/outboxhome';
import { homePath } from '../model/route';
import type { EndReason, User } from '../model/wire';
import { Connection } from './connection.svelte';
import { Drafts } from './drafts';
import type { Live } from './live.svelte';
import { Markup } from './markup.svelte';
import type { RoomMembers } from './members.svelte';
import { Navigation } from './navigation.svelte';
import { Loader } from './loader';
import { OpenRoom } from './openroom.svelte';
import { Profiles } from './profiles.svelte';
import { Rooms } from './rooms.svelte';
import { Session } from './session.svelte';
import { Timelines } from './timelines.svelte';
import { Toasts } from './toasts.svelte';

/** ChatOptions are the client's external dependencies. */
export interface ChatOptions {
  api: Api;
  link: Link;
  /** Returns the home of unsent messages, once somebody is signed in; it never rejects. */
  openOutboxHome: () => Promise<OutboxHome>;
  /** Returns the place for files that are not sent yet; it never rejects. */
  openShelf: () => Promise<FileShelf>;
  /**
   * Storage for drafts, shared by all tabs and of this tab; undefined if the browser allows none.
   */
  storage: Storage | undefined;
  tabStorage?: Storage | undefined;
}

/** Chat is the whole state of the client. Components get it with useChat. */
export class Chat {
  readonly session: Session;
  readonly connection: Connection;
  readonly navigation = new Navigation(window);
  readonly rooms: Rooms;
  readonly timelines: Timelines;
  readonly drafts: Drafts;
  readonly profiles = new Profiles();
  readonly markup = new Markup(this.profiles);
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
    // First of all: the content of `ready` belongs to the user that it names.
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
      storage: options.storage,
      me,
      onListed: (rooms) => {
        this.timelines.noteHeads(rooms);
      },
      onRestored: () => {
        location.reload();
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
      onSync: (changes) => {
        if (changes.room) this.rooms.noteName(changes.room);
        this.#live?.sync(changes);
      },
    });
    this.drafts = new Drafts({ shared: options.storage, own: options.tabStorage }, me, window);
    // Loading may have failed without a connection, although the socket survived.
    link.on('ready', () => {
      void this.markup.load();
    });
    window.addEventListener('online', () => {
      if (this.session.status !== 'signed-in') return;
      void this.markup.load();
      this.loader.retry();
      this.timelines.resume();
    });
    // Invitations may arrive before the code that shows them.
    for (const event of ['invitation', 'invitation:gone'] as const) {
      link.on(event, (news) => {
        void this.#getLive().then((live) => {
          live.invite(news);
        });
      });
    }
    link.on('reaction:put', (put) => {
      void this.#getLive().then((live) => {
        live.reactions.take(put);
      });
    });
    link.on('session:ended', ({ reason }) => {
      this.session.end(reason);
    });
    const end = (reason: EndReason = 'expired') => {
      this.session.end(reason);
    };
    link.onRefused(end);
    api.onUnauthenticated(end);
  }

  /**
   * suspend ends the connection while the browser suspends the page, perhaps to restore it for
   * Back. Otherwise the user would stay online, and the screen would stay readable.
   */
  suspend(): void {
    this.#live?.readPositions.flush();
    this.#options.link.close();
    this.session.doubt();
  }

  /** openRoom returns the state of the room on screen. Close it afterwards. */
  openRoom(id: number): OpenRoom {
    const { api, link } = this.#options;
    return new OpenRoom(id, { api, link, rooms: this.rooms, timelines: this.timelines });
  }

  /**
   * openMembers returns the live list of a room's members, after loading its code. Close it
   * afterwards.
   */
  async openMembers(room: number): Promise<RoomMembers> {
    const { RoomMembers } = await import('./members.svelte');
    return new RoomMembers(room, this.#options.api, this.#options.link, this.timelines.of(room));
  }

  /** Presence, typing and invitations: loaded in parallel, and undefined until then. */
  get live(): Live | undefined {
    return this.#live;
  }

  /** Starts what a signed-in user needs; the list and the socket are loaded in parallel. */
  #enter(user: User, before: User | undefined): void {
    if (before && before.id !== user.id) {
      this.#forget();
      this.navigation.replace(homePath());
    }
    this.timelines.enter(user.id);
    this.#options.link.open();
    if (!this.rooms.isLoaded) void this.rooms.load();
    void this.markup.load();
    void this.#getLive(); // the chat works without it
  }

  #getLive(): Promise<Live> {
    return this.loader.get(() => this.loadLive());
  }

  /** loadLive loads it. It rejects if the code cannot be loaded; call it again then. */
  async loadLive(): Promise<Live> {
    if (this.#live) return this.#live;
    const { Live } = await import('./live.svelte');
    return (this.#live ??= new Live({
      ...this.#options,
      toasts: this.toasts,
      connection: this.connection,
      navigation: this.navigation,
      profiles: this.profiles,
      rooms: this.rooms,
      timelines: this.timelines,
      me: () => this.session.user?.id,
    }));
  }

  /** Drops what was loaded for the previous user. */
  #forget(): void {
    this.rooms.clear();
    this.timelines.clear();
    this.#live?.clear();
  }
}

/** useChat returns the Chat in a component; provideChat sets it, once, at the root. */
export const [useChat, provideChat] = createContext<Chat>();
