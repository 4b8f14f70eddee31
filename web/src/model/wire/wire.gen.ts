// Generated from the Go types by `make types`; do not edit.

/** Account is the user who has signed up or logged in. */
export interface Account {
  user: User;
  /** for Authorization: Bearer, or for the Socket.IO handshake; only if it was requested */
  token?: string;
}

/** Auth is what a client gives in its Socket.IO handshake. */
export interface Auth {
  /** 2, or 1 */
  protocol?: number;
  /** where there is no cookie */
  token?: string;
  /** in protocol 2, to come back */
  known?: Known;
}

/**
 * Author is the part of a user that a message contains, so that clients can show
 * the message without further requests.
 */
export interface Author {
  id: UserID;
  username: string;
  kind: UserKind;
  displayName?: string;
  profileRev?: number;
}

/** Ban excludes a user from a room or from the whole server until it is lifted. */
export interface Ban {
  user: User;
  /** the admin who has banned the user */
  by: Author;
  at: string;
}

/** BanAnswer is one ban. */
export interface BanAnswer {
  ban: Ban;
}

/** BanList is a page of bans, ordered by the usernames of the banned users. */
export interface BanList {
  bans: Ban[];
  /** pass it as after to get the next page; absent on the last page */
  next?: string;
}

/** Bookmark is a bookmark in a list. */
export interface Bookmark {
  room: RoomID;
  seq: number;
  /** when it was set */
  at: string;
  /** absent if I may not see the room now */
  in?: Room;
  /** the other user, in a conversation */
  peer?: User;
  /** with the beginning of its text; absent with In */
  message?: Message;
}

/** BookmarkList is a page of my bookmarks. */
export interface BookmarkList {
  /** the last one set first */
  bookmarks: Bookmark[];
  /** continues the list as before */
  next?: number;
}

/** BookmarkPut is the event bookmark:put. */
export interface BookmarkPut {
  /** of the user's stream */
  rev: number;
  room: RoomID;
  seq: number;
  /** false: it is gone */
  on: boolean;
}

/** BookmarkSeqs are my bookmarks in one room. */
export interface BookmarkSeqs {
  seqs: number[];
}

/**
 * Changes are the changes of a room since some rev: the present state of every
 * changed message, of the room and of its members. It includes every change up to
 * Rev, except those of things that have changed again after it.
 */
export interface Changes {
  /** in the order of rev */
  messages: Message[];
  /** if its name or topic has changed */
  room?: Room;
  /** in the order of rev */
  members?: MemberChange[];
  /** the rev reached once all changes are applied */
  rev: number;
  /** there are more changes; ask again from Rev */
  more: boolean;
  /**
   * StartOver: too much has changed. Clear the timeline and load the newest page;
   * Messages is empty.
   */
  startOver: boolean;
}

/**
 * Code is the kind of an error. REST, socket acknowledgements and Go use the same
 * codes; see docs/PROTOCOL.md, "Errors".
 */
export type Code = 'forbidden' | 'internal' | 'invalid' | 'not_found' | 'rate_limited' | 'taken' | 'too_large' | 'unauthenticated' | 'unavailable';

/** Credentials are a log-in. */
export interface Credentials {
  username: string;
  password: string;
  /** return a token instead of setting a cookie */
  token?: boolean;
  /** let the session end only after a long time without activity: 30 days, unless the operator has changed it */
  keep?: boolean;
}

/** Done acknowledges a command that has nothing more to say. */
export interface Done {
  /** true */
  ok: boolean;
}

/** EndReason is why a session has ended. */
export type EndReason = 'banned' | 'expired' | 'log-out' | 'revoked';

/** ErrorBody is the body of every error. */
export interface ErrorBody {
  error: ErrorInfo;
}

/**
 * ErrorInfo is what clients learn about a failure, over REST and sockets:
 * docs/PROTOCOL.md, "Errors".
 */
export interface ErrorInfo {
  code: Code;
  /** a sentence for people */
  message: string;
  /** the input at fault */
  field?: string;
  /** in seconds */
  retryAfter?: number;
  /**
   * Reason is why the client's session has ended, with the code unauthenticated, if
   * the server knows it.
   */
  reason?: EndReason;
}

/** Failure acknowledges a command that has failed. */
export interface Failure {
  /** false */
  ok: boolean;
  error: ErrorInfo;
}

