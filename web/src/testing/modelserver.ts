import { mentions } from '../model/mentions';
import type {
  Changes,
  GoneReason,
  Invited,
  Known,
  MemberChange,
  Membership,
  Message,
  Ready,
  Room,
  ServerEvent,
  ServerEvents,
  Subscription,
  User,
} from '../model/wire';
import { aReady, aRoom, aUser } from './fakes';

/** An event in flight to the client. Events of one stream stay in order. */
export interface Sent {
  stream: 'user' | number;
  event: ServerEvent;
  content: ServerEvents[ServerEvent];
}

interface ModelRoom {
  room: Room;
  messages: Message[];
  changes: MemberChange[];
  /** The rev of the last change of the name. */
  named: number;
}

/** How many rooms are on a page of the list. */
const pageSize = 3;

/** Account is a user with what is on the user's stream. */
class Account {
  readonly user: User;
  /** The rev of the stream. */
  rev = 0;
  readonly mine = new Map<number, Membership>();
  readonly gone = new Map<number, { rev: number; reason: GoneReason }>();
  readonly invitations = new Map<number, Invited & { rev: number }>();
  readonly invitationsGone = new Map<number, number>();
  readonly banned = new Set<number>();

  constructor(user: User) {
    this.user = user;
  }
}

/**
 * ModelServer is the server as docs/PROTOCOL.md describes it, with a few rooms and two
 * people who use one browser, on which nothing gets lost.
 */
export class ModelServer {
  readonly rooms = new Map<number, ModelRoom>();
  #account = new Account(aUser(1, 'ada'));
  #other = new Account(aUser(9, 'mona'));
  /** Called with each event. */
  send: (sent: Sent) => void = () => undefined;
  /** The largest accepted `auth`, in bytes. */
  authBytes = 16_384;
  /** Whether a returning client gets the whole list nevertheless. */
  isWhole = false;

  constructor(rooms: number) {
    for (let id = 1; id <= rooms; id += 1) {
      const room = aRoom(id, `room ${id}`);
      this.rooms.set(id, { room, messages: [], changes: [], named: 0 });
    }
  }

  /** Who is logged in. */
  get me(): User {
    return this.#account.user;
  }

  get rev(): number {
    return this.#account.rev;
  }

  set rev(rev: number) {
    this.#account.rev = rev;
  }

  /** My memberships. */
  get mine(): Account['mine'] {
    return this.#account.mine;
  }

  get gone(): Account['gone'] {
    return this.#account.gone;
  }

  get invitations(): Account['invitations'] {
    return this.#account.invitations;
  }

  get banned(): Account['banned'] {
    return this.#account.banned;
  }

  /** The other one logs in with the same browser. */
  switchUser(): void {
    [this.#account, this.#other] = [this.#other, this.#account];
  }

  // What happens in rooms.

  write(id: number, author = 2, kind: Message['kind'] = 'text'): Message {
    const { room, messages } = this.#room(id);
    room.seq += 1;
    room.rev += 1;
    const message: Message = {
      room: id,
      seq: room.seq,
      rev: room.rev,
      clientId: `${id}-${room.seq}`,
      author: { id: author, username: `user ${author}`, kind: 'member' },
      kind,
      body: `message ${room.seq}`,
      createdAt: new Date(room.seq).toISOString(),
      ...(kind === 'text' && room.seq % 3 === 0 && this.#mentions(room.seq % 2 === 0)),
    };
    messages.push(message);
    const membership = this.mine.get(id);
    // No event announces this.
    if (author === this.me.id && kind !== 'notice' && membership) membership.readSeq = room.seq;
    this.#tell(id, 'message:put', { message });
    return message;
  }

  /** What a message has that mentions me, or everyone. */
  #mentions(everyone: boolean): Partial<Message> {
    return everyone ? { mentionsRoom: true } : { mentions: [{ user: this.me.id, text: '@me' }] };
  }

  /** Edits a message, or deletes it. */
  change(id: number, seq: number, deleted: boolean, mentions = false): void {
    const { room, messages } = this.#room(id);
    const known = messages[seq - 1];
    if (!known || known.kind === 'notice' || known.deleted) return;
    room.rev += 1;
    const message: Message = { ...known, rev: room.rev };
    delete message.mentions;
    delete message.mentionsRoom;
    if (deleted) Object.assign(message, { body: '', deleted });
    else if (mentions) Object.assign(message, this.#mentions(seq % 2 === 0));
    messages[seq - 1] = message;
    this.#tell(id, 'message:put', { message });
  }

  rename(id: number, name: string): void {
    const known = this.#room(id);
    known.room.name = name;
    known.named = known.room.rev += 1;
    this.#tell(id, 'room:changed', { room: { ...known.room }, rev: known.named });
  }

  /** Another user joins or leaves. */
  comeOrGo(id: number, user: number, isThere: boolean): void {
    const { room } = this.#room(id);
    room.rev += 1;
    const member = { user: aUser(user, `user ${user}`), role: 'member' as const };
    this.#note(id, {
      rev: room.rev,
      user,
      ...(isThere ? { member } : { reason: 'left' as const }),
    });
  }

