// The types of the wire. They are generated from the Go ones; which of them belongs to which event
// and command stands here, as in docs/PROTOCOL.md, section 4.
import type {
  Changes,
  MemberGone,
  MemberPut,
  Message,
  MessageAnswer,
  MessagePut,
  ReadAnswer,
  ReadCommand,
  Ready,
  Room,
  RoomChanged,
  RoomCommand,
  RoomGone,
  RoomPut,
  SendCommand,
  SessionEnded,
  SyncCommand,
  WatchAnswer,
} from './wire.gen';

export type {
  Author,
  Changes,
  Code as ErrorCode,
  EndReason,
  ErrorInfo,
  Member,
  Membership,
  Message,
  MessageKind,
  ReadyLimits as Limits,
  Role,
  Room,
  RoomKind,
  Subscription,
  User,
  UserKind,
} from './wire.gen';

/** Page is part of a room's timeline, in the order of seq. */
export interface Page extends Pick<Room, 'seq' | 'rev'> {
  messages: Message[];
  /** Whether there is more in the direction asked for. */
  more: boolean;
}

/** ServerEvents are the events of the server with their one argument. */
export interface ServerEvents {
  ready: Ready;
  'message:put': MessagePut;
  'room:put': RoomPut;
  'room:changed': RoomChanged;
  'room:gone': RoomGone;
  'member:put': MemberPut;
  'member:gone': MemberGone;
  'session:ended': SessionEnded;
}

/** Commands are the commands of the client: their argument, and what `ok: true` comes with. */
export interface Commands {
  'message:send': { argument: SendCommand; answer: MessageAnswer };
  'room:sync': { argument: SyncCommand; answer: Changes };
  'room:read': { argument: ReadCommand; answer: Omit<ReadAnswer, 'ok'> };
  'room:watch': { argument: RoomCommand; answer: Omit<WatchAnswer, 'ok'> };
  'room:unwatch': { argument: RoomCommand; answer: object };
}

export type ServerEvent = keyof ServerEvents;
export type Command = keyof Commands;