/** File is a file in a message. */
export interface File {
  id: FileID;
  name: string;
  /** media type, found in the content */
  type: string;
  /** in bytes */
  size: number;
  width?: number;
  /** of a picture as it is shown, in pixels; absent if unknown */
  height?: number;
}

/** FileID identifies a file permanently. It fits a JavaScript number. */
export type FileID = number;

/** FileLimits are what the server allows; absent if it keeps no files. */
export interface FileLimits {
  perMessage: number;
  /** of one file, in bytes */
  size: number;
}

/** FollowCommand is the argument of thread:follow. */
export interface FollowCommand {
  room: RoomID;
  /** the seq of the root */
  root: number;
  /** false: stop following */
  on: boolean;
}

/** FollowedThread is a thread that I follow. */
export interface FollowedThread {
  room: RoomID;
  root: number;
  readSeq: number;
  /** messages of others behind readSeq */
  unread: number;
  /** the root, with the beginning of its text; its replies name no authors */
  message: Message;
}

/** GoneReason is why a room has left a user's list. */
export type GoneReason = 'banned' | 'deleted' | 'left' | 'removed';

/** GuestAnswer is the new guest and the room that the guest has entered. */
export interface GuestAnswer {
  user: User;
  /** as in Account */
  token?: string;
  subscription: Subscription;
}

/** Invitation is a link to a room, or to a conversation with its creator. */
export interface Invitation {
  id: InvitationID;
  /** 0: a conversation with By */
  room?: RoomID;
  by: Author;
  /** 0: anyone with the link */
  forUser?: UserID;
  /** whether it admits guests */
  guests: boolean;
  /** number of users who have joined by it */
  uses: number;
  /** 0: unlimited */
  maxUses?: number;
  createdAt: string;
  /** nil: never */
  expiresAt?: string;
}

/** InvitationGone is the event invitation:gone. */
export interface InvitationGone {
  id: InvitationID;
  /** of the user's stream */
  rev?: number;
}

/**
 * InvitationID identifies an invitation to those who may revoke it. It fits a
 * JavaScript number. Knowing it doesn't admit anyone.
 */
export type InvitationID = number;

/** InvitationList is a list of invitation links. */
export interface InvitationList {
  invitations: Invitation[];
}

/**
 * Invited is the event invitation. One that came while the user was offline has an
 * id alone.
 */
export interface Invited {
  /** absent from nodes of an older version */
  id?: InvitationID;
  token?: string;
  /** of the link */
  path?: string;
  by: Author;
  /** absent: into a conversation with By */
  room?: JoinRoom;
  expiresAt?: string;
  /** of the user's stream */
  rev?: number;
}

/** JoinAnswer is the destination of a link. */
export interface JoinAnswer {
  /** absent: a conversation with by */
  room?: JoinRoom;
  by: Author;
  /** the usernames of up to five members of the room */
  members?: string[];
  /** whether a name alone is enough */
  guests: boolean;
  /** if you are a member already */
  subscription?: Subscription;
}

/** JoinRoom is what the holder of a link learns about its room. */
export interface JoinRoom {
  id: RoomID;
  kind: RoomKind;
  name: string;
  topic: string;
  members: number;
}

/** JoinRoomList is a page of the rooms on the join page. */
export interface JoinRoomList {
  rooms: JoinRoom[];
  /** pass it as after to get the next page; absent on the last page */
  next?: string;
}

/**
 * Known is how far a returning client knows its streams (docs/PROTOCOL.md,
 * "Reconnecting").
 */
export interface Known {
  /** whose streams these are; those of another user count as unknown */
  user: UserID;
  /** as in ready; absent: clients of an earlier version */
  epoch?: string;
  /** of the user's stream */
  rev: number;
  /** the rev of each room in the client's list */
  rooms: Record<string, number>;
}

/** Level is which messages of a room notify a user. */
export type Level = '' | 'everything' | 'mentions' | 'muted' | 'nothing';

/** LevelAnswer acknowledges room:level. */
export interface LevelAnswer {
  ok: boolean;
  level: Level;
  /** the membership's */
  rev: number;
}

/** LevelChange is the body of the request that sets the level of a room. */
export interface LevelChange {
  /** everything, mentions, nothing or muted; empty: that of my settings */
  level: Level;
}

