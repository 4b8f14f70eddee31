import type { Api } from '../api';
import { createPeopleApi, type PeopleApi } from '../api/people';
import type { Link } from '../model/link';
import { typingWords } from '../model/typing';
import type { Invited, Subscription } from '../model/wire';
import { Idle } from './idle';
import { PeopleList } from './people.svelte';
import { Presences } from './presence.svelte';
import { MyTyping, Typists } from './typing.svelte';

/** LiveOptions are what Live works with. */
export interface LiveOptions {
  api: Api;
  link: Link;
}

/**
 * Live is what the client knows of people beside what they write: who is there,
 * who is typing, who invites. It is loaded beside the first messages, which
 * need none of it.
 */
export class Live {
  readonly api: PeopleApi;
  readonly presences: Presences;
  readonly typists: Typists;
  readonly #link: Link;
  #isAway = $state(false);
  #invitations = $state.raw<readonly Invited[]>([]);

  constructor({ api, link }: LiveOptions) {
    this.api = createPeopleApi(api.request);
    this.#link = link;
    this.presences = new Presences(link);
    this.typists = new Typists(link);
    new Idle(link, (isAway) => (this.#isAway = isAway));
    link.on('invitation', (invitation) => {
      this.#invitations = [...this.#invitations, invitation];
    });
  }

  /** Whether I have not used this tab for a while. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** The invitations that have just come, and have not been answered. */
  get invitations(): readonly Invited[] {
    return this.#invitations;
  }

  /** dismiss takes an invitation from the screen; its link remains. */
  dismiss(invitation: Invited): void {
    this.#invitations = this.#invitations.filter((other) => other !== invitation);
  }

  /** typeIn gives what tells one room that I am typing. */
  typeIn(room: number): MyTyping {
    return new MyTyping(room, this.#link);
  }

  /** typingIn says who is typing in the room; "" if nobody is. */
  typingIn(room: number): string {
    return typingWords(this.typists.in(room));
  }

  /** openPeople gives the live list of all users. Close it afterwards. */
  openPeople(): PeopleList {
    return new PeopleList(this.api, this.#link, this.presences);
  }

  /** converse opens the conversation with someone, or rejects with a Failure. */
  converse(user: number): Promise<Subscription> {
    return this.api.conversations.open(user);
  }

  /** clear forgets what belonged to whoever was signed in. */
  clear(): void {
    this.#invitations = [];
    this.presences.clear();
  }
}
