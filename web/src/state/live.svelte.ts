import type { Api } from '../api';
import { createMarksApi } from '../api/marks';
import { createFilesApi, type FilesApi } from '../api/files';
import { createThreadsApi } from '../api/threads';
import { createPeopleApi, type PeopleApi } from '../api/people';
import { m } from '../messages';
import type { FileShelf } from '../model/files/kept';
import type { Link } from '../model/link';
import { goneWords } from '../model/removal';
import { homePath } from '../model/route';
import { keepTextsLive } from '../model/translated';
import { startTimer } from '../model/timer';
import { typingWords } from '../model/typing';
import type {
  Changes,
  GoneReason,
  InvitationGone,
  Invited,
  SentFile,
  Subscription,
} from '../model/wire';
import { reportActivity } from './active';
import { AppWorker } from './appworker.svelte';
import { BanList } from './bans.svelte';
import { Followed } from './followed.svelte';
import { Idle } from './idle';
import { Marks } from './marks.svelte';
import { MessageSearch } from './messagesearch.svelte';
import type { Connection } from './connection.svelte';
import type { Navigation } from './navigation.svelte';
import { Notifier } from './notifier.svelte';
import { appendById, Pages } from './pages.svelte';
import { PeopleList } from './people.svelte';
import { Presences } from './presence.svelte';
import { PushDevice } from './pushdevice.svelte';
import { closeWhatWasRead } from './pushed';
import { Quotes } from './quotes.svelte';
import { Reactions } from './reactions.svelte';
import { ReadPositions } from './readpositions';
import { keepProfiles, type Profiles } from './profiles.svelte';
import type { Rooms } from './rooms.svelte';
import { Statuses } from './statuses.svelte';
import { Thread } from './thread.svelte';
import type { RoomTimeline, Timelines } from './timelines.svelte';
import type { Toasts } from './toasts.svelte';
import { MyTyping, Typists } from './typing.svelte';
import { Uploads } from './uploads.svelte';
import { Zone } from './zone.svelte';

/** LiveOptions are the dependencies of Live. */
export interface LiveOptions {
  api: Api;
  link: Link;
  navigation: Navigation;
  toasts: Toasts;
  connection: Connection;
  profiles: Profiles;
  rooms: Rooms;
  storage: Storage | undefined;
  timelines: Timelines;
  /** The id of the signed-in user. */
  me: () => number | undefined;
  /** Storage of this tab; undefined if the browser allows none. */
  tabStorage?: Storage | undefined;
  /** Returns the place for files that are not sent yet; it never rejects. */
  openShelf: () => Promise<FileShelf>;
}

/** CoverPage is a page that lies over the open room. */
export type CoverPage = 'bookmarks' | 'threads';

/**
 * Live is what the client knows about people besides their messages: presence, typing,
 * reactions, pins, bookmarks, invitations and my read positions. It is loaded in parallel with the first messages, which do
 * not need it.
 */
export class Live {
  readonly api: PeopleApi;
  readonly files: FilesApi;
  readonly uploads: Uploads;
  readonly presences: Presences;
  readonly statuses: Statuses;
  readonly typists: Typists;
  readonly quotes: Quotes;
  readonly reactions: Reactions;
  readonly marks: Marks;
  readonly followed: Followed;
  readonly readPositions: ReadPositions;
  readonly search: MessageSearch;
  readonly notifier: Notifier;
  readonly worker: AppWorker;
  readonly pushDevice: PushDevice;
  readonly #zone = new Zone();
  readonly #options: LiveOptions;
  #isAway = $state(false);
  #page = $state<CoverPage>();
  /** A thread to open when its room is on screen. */
  wanted = $state.raw<{ readonly room: number; readonly root: number }>();
  #invitations = $state.raw<readonly Invited[]>([]);