/** LevelCommand is the argument of room:level. */
export interface LevelCommand {
  room: RoomID;
  /** "": that of the settings */
  level: Level;
}

/**
 * Location is a position on the Earth (WGS 84), the content of a message of kind
 * MessageLocation. Its URI is stored as the message's body.
 */
export interface Location {
  /** degrees north, −90 to 90 */
  latitude: number;
  /** degrees east, −180 to 180 */
  longitude: number;
  /** radius in metres */
  accuracy?: number;
  /** when the position was measured */
  time: string;
}

/** Mark is a part of a text, in UTF-16 code units. End is behind it. */
export interface Mark {
  begin: number;
  end: number;
}

/** MarkAnswer acknowledges message:pin and message:bookmark: the change is durable. */
export interface MarkAnswer {
  ok: boolean;
  /**
   * Rev: once the client knows the room (of a pin) or its user's stream (of a
   * bookmark) up to here, the message is marked as asked for.
   */
  rev: number;
}

/** MarkCommand is the argument of message:pin and message:bookmark. */
export interface MarkCommand {
  room: RoomID;
  seq: number;
  /** false: take it back */
  on: boolean;
}

/** Member is a member of a room. */
export interface Member {
  user: User;
  /** within the room */
  role: Role;
}

/** MemberAnswer is one member. */
export interface MemberAnswer {
  member: Member;
}

/** MemberChange is the latest change of one user's membership in a room. */
export interface MemberChange {
  /** of the room's stream */
  rev: number;
  user: UserID;
  /** nil: not a member any more */
  member?: Member;
  /** why the user isn't a member any more */
  reason?: GoneReason;
}

/** MemberGone is the event member:gone. */
export interface MemberGone {
  room: RoomID;
  user: UserID;
  reason?: GoneReason;
  /** of the room */
  rev?: number;
}

/** MemberList is a page of a room's members by username. */
export interface MemberList {
  members: Member[];
  /** pass it as after to get the next page; absent on the last page */
  next?: string;
}

/** MemberPut is the event member:put. */
export interface MemberPut {
  room: RoomID;
  member: Member;
  /** of the room */
  rev?: number;
}

/** Membership is a user's subscription to a room. */
export interface Membership {
  /** within the room */
  role: Role;
  /** everything up to this seq is read; only room:unread moves it back */
  readSeq: number;
  joinedAt: string;
  /** rev of the user's stream at its last change */
  rev?: number;
  /** rev of the user's stream when messages were last marked as unread */
  marked?: number;
  /** which messages notify the user: everything, mentions, nothing or muted; absent: that of the settings */
  level?: Level;
}

/** Mention is a person who is named in a message's text. */
export interface Mention {
  user: UserID;
  /** as written, with the “@” */
  text: string;
}

/** Message is one entry of a room's timeline. (Room, Seq) identifies it. */
export interface Message {
  room: RoomID;
  /** position in the room: 1, 2, 3 … in the order of commit */
  seq: number;
  /** rev of the room at its last change */
  rev: number;
  clientId: string;
  author: Author;
  kind: MessageKind;
  body: string;
  /** of a MessageNotice */
  notice?: Notice;
  /** of a MessageLocation */
  location?: Location;
  /**
   * Mentions are the people whom the text mentions. MentionsRoom: it mentions everyone
   * in the room.
   */
  mentions?: Mention[];
  mentionsRoom?: boolean;
  /** of a MessageFile; absent in lists of rooms */
  files?: File[];
  createdAt: string;
  /** last change of the body; absent if there was none */
  editedAt?: string;
  /** Deleted: the message is a tombstone with an empty body, which keeps its seq. */
  deleted?: boolean;
  /** Reactions are in the order in which their emoji came. */
  reactions?: Reaction[];
  /** if it is pinned to its room */
  pinned?: Pin;
  /**
   * Shortened: the body is only the beginning of the text. Only set for the
   * latest message of a room in a list.
   */
  shortened?: boolean;
  /** the message that this one answers */
  replyTo?: Quote;
  /** the seq of the root of its thread */
  thread?: number;
  /** the room shows it, too, although it is in a thread */
  inRoom?: boolean;
  /** of the root of a thread */
  replies?: Replies;
}

/** MessageAnswer is one message as stored. */
export interface MessageAnswer {
  message: Message;
}

/** MessageChange changes a message. */
export interface MessageChange {
  /** 1 to 8,000 characters, at least one of them visible */
  body: string;
}

