import type { Api } from '../api';
import { createPeopleApi } from '../api/people';
import type { Failure } from '../model/failure';
import type { Link } from '../model/link';
import type { Changes, Member, User } from '../model/wire';
import { Pages } from './pages.svelte';
import type { RoomTimeline } from './timelines.svelte';

/** How many members are requested at a time: the server's maximum. */
const pageSize = 200;

/**
 * RoomMembers is the live list of a room's members, by username, loaded page by page. It follows
 * the room's stream: when its timeline catches up, the answer includes the members.
 */
export class RoomMembers {
  readonly room: number;
  readonly #link: Link;
  readonly #pages: Pages<Member>;
  #stopListening: (() => void)[];

  constructor(room: number, api: Api, link: Link, timeline: RoomTimeline) {
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
    this.#stopListening = [...this.#listen(), timeline.onSync((changes) => this.#catchUp(changes))];
    void this.load();
  }

  get list(): readonly Member[] {
    return this.#pages.list;
  }

  get isLoaded(): boolean {
    return this.#pages.isLoaded;
  }

  /** Whether there are more members to load. */
  get hasMore(): boolean {
    return this.#pages.hasMore;
  }

  /** Why the last page could not be loaded. */
  get failure(): Failure | undefined {
    return this.#pages.failure;
  }

  /** load loads the first page again. It never rejects. */
  load(): Promise<void> {
    return this.#pages.load();
  }

  /** loadMore loads the next page. It never rejects. */
  loadMore(): Promise<void> {
    return this.#pages.loadMore();
  }

  /** retry loads the page that failed again. It never rejects. */
  retry(): Promise<void> {
    return this.#pages.retry();
  }

  /** drop removes a former member from the list. */
  drop(user: number): void {
    this.#pages.change((list) => list.filter((known) => known.user.id !== user));
  }

  /** renew updates an account that may be in the list. */
  renew(user: User): void {
    this.#pages.change((list) =>
      list.map((known) => (known.user.id === user.id ? { ...known, user } : known)),
    );
  }

  /** close ends listening and loading. */
  close(): void {
    this.#pages.close();
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
  }

  #listen(): (() => void)[] {
    return [
      this.#link.on('member:put', ({ room, member }) => {
        if (room === this.room) this.#pages.change((list) => upsert(list, [member]));
        // A guest who becomes a member joins the main room.
        else this.renew(member.user);
      }),
      this.#link.on('user:put', ({ user }) => {
        this.renew(user);
      }),
      this.#link.on('member:gone', ({ room, user }) => {
        if (room === this.room) this.drop(user);
      }),
      this.#link.on('ready', () => {
        if (this.failure) void this.load();
      }),
    ];
  }

  #catchUp({ members = [], startOver }: Changes): void {
    if (startOver) void this.load();
    for (const { user, member } of members) {
      if (member) this.#pages.change((list) => upsert(list, [member]));
      else this.drop(user);
    }
  }
}

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

function upsert(list: readonly Member[], arrived: readonly Member[]): readonly Member[] {
  const byId = new Map(list.map((member) => [member.user.id, member]));
  for (const member of arrived) byId.set(member.user.id, member);
  return [...byId.values()].sort((a, b) => collator.compare(a.user.username, b.user.username));
}
