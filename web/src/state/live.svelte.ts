import type { Api } from '../api';
import { createPeopleApi, type PeopleApi } from '../api/people';
import type { Link } from '../model/link';
import { goneWords } from '../model/removal';
import { homePath } from '../model/route';
import { keepTextsLive } from '../model/translated';
import { typingWords } from '../model/typing';
import type { GoneReason, InvitationGone, Invited, Subscription } from '../model/wire';
import { BanList } from './bans.svelte';
import { Idle } from './idle';
import type { Navigation } from './navigation.svelte';
import { PeopleList } from './people.svelte';
import { Presences } from './presence.svelte';
import { ReadPositions } from './readpositions';
import type { Rooms } from './rooms.svelte';
import type { Toasts } from './toasts.svelte';
import { MyTyping, Typists } from './typing.svelte';
import { Zone } from './zone.svelte';

/** LiveOptions are the dependencies of Live. */
export interface LiveOptions {
  api: Api;
  link: Link;
  navigation: Navigation;
  toasts: Toasts;
  rooms: Rooms;
}

/**
 * Live is what the client knows about people besides their messages: presence, typing,
 * invitations and my read positions. It is loaded in parallel with the first messages, which do
 * not need it.
 */
export class Live {
  readonly api: PeopleApi;
  readonly presences: Presences;
  readonly typists: Typists;
  readonly readPositions: ReadPositions;
  readonly #zone = new Zone();
  readonly #options: LiveOptions;
  #isAway = $state(false);
  #invitations = $state.raw<readonly Invited[]>([]);

  constructor(options: LiveOptions) {
    this.#options = options;
    const { api, link, rooms } = options;
    this.api = createPeopleApi(api.request);
    this.presences = new Presences(link);
    this.typists = new Typists(link);
    this.readPositions = new ReadPositions(link, rooms);
    keepTextsLive(document.body);
    link.on('ready', ({ delta }) => {
      if (!delta) this.#invitations = []; // all that are open follow
    });
    new Idle(link, (isAway) => (this.#isAway = isAway));
  }

  /** Whether I have not used this tab for a while. */
  get isAway(): boolean {
    return this.#isAway;
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
    this.presences.clear();
    this.readPositions.clear();
  }
}