/** MessageHit is a message that was found. */
export interface MessageHit {
  room: RoomID;
  seq: number;
  author: Author;
  kind: MessageKind;
  createdAt: string;
  editedAt?: string;
  snippet: Snippet;
}

/** MessageHits is a page of a search for messages, newest first. */
export interface MessageHits {
  hits: MessageHit[];
  /** pass it as after to get the next page, even if this one has no hits; absent on the last page */
  next?: string;
  /** sentences about parts of the search that could not be used */
  hints?: string[];
  /** older messages are still being indexed, so some may be missing */
  incomplete?: boolean;
}

/** MessageKind is what a message's body contains. */
export type MessageKind = 'file' | 'location' | 'notice' | 'text';

/** MessagePut is the event message:put. */
export interface MessagePut {
  message: Message;
}

/** NewAccount is a sign-up. */
export interface NewAccount {
  /** 2 to 32 letters, digits, _ . - */
  username: string;
  /** 8 to 256 characters; neither the username nor one of the most common passwords */
  password: string;
  /** the token of an invitation link, which is redeemed in the same step */
  invitation?: string;
  /** the token of a set-up link, which creates the server's first admin */
  setup?: string;
  /** return a token instead of setting a cookie */
  token?: boolean;
  /** let the session end only after a long time without activity: 30 days, unless the operator has changed it */
  keep?: boolean;
}

/** NewFile announces an upload. */
export interface NewFile {
  /** a new UUID for each file, repeated in each retry */
  clientId: string;
  /** the file's name, at most 255 bytes of which are kept */
  name: string;
  /** number of bytes */
  size: number;
}

/** NewGuest is a person who enters by a name alone. */
export interface NewGuest {
  /** 2 to 32 letters, digits, _ . - */
  username: string;
  /** the token of a link that lets guests in */
  invitation?: string;
  /** the id of a public room, if there is a join page */
  room?: RoomID;
  /** give a token in the answer instead of a cookie */
  token?: boolean;
}

/** NewInvitation is an invitation link to be created. */
export interface NewInvitation {
  /** absent: a conversation with me */
  room?: RoomID;
  /** for this user alone, who is notified at once */
  user?: UserID;
  /** in seconds; absent: the link does not expire */
  expiresIn?: number;
  /** how many people may join with it; absent: any number */
  uses?: number;
  /** whether a name alone is enough to join with it */
  guests?: boolean;
}

/** NewInvitationAnswer is a new link. Only this answer contains its token. */
export interface NewInvitationAnswer {
  invitation: Invitation;
  token: string;
  /** the path of the link */
  path: string;
  /** whether the user was online to be notified */
  told?: boolean;
}

/** NewMessage is a message to be sent. */
export interface NewMessage {
  /** a new UUID for each message, repeated in each retry */
  clientId: string;
  /** text, the default, location or file */
  kind?: MessageKind;
  /** 1 to 8,000 characters, at least one of them visible; empty for a location; for files the caption, which may be empty */
  body: string;
  /** only for messages of kind location */
  location?: Location;
  /** the seq of the message that this one answers */
  replyTo?: number;
  /** the seq of the root of a thread: the message is a reply in it */
  thread?: number;
  /** the room shows the reply, too */
  inRoom?: boolean;
  /** only for messages of kind file: uploads of mine, in the order in which to show them */
  files?: FileID[];
}

/**
 * NewPushDevice is the body of the request that makes this device receive pushes: a
 * PushSubscription of the browser, as JSON, and choices.
 */
export interface NewPushDevice {
  /** an https URL of the push service */
  endpoint: string;
  keys: PushKeys;
  /** whether pushes have the text of messages */
  showsText: boolean;
}

/** NewRoom is a room to be created. */
export interface NewRoom {
  /** 1 to 64 characters, unique among public rooms */
  name: string;
  /** up to 256 characters */
  topic: string;
  /** public, the default, or private */
  kind?: RoomKind;
}

/**
 * Notice is the content of a message of kind MessageNotice. The kind is stored as
 * the message's body, the user as its author.
 */
export interface Notice {
  kind: NoticeKind;
  user: Author;
}

/** NoticeKind is what a notice is about. */
export type NoticeKind = 'joined' | 'left' | 'removed';

