// The types of the wire. They are generated from the Go types; this file assigns them to events
// and commands, as in docs/PROTOCOL.md, section 4.
import type {
  BookmarkPut,
  Changes,
  FollowCommand,
  InvitationGone,
  Invited,
  LevelAnswer,
  LevelCommand,
  MarkAnswer,
  MarkCommand,
  MemberGone,
  MemberPut,
  MessageAnswer,
  MessagePut,
  PresenceAnswer,
  PresenceChanges,
  PresenceSetCommand,
  PresenceWatchCommand,
  ProfilePut,
  ReactAnswer,
  ReactCommand,
  ReactionPut,
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
  SettingsAnswer,
  SettingsPut,
  SettingsSetCommand,
  SyncCommand,
  ThreadPut,
  ThreadReadCommand,
  UnreadCommand,
  UserPut,
  WatchAnswer,
} from './wire.gen';

export type {
  Author,
  Ban,
  BanList,
  Bookmark,
  BookmarkList,
  Changes,
  Code as ErrorCode,
  EndReason,
  ErrorInfo,
  File,
  FollowedThread,
  GoneReason,
  Invitation,
  InvitationGone,
  Invited,
  JoinAnswer,
  JoinRoom,
  JoinRoomList,
  Known,
  Level,
  Location,
  Mark,
  Member,
  MemberChange,
  MemberList,
  Membership,
  Mention,
  Message,
  MessageAnswer,
  MessageChange,
  MessageHit,
  MessageHits,
  MessageKind,
  NewFile,
  NewPushDevice,
  NewGuest,
  NewInvitation,
  NewInvitationAnswer,
  Notice,
  NoticeKind,
  Page,
  Presence,
  PresenceState,
  ProfileChange,
  PushDevice,
  PushInfo,
  QuietHours,
  Reaction,
  ReactionChange,
  ReactionPut,
  Ready,
  Role,
  Room,
  RoomKind,
  SendCommand,
  SentFile,
  SentFileList,
  ServerRestart,
  ServerAnswer,
  SessionList,
  SessionView,
  Settings,
  SettingsChange,
  Status,
  StatusChange,
  Subscription,
  ThreadAnswer,
  ThreadList,
  Upload,
  UploadAnswer,
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
  'reaction:put': ReactionPut;
  'room:put': RoomPut;
  'room:changed': RoomChanged;
  'room:gone': RoomGone;
  'member:put': MemberPut;
  'member:gone': MemberGone;
  'server:restart': ServerRestart;
  'session:ended': SessionEnded;
  presence: PresenceChanges;
  'profile:put': ProfilePut;
  'room:typing': RoomTyping;
  invitation: Invited;
  'invitation:gone': InvitationGone;
  'bookmark:put': BookmarkPut;
  'thread:put': ThreadPut;
  'user:put': UserPut;
  'settings:put': SettingsPut;
}

/**
 * Commands maps the client's commands to their argument and to the content of a successful
 * answer.
 */
export interface Commands {
  'message:send': { argument: SendCommand; answer: MessageAnswer };
  'message:react': { argument: ReactCommand; answer: Omit<ReactAnswer, 'ok'> };
  'message:pin': { argument: MarkCommand; answer: Omit<MarkAnswer, 'ok'> };
  'message:bookmark': { argument: MarkCommand; answer: Omit<MarkAnswer, 'ok'> };
  'thread:follow': { argument: FollowCommand; answer: Omit<MarkAnswer, 'ok'> };
  'thread:read': { argument: ThreadReadCommand; answer: Omit<MarkAnswer, 'ok'> };
  'room:sync': { argument: SyncCommand; answer: Changes };
  'room:read': { argument: ReadCommand; answer: Omit<ReadAnswer, 'ok'> };
  'room:unread': { argument: UnreadCommand; answer: Omit<ReadAnswer, 'ok'> };
  'room:level': { argument: LevelCommand; answer: Omit<LevelAnswer, 'ok'> };
  'settings:set': { argument: SettingsSetCommand; answer: Omit<SettingsAnswer, 'ok'> };
  'room:watch': { argument: RoomCommand; answer: Omit<WatchAnswer, 'ok'> };
  'room:unwatch': { argument: RoomCommand; answer: object };
  'user:active': { argument: object; answer: object };
  'presence:set': { argument: PresenceSetCommand; answer: object };
  'presence:watch': { argument: PresenceWatchCommand; answer: Omit<PresenceAnswer, 'ok'> };
  'typing:start': { argument: RoomCommand; answer: object };
  'typing:stop': { argument: RoomCommand; answer: object };
}

export type ServerEvent = keyof ServerEvents;
export type Command = keyof Commands;
