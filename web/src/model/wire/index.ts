// The types of the wire: docs/PROTOCOL.md, sections 1, 3 and 4.

export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'taken'
  | 'too_large'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

/** ErrorBody is what both REST and acknowledgements say about a failure. */
export interface ErrorBody {
  code: ErrorCode;
  /** A sentence for people. */
  message: string;
  /** The input at fault, where one is. */
  field?: string;
  /** Seconds until another attempt makes sense. */
  retryAfter?: number;
}

export type UserKind = 'member' | 'guest' | 'bot';
export type Role = 'admin' | 'member';
export type RoomKind = 'public' | 'private' | 'direct';
export type MessageKind = 'text';

export interface User {
  id: number;
  username: string;
  kind: UserKind;
  /** On the whole server. */
  role: Role;
  createdAt: string;
}

export interface Author {
  id: number;
  username: string;
  kind: UserKind;
}

export interface Room {
  id: number;
  kind: RoomKind;
  name: string;
  topic: string;
  createdAt: string;
  /** How many are subscribed. */
  members: number;
  /** The head: seq of the latest message, 0 if there is none. */
  seq: number;
  /** The change counter of the timeline. */
  rev: number;
}

export interface Membership {
  /** Within the room. */
  role: Role;
  /** Everything up to here has been read; only moves forward. */
  readSeq: number;
  joinedAt: string;
}

export interface Message {
  room: number;
  seq: number;
  rev: number;
  clientId: string;
  author: Author;
  kind: MessageKind;
  body: string;
  createdAt: string;
}

export interface Subscription extends Room {
  membership: Membership;
  unread: number;
  last?: Message;
}

export interface Member {
  user: User;
  /** Within the room. */
  role: Role;
}

/** Page is part of a room's timeline, in the order of seq. */
export interface Page {
  messages: Message[];
  seq: number;
  rev: number;
  /** Whether there is more in the direction asked for. */
  more: boolean;
}

/** Changes is what has changed in a room since some rev, in the order of rev. */
export interface Changes {
  messages: Message[];
  rev: number;
  more: boolean;
  /** Forget the timeline and load the newest page. */
  startOver: boolean;
}

/** Limits are in characters, that is Unicode code points. */
export interface Limits {
  usernameMax: number;
  passwordMin: number;
  passwordMax: number;
  roomName: number;
  topic: number;
  message: number;
}

export type EndReason = 'log-out' | 'expired';

/** ServerEvents are the events of the server with their one argument. */
export interface ServerEvents {
  ready: { user: User; subscriptions: Subscription[]; limits: Limits };
  'message:put': { message: Message };
  'room:put': { subscription: Subscription };
  'room:changed': { room: Room };
  'room:gone': { room: number };
  'member:put': { room: number; member: Member };
  'member:gone': { room: number; user: number };
  'session:ended': { reason: EndReason };
}

/** Commands are the commands of the client: their argument, and what `ok: true` comes with. */
export interface Commands {
  'message:send': {
    argument: { room: number; clientId: string; kind?: MessageKind; body: string };
    answer: { message: Message };
  };
  'room:sync': { argument: { room: number; since: number }; answer: Changes };
  'room:read': { argument: { room: number; seq: number }; answer: { readSeq: number } };
  'room:watch': { argument: { room: number }; answer: { room: Room } };
  'room:unwatch': { argument: { room: number }; answer: object };
}

export type ServerEvent = keyof ServerEvents;
export type Command = keyof Commands;