/** Page is a part of a room's timeline, in the order of seq, from one snapshot. */
export interface Page {
  messages: Message[];
  /** the room's head in the snapshot */
  seq: number;
  /** the room's rev in the snapshot */
  rev: number;
  /** whether there are more messages in the requested direction */
  more: boolean;
}

/** Pin is who pinned a message to its room, and when. */
export interface Pin {
  by: Author;
  at: string;
}

/** PinList is a room's pinned messages. */
export interface PinList {
  /** the last one pinned first, with the beginnings of their texts */
  messages: Message[];
}

/** Presence is a user's state. */
export interface Presence {
  user: UserID;
  state: PresenceState;
}

/** PresenceAnswer acknowledges presence:watch with those who are there. */
export interface PresenceAnswer {
  ok: boolean;
  presence: Presence[];
  profiles?: User[];
}

/**
 * PresenceChanges is the event presence: what has changed among the people
 * whom the socket watches.
 */
export interface PresenceChanges {
  presence: Presence[];
}

/** PresenceSetCommand is the argument of presence:set. */
export interface PresenceSetCommand {
  /** online or away */
  state: PresenceState;
}

/** PresenceState is whether a user is online. */
export type PresenceState = 'away' | 'offline' | 'online';

/** PresenceWatchCommand is the argument of presence:watch. */
export interface PresenceWatchCommand {
  /** replaces those named before */
  users: UserID[];
  /** Profiles: the answer has the users whose profiles were ever changed. */
  profiles?: boolean;
}

/** ProfileChange replaces those parts of the user's profile that it has. */
export interface ProfileChange {
  /** at most 64 characters; empty: the username is shown */
  displayName?: string;
  status?: StatusChange;
}

/** ProfilePut is the event profile:put. */
export interface ProfilePut {
  user: User;
}

/** PushDevice is a device that receives pushes. */
export interface PushDevice {
  id: string;
  /** the device of this session */
  current?: boolean;
  /** the host of its push service */
  service: string;
  /** its pushes have the text of messages */
  showsText: boolean;
  createdAt: string;
  /** when the device last reported itself */
  renewedAt: string;
}

/** PushInfo is the answer to the request for my devices. */
export interface PushInfo {
  /** the server's public key, for PushManager.subscribe; absent: the server sends no pushes */
  key?: string;
  /** my devices that receive pushes, those used last first */
  devices: PushDevice[];
}

/** PushKeys are what it takes to encrypt for a device (RFC 8291). */
export interface PushKeys {
  /** the device's public key, base64url */
  p256dh: string;
  /** the device's secret, base64url */
  auth: string;
}

/** QuietHours is the part of each day during which nothing notifies the user. */
export interface QuietHours {
  /** minutes after midnight, 0 to 1439 */
  from: number;
  /** minutes after midnight, 0 to 1439, not included; before from: on the next day */
  to: number;
  /** the name of an IANA time zone */
  zone: string;
}

/**
 * Quote is the message that another one answers, as it was when the answer was read.
 * Clients apply later changes of the original themselves.
 */
export interface Quote {
  seq: number;
  author: Author;
  kind: MessageKind;
  /** the beginning of the text */
  body: string;
  /** the text goes on */
  shortened?: boolean;
  deleted?: boolean;
}

/** ReactAnswer acknowledges message:react: the change is durable. */
export interface ReactAnswer {
  ok: boolean;
  /** once the room is known up to here, the reaction is as asked for */
  rev: number;
  /** how many users have reacted with the emoji */
  count: number;
}

/** ReactCommand is the argument of message:react. */
export interface ReactCommand {
  room: RoomID;
  seq: number;
  emoji: string;
  /** false: take it back */
  on: boolean;
}

/** Reaction is one emoji under a message, with the users who have reacted with it. */
export interface Reaction {
  emoji: string;
  count: number;
  /** the first of them, in the order in which they have reacted */
  users: Author[];
  /** Mine: the recipient is one of them. Events do not have it. */
  mine?: boolean;
}

/** ReactionChange is one change in ReactionPut. */
export interface ReactionChange {
  seq: number;
  user: Author;
  emoji: string;
  /** false: taken back */
  on: boolean;
  /** how many users have reacted with the emoji after this change */
  count: number;
}

/**
 * ReactionPut is the event reaction:put. The changes have taken consecutive revs of the
 * room, the last of them Rev. Without any, something has changed up to Rev that only
 * room:sync can tell.
 */
