import type { Api } from '../api';
import { createPeopleApi } from '../api/people';
import type { Failure } from '../model/failure';
import type { Link } from '../model/link';
import { startTimer } from '../model/timer';
import type { Member, User } from '../model/wire';
import { Pages } from './pages.svelte';

/** How many members are asked for at a time: the most that the server gives. */
const pageSize = 200;

/** Milliseconds within which the list is loaded anew when everybody is told to. */
const reloadWithin = 2_000;

/** RoomMembers is the live list of a room's members, by username, loaded page by page. */
export class RoomMembers {
  readonly room: number;
  readonly #link: Link;
  readonly #pages: Pages<Member>;
  #stopTimer: () => void = () => undefined;
  #stopListening: (() => void)[];

  constructor(room: number, api: Api, link: Link) {
    this.room = room;
    this.#link = link;
    const people = createPeopleApi(api.request);
    this.#pages = new Pages({
      read: async (after, signal) => {
        const { members, next } = await people.members.list(room, {
          after,
          limit: pageSize,
          signal,
        });
        return { items: members, next };
      },
      add: upsert,
    });
    this.#stopListening = this.#listen();
    void this.load();
  }

  get list(): readonly Member[] {
    return this.#pages.list;
  }

  get isLoaded(): boolean {
    return this.#pages.isLoaded;
  }

  /** Whether there are members that have not been loaded. */
  get hasMore(): boolean {
    return this.#pages.hasMore;
  }

  /** Why the last page could not be loaded, if so. */
  get failure(): Failure | undefined {
    return this.#pages.failure;
  }

  /** load brings the first page anew. It never rejects. */
  load(): Promise<void> {
    return this.#pages.load();
  }

  /** loadMore brings the next page. It never rejects. */
  loadMore(): Promise<void> {
    return this.#pages.loadMore();
  }

  /** retry asks again for the page that could not be loaded. It never rejects. */
  retry(): Promise<void> {
    return this.#pages.retry();
  }

  /** drop takes somebody out of the list who is no member any more. */
  drop(user: number): void {
    this.#pages.change((list) => list.filter((known) => known.user.id !== user));
  }

  /** renew takes the news of an account that may be in the list. */
  renew(user: User): void {
    this.#pages.change((list) =>
      list.map((known) => (known.user.id === user.id ? { ...known, user } : known)),
    );
  }

  /** close ends listening and loading. */
  close(): void {
    this.#pages.close();
    this.#stopTimer();
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
  }

  #listen(): (() => void)[] {
    return [
      this.#link.on('member:put', ({ room, member }) => {
        if (room === this.room) this.#pages.change((list) => upsert(list, [member]));
        // A guest who becomes a member comes into the main room.
        else this.renew(member.user);
      }),
      this.#link.on('user:put', ({ user }) => {
        this.renew(user);
      }),
      this.#link.on('member:gone', ({ room, user }) => {
        if (room === this.room) this.drop(user);
      }),
      // The server may have missed who came and went, and says so to all at once.
      this.#link.on('room:changed', ({ room }) => {
        if (room.id === this.room) this.#loadSoon();
      }),
      this.#link.on('ready', () => {
        if (this.isLoaded || this.failure) void this.load();
      }),
    ];
  }

  #loadSoon(): void {
    this.#stopTimer();
    this.#stopTimer = startTimer(() => void this.load(), Math.random() * reloadWithin);
  }
}

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

function upsert(list: readonly Member[], arrived: readonly Member[]): readonly Member[] {
  const byId = new Map(list.map((member) => [member.user.id, member]));
  for (const member of arrived) byId.set(member.user.id, member);
  return [...byId.values()].sort((a, b) => collator.compare(a.user.username, b.user.username));
}
