import type {
  Ban,
  BanList,
  Invitation,
  JoinAnswer,
  JoinRoomList,
  Member,
  MemberList,
  MessageAnswer,
  MessageChange,
  MessageHits,
  NewGuest,
  NewInvitation,
  NewInvitationAnswer,
  Page,
  ProfileChange,
  Role,
  Room,
  RoomKind,
  ServerAnswer,
  SessionList,
  Subscription,
  User,
  UserList,
} from '../model/wire';
import type { ListQuery } from '.';
import type { Request } from './request';

/** PeopleQuery asks for part of the list of all users. */
export interface PeopleQuery extends ListQuery {
  text?: string;
  online?: boolean;
}

/** SearchQuery asks for messages; docs/PROTOCOL.md, “Search”. */
export interface SearchQuery extends ListQuery {
  text: string;
  room?: number | undefined;
}

/** RoomInput describes a room to create. */
export interface RoomInput {
  name: string;
  topic: string;
  kind?: RoomKind;
}

/**
 * PeopleApi is the part of REST that is needed later than the first messages; docs/PROTOCOL.md,
 * sections 3 and 6. Every call rejects with a Failure, or with the reason of its abort.
 */
export type PeopleApi = ReturnType<typeof createPeopleApi>;

export function createPeopleApi(request: Request) {
  return {
    users: {
      list: ({ text, online, after, limit, signal }: PeopleQuery = {}) =>
        request<UserList>('GET', '/users', {
          query: { text, online: online ? 'true' : undefined, after, limit },
          signal,
        }),
      get: (user: number) => request<{ user: User }>('GET', `/users/${user}`).then((a) => a.user),
      /** Changes my display name or my status. */
      changeProfile: (change: ProfileChange) =>
        request<{ user: User }>('PATCH', '/profile', { body: change }).then((a) => a.user),
      /** Makes a guest a member. */
      setPassword: (password: string) =>
        request<{ user: User }>('PATCH', '/users/me', { body: { password } }).then((a) => a.user),
      /** Changes a member's password; all other sessions end. */
      changePassword: (current: string, password: string) =>
        request<{ user: User }>('PATCH', '/users/me', { body: { current, password } }),
    },
    sessions: {
      list: () => request<SessionList>('GET', '/sessions').then((a) => a.sessions),
      /** Ends one of my sessions or, without an id, all but this one. */
      end: (id?: string) =>
        request<undefined>('DELETE', id === undefined ? '/sessions' : `/sessions/${id}`),
    },
    conversations: {
      open: (user: number) =>
        request<{ subscription: Subscription }>('PUT', `/conversations/${user}`).then(
          (a) => a.subscription,
        ),
    },
    invitations: {
      make: (input: NewInvitation) =>
        request<NewInvitationAnswer>('POST', '/invitations', { body: input }),
      list: (room: number | undefined) =>
        request<{ invitations: Invitation[] }>('GET', '/invitations', { query: { room } }).then(
          (a) => a.invitations,
        ),
      revoke: (invitation: number) => request<undefined>('DELETE', `/invitations/${invitation}`),
      look: (token: string) =>
        request<JoinAnswer>('GET', `/invitations/${encodeURIComponent(token)}`),
      take: (token: string) =>
        request<{ subscription: Subscription }>(
          'POST',
          `/invitations/${encodeURIComponent(token)}`,
        ).then((a) => a.subscription),
    },
    guests: {
      enter: (input: NewGuest) =>
        request<{ user: User; subscription: Subscription }>('POST', '/guests', { body: input }),
      /** Logs in as this device's previous guest. */
      again: () => request<{ user: User }>('POST', '/guests/again').then((a) => a.user),
    },
    rooms: {
      /** Returns a room that I may see, also one that the list lacks. */
      get: (room: number) => request<{ room: Room }>('GET', `/rooms/${room}`).then((a) => a.room),
      search: (text: string, { after, limit, signal }: ListQuery = {}) =>
        request<{ rooms: Room[]; next?: string }>('GET', '/rooms', {
          query: { text, after, limit },
          signal,
        }),
      create: (input: RoomInput) =>
        request<{ subscription: Subscription }>('POST', '/rooms', { body: input }).then(
          (a) => a.subscription,
        ),
      change: (room: number, change: Partial<Pick<RoomInput, 'name' | 'topic'>>) =>
        request<{ room: Room }>('PATCH', `/rooms/${room}`, { body: change }).then((a) => a.room),
      archive: (room: number, archived: boolean) =>
        request<{ room: Room }>('PATCH', `/rooms/${room}`, { body: { archived } }).then(
          (a) => a.room,
        ),
      /** Deletes the room for everybody. The name guards against mistakes. */
      remove: (room: number, name: string) =>
        request<undefined>('DELETE', `/rooms/${room}`, { query: { name } }),
    },
    messages: {
      get: (room: number, seq: number) =>
        request<MessageAnswer>('GET', `/rooms/${room}/messages/${seq}`).then((a) => a.message),
      /** Returns the latest messages below `before` in a thread, or the latest of all. */
      replies: (room: number, thread: number, before?: number) =>
        request<Page>('GET', `/rooms/${room}/messages`, { query: { thread, before, limit: 50 } }),
      /** Searches the messages of my rooms, or of one room, newest first. */
      search: ({ text, room, after, limit, signal }: SearchQuery) =>
        request<MessageHits>('GET', '/search', {
          query: { q: text, room, after, limit, offset: -new Date().getTimezoneOffset() },
          signal,
        }),
      change: (room: number, seq: number, change: MessageChange) =>
        request<MessageAnswer>('PATCH', `/rooms/${room}/messages/${seq}`, { body: change }).then(
          (a) => a.message,
        ),
      /** Returns the deleted message. */
      remove: (room: number, seq: number) =>
        request<MessageAnswer>('DELETE', `/rooms/${room}/messages/${seq}`).then((a) => a.message),
    },
    members: {
      list: (room: number, { after, limit, signal }: ListQuery = {}) =>
        request<MemberList>('GET', `/rooms/${room}/members`, { query: { after, limit }, signal }),
      /** Removes a member from a room. The user may join again. */
      remove: (room: number, user: number) =>
        request<undefined>('DELETE', `/rooms/${room}/members/${user}`),
      /** Gives a member another role in the room. */
      setRole: (room: number, user: number, role: Role) =>
        request<{ member: Member }>('PATCH', `/rooms/${room}/members/${user}`, {
          body: { role },
        }).then((a) => a.member),
    },
    bans: (room?: number) => createBansApi(request, room),
    server: () => request<ServerAnswer>('GET', '/server'),
    join: (text: string, { after, limit, signal }: ListQuery = {}) =>
      request<JoinRoomList>('GET', '/join', {
        query: { text, after, limit },
        signal,
      }),
  };
}

/** BansApi manages the bans from one room, or from the whole server. */
export type BansApi = ReturnType<typeof createBansApi>;

function createBansApi(request: Request, room: number | undefined) {
  const path = room === undefined ? '/bans' : `/rooms/${room}/bans`;
  return {
    list: ({ after, limit, signal }: ListQuery = {}) =>
      request<BanList>('GET', path, { query: { after, limit }, signal }),
    /** Bans a user until the ban is lifted. */
    ban: (user: number) => request<{ ban: Ban }>('PUT', `${path}/${user}`).then((a) => a.ban),
    lift: (user: number) => request<undefined>('DELETE', `${path}/${user}`),
  };
}