export interface ReactionPut {
  room: RoomID;
  rev: number;
  changes?: ReactionChange[];
}

/** ReadAnswer acknowledges room:read and room:unread with the position as it is now. */
export interface ReadAnswer {
  ok: boolean;
  readSeq: number;
}

/** ReadCommand is the argument of room:read. */
export interface ReadCommand {
  room: RoomID;
  seq: number;
  /**
   * Marked is the membership's, as the client knows it. If messages have been marked
   * as unread since, nothing changes. Absent: the position moves in any case.
   */
  marked?: number;
}

/** Ready is the first event on a connection. */
export interface Ready {
  /** the version that this connection speaks */
  protocol?: number;
  /** Epoch names what the revs count: with another one, nothing that the client knows holds. */
  epoch?: string;
  /** Rev is that of the user's stream: what came later follows as events. */
  rev?: number;
  user: User;
  /** Delta: Subscriptions has only what changed since what the client knew. */
  delta?: boolean;
  subscriptions: Subscription[];
  /** of a delta: rooms that the client knew and that have left the list */
  gone?: RoomGone[];
  /** goes into after of GET /subscriptions; absent: the list is whole */
  next?: string;
  /** absent: never changed */
  settings?: Settings;
  limits: ReadyLimits;
  /** of the peers of conversations who are there */
  presence: Presence[];
}

/** ReadyLimits are the lengths that the server allows, in characters, but for Auth. */
export interface ReadyLimits {
  /** what a client may give when it connects, in bytes of JSON */
  auth?: number;
  usernameMax: number;
  passwordMin: number;
  passwordMax: number;
  roomName: number;
  topic: number;
  message: number;
  /** Files is absent if the server keeps none. */
  files?: FileLimits;
}

/** Replies summarizes a thread on its root. Deleted replies do not count. */
export interface Replies {
  count: number;
  /** of the latest reply */
  seq: number;
  /** when the latest reply was written */
  at: string;
  /** of the latest replies, the latest first, each once, at most 3 */
  authors: Author[];
}

/** Role is what a user may do, on the whole server or in one room. */
export type Role = 'admin' | 'member';

/** RoleChange gives a member another role. */
export interface RoleChange {
  /** admin or member */
  role: Role;
}

/** Room is where messages are sent. */
export interface Room {
  id: RoomID;
  kind: RoomKind;
  name: string;
  topic: string;
  createdAt: string;
  /** number of members */
  members: number;
  /** the head: seq of the latest message, 0 if there is none */
  seq: number;
  /** the rev of the latest change on the room's stream */
  rev: number;
  /** ArchivedAt is when the room was archived: everyone in it may only read it. */
  archivedAt?: string;
}

/** RoomAnswer is one room. */
export interface RoomAnswer {
  room: Room;
  /** if you are a member */
  subscription?: Subscription;
}

/** RoomChange changes the parts of a room that are not nil. */
export interface RoomChange {
  name?: string;
  topic?: string;
  /** Archived archives or unarchives the room. Then name and topic must be absent. */
  archived?: boolean;
}

/** RoomChanged is the event room:changed. */
export interface RoomChanged {
  room: Room;
  /** of the room */
  rev?: number;
}

/** RoomCommand is the argument of room:watch and room:unwatch. */
export interface RoomCommand {
  room: RoomID;
}

/** RoomGone is the event room:gone. */
export interface RoomGone {
  room: RoomID;
  reason: GoneReason;
  /** of the user's stream, where it is known */
  rev?: number;
}

/** RoomID identifies a room permanently. It fits a JavaScript number. */
export type RoomID = number;

/** RoomKind is who can find a room. */
export type RoomKind = 'deleted' | 'direct' | 'private' | 'public';

/** RoomList is a page of the rooms found. */
export interface RoomList {
  rooms: Room[];
  /** pass it as after to get the next page; absent on the last page */
  next?: string;
}

/** RoomPut is the event room:put. */
export interface RoomPut {
  subscription: Subscription;
  /** of the user's stream */
  rev?: number;
}

/** RoomTyping is the event room:typing. */
export interface RoomTyping {
  room: RoomID;
  user: Author;
  /** 0: no longer */
  forMs: number;
}

/** SendAnswer acknowledges message:send: the message is stored and durable. */
export interface SendAnswer {
  ok: boolean;
  message: Message;
}

