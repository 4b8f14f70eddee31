import type {
  Invitation,
  JoinAnswer,
  JoinRoomList,
  NewGuest,
  NewInvitation,
  NewInvitationAnswer,
  ServerAnswer,
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

/**
 * PeopleApi is the part of REST that is needed later than the first messages;
 * docs/PROTOCOL.md, section 6. Every call rejects with a Failure, or with what
 * aborted it.
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
      /** Makes a guest a member. */
      setPassword: (password: string) =>
        request<{ user: User }>('PATCH', '/users/me', { body: { password } }).then((a) => a.user),
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
    },
    server: () => request<ServerAnswer>('GET', '/server'),
    join: (text: string, { after, limit, signal }: ListQuery = {}) =>
      request<JoinRoomList>('GET', '/join', {
        query: { text, after, limit },
        signal,
      }),
  };
}