  // Changes that concern me.

  join(id: number): Subscription | undefined {
    if (this.banned.has(id)) return undefined;
    if (!this.mine.has(id)) {
      const { room } = this.#room(id);
      this.gone.delete(id);
      this.mine.set(id, {
        role: 'member',
        readSeq: room.seq,
        joinedAt: new Date(this.rev).toISOString(),
        rev: (this.rev += 1),
      });
      room.rev += 1;
      this.#tellPut(id);
      this.#note(id, {
        rev: room.rev,
        user: this.me.id,
        member: { user: this.me, role: 'member' },
      });
    }
    return this.subscription(id);
  }

  lose(id: number, reason: GoneReason): void {
    if (reason === 'banned') this.banned.add(id);
    if (!this.mine.delete(id) && reason !== 'banned') return;
    this.gone.set(id, { rev: (this.rev += 1), reason });
    const { room } = this.#room(id);
    room.rev += 1;
    this.#tellMe('room:gone', { room: id, reason, rev: this.rev });
    this.#note(id, { rev: room.rev, user: this.me.id, reason });
  }

  setRole(id: number, role: Membership['role']): void {
    const membership = this.mine.get(id);
    if (!membership || membership.role === role) return;
    membership.role = role;
    membership.rev = this.rev += 1;
    const { room } = this.#room(id);
    room.rev += 1;
    this.#tellPut(id);
    this.#note(id, { rev: room.rev, user: this.me.id, member: { user: this.me, role } });
  }

  read(id: number, seq: number, marked = Infinity): number {
    const membership = this.mine.get(id);
    if (!membership) return 0;
    if ((membership.marked ?? 0) > marked) return membership.readSeq;
    const to = Math.min(seq, this.#room(id).room.seq);
    if (to > membership.readSeq) {
      membership.readSeq = to;
      membership.rev = this.rev += 1;
      this.#tellPut(id);
    }
    return membership.readSeq;
  }

  markUnread(id: number, seq: number): void {
    const membership = this.mine.get(id);
    if (!membership) return;
    membership.readSeq = Math.min(membership.readSeq, seq - 1);
    membership.marked = membership.rev = this.rev += 1;
    this.#tellPut(id);
  }

  invite(id: number): void {
    const by = { id: 100 + id, username: `user ${id}`, kind: 'member' as const };
    const invited = { id, by, rev: (this.rev += 1) };
    this.invitations.set(id, invited);
    this.#tellMe('invitation', { ...invited, path: `/join/${id}`, token: String(id) });
  }

  uninvite(id: number): void {
    if (!this.invitations.delete(id)) return;
    this.#account.invitationsGone.set(id, (this.rev += 1));
    this.#tellMe('invitation:gone', { id, rev: this.rev });
  }

  /** Another session of mine ends; no event announces it to clients. */
  endOther(): void {
    this.rev += 1;
  }

  // Answers to the client.

  subscription(id: number): Subscription | undefined {
    const membership = this.mine.get(id);
    if (!membership) return undefined;
    const { room, messages } = this.#room(id);
    const unread = messages
      .slice(membership.readSeq)
      .filter(({ kind, deleted }) => kind !== 'notice' && !deleted).length;
    const calls = messages
      .slice(membership.readSeq)
      .filter((message) => mentions(message, this.me.id))
      .map(({ seq }) => seq);
    const last = messages.at(-1);
    return {
      ...room,
      membership: { ...membership },
      unread,
      mentions: calls,
      ...(last && { last }),
    };
  }

  /** The list, by name. */
  get list(): Subscription[] {
    return [...this.mine.keys()]
      .map((id) => this.subscription(id) as Subscription)
      .sort((a, b) => (a.name === b.name ? a.id - b.id : a.name < b.name ? -1 : 1));
  }

  page(after = ''): { subscriptions: Subscription[]; next?: string } {
    const rest = this.list.filter(({ name }) => name > after);
    const subscriptions = rest.slice(0, pageSize);
    const next = subscriptions.at(-1)?.name;
    return { subscriptions, ...(rest.length > pageSize && next ? { next } : {}) };
  }

  /** Greets a client; the result includes the events that follow at once. */
  greet(known: Known | undefined): { ready: Ready; after: Sent[] } {
    const { rev } = this;
    const limits = { ...aReady(this.me).limits, auth: this.authBytes };
    if (known?.user !== this.me.id || known.rev > rev || this.isWhole) {
      const ready = aReady(this.me, [], { rev, limits, ...this.page() });
      return { ready, after: [...this.invitations.values()].map(invitation) };
    }
    const subscriptions = this.list.filter(
      (sub) => known.rooms[sub.id] !== sub.rev || (sub.membership.rev ?? 0) > known.rev,
    );
    const gone = [...this.gone]
      .filter(([, { rev }]) => rev > known.rev)
      .map(([room, { reason, rev }]) => ({ room, reason, rev }));
    const came = [...this.invitations.values()].filter(({ rev }) => rev > known.rev);
    const went = [...this.#account.invitationsGone].filter(([, rev]) => rev > known.rev);
    return {
      ready: aReady(this.me, subscriptions, { rev, limits, delta: true, gone }),
      after: [
        ...came.map(invitation),
        ...went.map(([id, rev]): Sent => {
          return { stream: 'user', event: 'invitation:gone', content: { id, rev } };
        }),
      ],
    };
  }

  sync(id: number, since: number): Changes {
    const { room, messages, changes, named } = this.#room(id);
    return {
      messages: messages.filter(({ rev }) => rev > since).sort((a, b) => a.rev - b.rev),
      members: changes.filter(({ rev }) => rev > since),
      ...(named > since ? { room } : {}),
      rev: room.rev,
      more: false,
      startOver: false,
    };
  }

  #room(id: number): ModelRoom {
    return this.rooms.get(id) as ModelRoom;
  }

  /** Only members receive a room's events. */
  #tell<E extends ServerEvent>(id: number, event: E, content: ServerEvents[E]): void {
    if (this.mine.has(id)) this.send({ stream: id, event, content });
  }

  #note(id: number, change: MemberChange): void {
    const { changes } = this.#room(id);
    changes.push(change);
    const { user, member, rev, reason = 'left' } = change;
    if (member) this.#tell(id, 'member:put', { room: id, member, rev });
    else this.#tell(id, 'member:gone', { room: id, user, reason, rev });
  }

  #tellMe<E extends ServerEvent>(event: E, content: ServerEvents[E]): void {
    this.send({ stream: 'user', event, content });
  }

  #tellPut(id: number): void {
    const subscription = this.subscription(id) as Subscription;
    this.#tellMe('room:put', { subscription, rev: subscription.membership.rev ?? 0 });
  }
}

function invitation(content: Invited): Sent {
  return { stream: 'user', event: 'invitation', content };
}