  constructor(options: LiveOptions) {
    this.#options = options;
    const { api, link, rooms, timelines, toasts } = options;
    this.api = createPeopleApi(api.request);
    this.files = createFilesApi(api.request);
    this.uploads = new Uploads({
      api: this.files,
      openShelf: options.openShelf,
      send: ({ room, thread }, { clientId, caption: body, replyTo, inRoom }, files) => {
        const answer = { replyTo, thread, inRoom };
        timelines.of(room).send({ clientId, kind: 'file', body, files, ...answer });
      },
      onUnkept: () => {
        toasts.show(m.files.notKept(), 'error');
      },
    });
    this.statuses = new Statuses(options.profiles);
    this.presences = new Presences(link, startTimer, (users) => {
      keepProfiles(options.profiles, users);
      for (const peer of users) {
        const room = rooms.list.find((known) => known.peer?.id === peer.id);
        if (room) rooms.put({ ...room, peer });
      }
    });
    this.typists = new Typists(link);
    this.quotes = new Quotes(link);
    this.reactions = new Reactions(options);
    this.marks = new Marks({ ...options, api: createMarksApi(api.request) });
    this.followed = new Followed({ ...options, api: createThreadsApi(api.request) });
    this.readPositions = new ReadPositions(link, rooms);
    this.search = new MessageSearch({ api: this.api, storage: options.storage });
    this.notifier = new Notifier({
      ...options,
      settings: () => options.connection.settings,
      follows: (room, root) => this.followed.has(room, root),
      openRoom: () => {
        const { route } = options.navigation;
        return route.page === 'home' ? route.room : undefined;
      },
      open: ({ room }) => {
        options.navigation.go(homePath(room));
      },
    });
    this.worker = new AppWorker({
      link,
      open: (path) => {
        options.navigation.go(path);
      },
    });
    this.pushDevice = new PushDevice(api.request, options.storage, options.me);
    reportActivity(link);
    closeWhatWasRead(link, rooms);
    link.on('ready', () => {
      if (this.pushDevice.hasChosen) this.pushDevice.look().catch(() => undefined); // tried again with the next connection
    });
    keepTextsLive(document.body);
    link.on('ready', ({ delta, user }) => {
      void this.uploads.open(user.id);
      if (!delta) this.#invitations = []; // all that are open follow
    });
    new Idle(link, (isAway) => (this.#isAway = isAway));
  }

  /** Whether I have not used this tab for a while. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** The page over the open room; undefined if there is none. */
  get page(): CoverPage | undefined {
    return this.#page;
  }

  /** show opens a page over the open room, or closes it. */
  show(page?: CoverPage): void {
    if (page) this.search.close();
    this.#page = page;
  }

  /** sync applies changes of a room that were missing. */
  sync(changes: Changes): void {
    this.quotes.sync(changes);
    this.marks.sync(changes);
    this.followed.sync(changes.messages);
  }

  /** The time zone, if the system has changed it since the page was opened. */
  get zone(): string | undefined {
    return this.#zone.name;
  }

  /** Invitations that I have not answered. */
  get invitations(): readonly Invited[] {
    return this.#invitations;
  }

  /**
   * invite adds an invitation, or removes one that has ended. A new one replaces an earlier one
   * from the same person to the same room.
   */
  invite(news: Invited | InvitationGone): void {
    const isOver = ({ id, by, room }: Invited): boolean =>
      'by' in news ? by.id === news.by.id && room?.id === news.room?.id : id === news.id;
    this.#invitations = this.#invitations.filter((invitation) => !isOver(invitation));
    if ('by' in news) this.#invitations = [...this.#invitations, news];
  }

  /** dismiss removes an invitation from the screen. */
  dismiss(invitation: Invited): void {
    this.#invitations = this.#invitations.filter((other) => other !== invitation);
  }

  /** typeIn returns an object that reports that I am typing in a room. */
  typeIn(room: number): MyTyping {
    return new MyTyping(room, this.#options.link);
  }

  /** typingIn describes who is typing in the room; "" if nobody is. */
  typingIn(room: number): string {
    return typingWords(this.typists.in(room));
  }

  /** openPeople returns the live list of all users. Close it afterwards. */
  openPeople(): PeopleList {
    return new PeopleList(this.api, this.#options.link, this.presences);
  }

  /**
   * openBans returns the list of people banned from a room or, without one, from the server.
   * Close it afterwards.
   */
  openBans(room?: number): BanList {
    return new BanList(this.api.bans(room), this.#options.link, room);
  }

  /** openThread returns the thread of a root. Close it afterwards. */
  openThread(timeline: RoomTimeline, root: number): Thread {
    const { me } = this.#options;
    return new Thread(timeline, root, this.api.messages, { source: this.reactions, me });
  }

  /**
   * markUnread makes a message and all later ones unread, on all my devices, or rejects with a
   * Failure. `room:put` confirms it.
   */
  async markUnread(room: number, seq: number): Promise<void> {
    await this.#options.link.command('room:unread', { room, seq });
  }

  /** openFiles returns the list of a room's files, the latest first. Close it afterwards. */
  openFiles(room: number): Pages<SentFile> {
    const pages = new Pages<SentFile>({
      read: async (after, signal) => {
        const { files, more } = await this.files.list(
          room,
          after ? Number(after) : undefined,
          signal,
        );
        const next = more ? String(files.at(-1)?.seq ?? '') : '';
        return { items: files, ...(next ? { next } : {}) };
      },
      add: appendById(({ id }) => id),
    });
    void pages.load();
    return pages;
  }

  /** converse opens the conversation with someone, or rejects with a Failure. */
  converse(user: number): Promise<Subscription> {
    return this.api.conversations.open(user);
  }

  /**
   * tellGone shows that an admin has removed or banned me from a room, and leaves its screen.
   */
  tellGone(room: Subscription, reason: GoneReason): void {
    const { navigation, toasts } = this.#options;
    const words = goneWords(room.name, reason);
    if (!words) return;
    toasts.show(words);
    const { route } = navigation;
    if (route.page === 'home' && route.room === room.id) navigation.replace(homePath());
  }

  /** clear drops the previous user's data. */
  clear(): void {
    this.#invitations = [];
    this.pushDevice.clear();
    this.uploads.clear();
    this.presences.clear();
    this.quotes.clear();
    this.search.clear();
    this.notifier.clear();
    this.worker.forget();
    this.reactions.clear();
    this.marks.clear();
    this.followed.clear();
    this.#page = this.wanted = undefined;
    this.readPositions.clear();
  }
}