/** SendCommand is the argument of message:send. */
export interface SendCommand {
  room: RoomID;
  clientId: string;
  kind?: MessageKind;
  body: string;
  /** of kind location, without a body */
  location?: Location;
  /** the seq of the message that this one answers */
  replyTo?: number;
  /** the seq of the root of its thread */
  thread?: number;
  /** the room shows it, too, although it is in a thread */
  inRoom?: boolean;
  /** of kind file, whose body is their caption */
  files?: FileID[];
}

/** SentFile is a file with the message that it is in. */
export interface SentFile extends File {
  /** of the message */
  seq: number;
  author: Author;
  sentAt: string;
}

/** SentFileList is a part of a room's files, those of the latest messages first. */
export interface SentFileList {
  files: SentFile[];
  /** whether there are older ones */
  more: boolean;
}

/** ServerAnswer is what the operator allows. It needs no session. */
export interface ServerAnswer {
  /** who may sign up from where you are: open, invitation or closed */
  signUp: SignUpMode;
  /** whether a name alone can be enough to enter */
  guests: boolean;
  /** whether guests may enter public rooms without an invitation */
  joinPage: boolean;
  /** the guest that this browser was and can continue as */
  guest?: string;
  limits: ServerLimits;
}

/** ServerLimits are lengths in characters. */
export interface ServerLimits {
  usernameMin: number;
  usernameMax: number;
  passwordMin: number;
  passwordMax: number;
}

/** ServerRestart is the event server:restart. */
export interface ServerRestart {
  /** milliseconds */
  within: number;
}

/** SessionEnded is the event session:ended. */
export interface SessionEnded {
  reason: EndReason;
  /** of the user's stream, where it is known */
  rev?: number;
}

/** SessionList is all sessions of the user. */
export interface SessionList {
  sessions: SessionView[];
}

/** SessionView is one session of the user. */
export interface SessionView {
  id: string;
  /** the browser and system that it began on, in words; empty if unknown */
  device: string;
  createdAt: string;
  /** the last activity, to the minute */
  seenAt: string;
  /** the session of this request */
  current?: boolean;
}

/** Settings are a user's choices about notifications, the same on all devices. */
export interface Settings {
  /** of rooms without a level of their own: everything, mentions or nothing */
  level: Level;
  /** when nothing notifies; absent: never */
  quiet?: QuietHours;
  /** rev of my stream at the last change; absent: never changed */
  rev?: number;
}

/** SettingsAnswer acknowledges settings:set, and is the answer of REST. */
export interface SettingsAnswer {
  /** only over the socket */
  ok?: boolean;
  settings: Settings;
}

/** SettingsChange replaces the user's settings. */
export interface SettingsChange {
  /** of rooms without a level of their own: everything, mentions or nothing */
  level: Level;
  /** when nothing notifies; absent: never */
  quiet?: QuietHours;
}

/** SettingsPut is the event settings:put. */
export interface SettingsPut {
  settings: Settings;
  /** of the user's stream */
  rev: number;
}

/** SettingsSetCommand is the argument of settings:set. */
export interface SettingsSetCommand {
  settings: SettingsChange;
}

/** SignUpMode is who may sign up. */
export type SignUpMode = 'closed' | 'invitation' | 'open';

/** Snippet is a part of a message's body. It is plain text. */
export interface Snippet {
  text: string;
  /** where the words of the search are in text */
  marks: Mark[];
  /** the message begins earlier */
  cutBefore?: boolean;
  /** the message goes on */
  cutBehind?: boolean;
}

/** Status is what a user says about the present moment. */
export interface Status {
  emoji?: string;
  text?: string;
  /** absent: it has no end */
  until?: string;
}

/** StatusChange is a new status. */
export interface StatusChange {
  /** one emoji */
  emoji?: string;
  /** at most 80 characters; without emoji and text, there is no status */
  text?: string;
  /** when the status ends; absent: it has no end */
  until?: string;
}

/** Subscription is a room in a member's list. */
export interface Subscription extends Room {
  membership: Membership;
  /** counted, undeleted messages after the read position; never stored */
  unread: number;
  /**
   * Mentions are the seqs of the first 100 messages after the read position that mention
   * the user.
   */
  mentions?: number[];
  /** Message.Preview of the latest message, if there is one */
  last?: Message;
  /** the other user, in a conversation */
  peer?: User;
}

