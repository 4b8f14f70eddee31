// The types of the wire. They are generated from the Go ones; which of them belongs to which event
// and command stands here, as in docs/PROTOCOL.md, section 4.
import type {
  Changes,
  GoneReason,
  Invited,
  MemberGone,
  MemberPut,
  MessageAnswer,
  MessagePut,
  PresenceAnswer,
  PresenceChanges,
  PresenceSetCommand,
  PresenceWatchCommand,
  ReadAnswer,
  ReadCommand,
  Ready as ReadyOne,
  ReadyLimits,
  RoomChanged,
  RoomCommand,
  RoomGone,
  RoomPut,
  RoomTyping,
  SendCommand,
  ServerRestart,
  SessionEnded,
  SyncCommand,
  UserPut,
  WatchAnswer,
} from './wire.gen';

export type {
  Author,
  Ban,
  BanList,
  Changes,
  Code as ErrorCode,
  EndReason,
  ErrorInfo,
  GoneReason,
  Invitation,
  Invited,
  JoinAnswer,
  JoinRoom,
  JoinRoomList,
  Location,
  Member,
  MemberChange,
  MemberList,
  Membership,
  Message,
  MessageAnswer,
  MessageChange,
  MessageKind,
  NewGuest,
  NewInvitation,
  NewInvitationAnswer,
  Notice,
  NoticeKind,
  Page,
  Presence,
  PresenceState,
  Role,
  Room,
  RoomKind,
  SendCommand,
  ServerRestart,
  ServerAnswer,
  SessionList,
  SessionView,
  Subscription,
  User,
  UserKind,
  UserList,
} from './wire.gen';

/** Limits are the lengths that the server allows, in characters. */
export type Limits = Omit<ReadyLimits, 'auth'>;

/** Known is how far a returning client knows its streams. */
export interface Known {
  /** of the user's stream */
  rev: number;
  /** the rev of each room in the client's list */
  rooms: Record<number, number>;
}

/** Revised is an event of a stream: absent from a server of protocol 1, its rev is that of the change. */
interface Revised {
  rev?: number;
}

/** Ready is the first event on a connection. */
export type Ready = ReadyOne &
  Revised & {
    /** Whether subscriptions has only what changed since what the client knew. */
    delta?: boolean;
    /** of a delta: rooms that have left the list since */
    gone?: (RoomGone & Revised)[];
    /** auth is what a client may give when it connects, in bytes of JSON. */
    limits: { auth?: number };
  };

/** InvitationGone is the event invitation:gone. */
export interface InvitationGone extends Revised {
  id: number;
}

/** ServerEvents are the events of the server with their one argument. */
export interface ServerEvents {
  ready: Ready;
  'message:put': MessagePut;
  'room:put': RoomPut & Revised;
  'room:changed': RoomChanged & Revised;
  'room:gone': RoomGone & Revised;
  'member:put': MemberPut & Revised;
  'member:gone': MemberGone & Revised & { reason?: GoneReason };
  'server:restart': ServerRestart;
  'session:ended': SessionEnded;
  presence: PresenceChanges;
  'room:typing': RoomTyping;
  invitation: Invited & Revised;
  'invitation:gone': InvitationGone;
  'user:put': UserPut & Revised;
}

/** Commands are the commands of the client: their argument, and what `ok: true` comes with. */
export interface Commands {
  'message:send': { argument: SendCommand; answer: MessageAnswer };
  'room:sync': { argument: SyncCommand; answer: Changes };
  'room:read': { argument: ReadCommand; answer: Omit<ReadAnswer, 'ok'> };
  'room:watch': { argument: RoomCommand; answer: Omit<WatchAnswer, 'ok'> };
  'room:unwatch': { argument: RoomCommand; answer: object };
  'presence:set': { argument: PresenceSetCommand; answer: object };
  'presence:watch': { argument: PresenceWatchCommand; answer: Omit<PresenceAnswer, 'ok'> };
  'typing:start': { argument: RoomCommand; answer: object };
  'typing:stop': { argument: RoomCommand; answer: object };
}

export type ServerEvent = keyof ServerEvents;
export type Command = keyof Commands;
