// The types of the wire. They are generated from the Go types; this file assigns them to events
// and commands, as in docs/PROTOCOL.md, section 4.
import type {
  Changes,
  InvitationGone,
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
  Ready,
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
  InvitationGone,
  Invited,
  JoinAnswer,
  JoinRoom,
  JoinRoomList,
  Known,
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
  Ready,
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

/** ServerEvents maps the server's events to the type of their argument. */
export interface ServerEvents {
  ready: Ready;
  'message:put': MessagePut;
  'room:put': RoomPut;
  'room:changed': RoomChanged;
  'room:gone': RoomGone;
  'member:put': MemberPut;
  'member:gone': MemberGone;
  'server:restart': ServerRestart;
  'session:ended': SessionEnded;
  presence: PresenceChanges;
  'room:typing': RoomTyping;
  invitation: Invited;
  'invitation:gone': InvitationGone;
  'user:put': UserPut;
}

/**
 * Commands maps the client's commands to their argument and to the content of a successful
 * answer.
 */
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