/** SubscriptionAnswer is one of the user's rooms. */
export interface SubscriptionAnswer {
  subscription: Subscription;
}

/** SubscriptionList is a page of the user's rooms. */
export interface SubscriptionList {
  subscriptions: Subscription[];
  /** pass it as after to get the next page; absent on the last page */
  next?: string;
}

/** SyncAnswer acknowledges room:sync. */
export interface SyncAnswer extends Changes {
  ok: boolean;
}

/** SyncCommand is the argument of room:sync. */
export interface SyncCommand {
  room: RoomID;
  /** a rev */
  since: number;
}

/** ThreadAnswer is what I am to a thread. */
export interface ThreadAnswer {
  follows: boolean;
  /** while I follow it */
  readSeq: number;
  /** while I follow it: messages of others behind readSeq */
  unread: number;
}

/** ThreadList is a page of the threads that I follow. */
export interface ThreadList {
  /** those with the latest replies first */
  threads: FollowedThread[];
  /** continues the list as after */
  next?: string;
  /** threads of the whole list that have unread messages */
  unread: number;
}

/** ThreadPut is the event thread:put. */
export interface ThreadPut {
  /** of the user's stream */
  rev: number;
  room: RoomID;
  root: number;
  follows: boolean;
  readSeq: number;
}

/** ThreadReadCommand is the argument of thread:read. */
export interface ThreadReadCommand {
  room: RoomID;
  root: number;
  /** everything in the thread up to this seq is read */
  seq: number;
}

/** UnreadCommand is the argument of room:unread. */
export interface UnreadCommand {
  room: RoomID;
  /** of the first message to become unread */
  seq: number;
}

/** Upload is a file of mine that is not sent yet. */
export interface Upload extends File {
  /** bytes that have arrived */
  received: number;
  /** it can be sent */
  ready: boolean;
}

/** UploadAnswer is the state of an upload. */
export interface UploadAnswer {
  file: Upload;
}

/** User is someone with a name. */
export interface User {
  id: UserID;
  username: string;
  kind: UserKind;
  /** on the whole server */
  role: Role;
  createdAt: string;
  /** Banned from the server: all of the user's sessions are invalid. */
  banned?: boolean;
  /** DisplayName is shown instead of the username; absent: the username is shown. */
  displayName?: string;
  /** absent once it has ended */
  status?: Status;
  /**
   * ProfileRev grows with each change of the fields above, so that clients keep the
   * latest of several copies; absent: they were never changed.
   */
  profileRev?: number;
}

/** UserAnswer is one user. */
export interface UserAnswer {
  user: User;
}

/** UserChange changes the account of the user. */
export interface UserChange {
  /** the new password, 8 to 256 characters; a guest becomes a member */
  password: string;
  /** the present password; guests have none */
  current?: string;
}

/** UserID identifies a user permanently. It fits a JavaScript number. */
export type UserID = number;

/** UserKind is how a user has entered. */
export type UserKind = 'bot' | 'guest' | 'member';

/** UserList is a page of users by username. */
export interface UserList {
  users: User[];
  /** the states of the users on this page who are online or away */
  presence: Presence[];
  /** pass it as after to get the next page; absent on the last page */
  next?: string;
}

/** UserPut is the event user:put. */
export interface UserPut {
  user: User;
  /** of the user's stream */
  rev?: number;
}

/**
 * UserSyncAnswer acknowledges user:sync with the present state of everything on the
 * user's stream that has changed since.
 */
export interface UserSyncAnswer {
  ok: boolean;
  /** the client knows its stream up to here */
  rev: number;
  /** ask again from Rev */
  more: boolean;
  /** too much has changed: reconnect without known */
  startOver: boolean;
  user?: UserPut;
  settings?: SettingsPut;
  subscriptions: RoomPut[];
  gone: RoomGone[];
  invitations: Invited[];
  invitationsGone: InvitationGone[];
  bookmarks?: BookmarkPut[];
  threads?: ThreadPut[];
}

/** UserSyncCommand is the argument of user:sync. */
export interface UserSyncCommand {
  /** a rev of the user's stream */
  since: number;
}

/** WatchAnswer acknowledges room:watch. */
export interface WatchAnswer {
  ok: boolean;
  room: Room;
}
