package gateway

import "partychat/internal/chat"

// Auth is what a client gives in its Socket.IO handshake.
type Auth struct {
	Protocol *int   `json:"protocol,omitempty"` // 2, or 1
	Token    string `json:"token,omitempty"`    // where there is no cookie
	Known    *Known `json:"known,omitempty"`    // in protocol 2, to come back
}

// Known is how far a returning client knows its streams (docs/PROTOCOL.md,
// "Coming back").
type Known struct {
	User  chat.UserID           `json:"user"`  // whose streams these are; those of another user count as unknown
	Rev   int64                 `json:"rev"`   // of the user's stream
	Rooms map[chat.RoomID]int64 `json:"rooms"` // the rev of each room in the client's list
}

const (
	// Protocol is the latest version of the events that this server speaks.
	Protocol = 2
	// oldestProtocol is the first version that it still speaks.
	oldestProtocol = 1
)

// Failure acknowledges a command that has failed.
type Failure struct {
	OK    bool           `json:"ok"` // false
	Error chat.ErrorInfo `json:"error"`
}

func failure(err error) Failure { return Failure{Error: chat.InfoOf(err)} }

// Done acknowledges a command that has nothing more to say.
type Done struct {
	OK bool `json:"ok"` // true
}

// SendCommand is the argument of message:send.
type SendCommand struct {
	Room     chat.RoomID      `json:"room"`
	ClientID string           `json:"clientId"`
	Kind     chat.MessageKind `json:"kind,omitempty"`
	Body     string           `json:"body"`
	Location *chat.Location   `json:"location,omitempty"` // of kind location, without a body
}

// SendAnswer acknowledges message:send: the message is stored and durable.
type SendAnswer struct {
	OK      bool         `json:"ok"`
	Message chat.Message `json:"message"`
}

// SyncCommand is the argument of room:sync.
type SyncCommand struct {
	Room  chat.RoomID `json:"room"`
	Since int64       `json:"since"` // a rev
}

// SyncAnswer acknowledges room:sync.
type SyncAnswer struct {
	OK bool `json:"ok"`
	chat.Changes
}

// ReadCommand is the argument of room:read.
type ReadCommand struct {
	Room chat.RoomID `json:"room"`
	Seq  int64       `json:"seq"`
}

// ReadAnswer acknowledges room:read with the position as it is now.
type ReadAnswer struct {
	OK      bool  `json:"ok"`
	ReadSeq int64 `json:"readSeq"`
}

// RoomCommand is the argument of room:watch and room:unwatch.
type RoomCommand struct {
	Room chat.RoomID `json:"room"`
}

// WatchAnswer acknowledges room:watch.
type WatchAnswer struct {
	OK   bool      `json:"ok"`
	Room chat.Room `json:"room"`
}

// UserSyncCommand is the argument of user:sync.
type UserSyncCommand struct {
	Since int64 `json:"since"` // a rev of the user's stream
}

// UserSyncAnswer acknowledges user:sync with the present state of everything on the
// user's stream that has changed since.
type UserSyncAnswer struct {
	OK              bool             `json:"ok"`
	Rev             int64            `json:"rev"`       // the client knows its stream up to here
	More            bool             `json:"more"`      // ask again from Rev
	StartOver       bool             `json:"startOver"` // too much has changed: reconnect without known
	User            *UserPut         `json:"user,omitempty"`
	Subscriptions   []RoomPut        `json:"subscriptions"`
	Gone            []RoomGone       `json:"gone"`
	Invitations     []Invited        `json:"invitations"`
	InvitationsGone []InvitationGone `json:"invitationsGone"`
}

// Ready is the first event on a connection.
type Ready struct {
	Protocol int `json:"protocol,omitempty"` // the version that this connection speaks
	// Rev is that of the user's stream: what came later follows as events.
	Rev  int64     `json:"rev,omitempty"`
	User chat.User `json:"user"`
	// Delta: Subscriptions has only what changed since what the client knew.
	Delta         bool                `json:"delta,omitempty"`
	Subscriptions []chat.Subscription `json:"subscriptions"`
	Gone          []RoomGone          `json:"gone,omitempty"` // of a delta: rooms that the client knew and that have left the list
	Next          string              `json:"next,omitempty"` // goes into after of GET /subscriptions; absent: the list is whole
	Limits        ReadyLimits         `json:"limits"`
	Presence      []chat.Presence     `json:"presence"` // of the peers of conversations who are there
}

// ReadyLimits are the lengths that the server allows, in characters, but for Auth.
type ReadyLimits struct {
	Auth        int64 `json:"auth,omitempty"` // what a client may give when it connects, in bytes of JSON
	UsernameMax int   `json:"usernameMax"`
	PasswordMin int   `json:"passwordMin"`
	PasswordMax int   `json:"passwordMax"`
	RoomName    int   `json:"roomName"`
	Topic       int   `json:"topic"`
	Message     int   `json:"message"`
}

// MessagePut is the event message:put.
type MessagePut struct {
	Message chat.Message `json:"message"`
}

// RoomPut is the event room:put.
type RoomPut struct {
	Subscription chat.Subscription `json:"subscription"`
	Rev          int64             `json:"rev,omitempty"` // of the user's stream
}

// RoomChanged is the event room:changed.
type RoomChanged struct {
	Room chat.Room `json:"room"`
	Rev  int64     `json:"rev,omitempty"` // of the room
}

// RoomGone is the event room:gone.
type RoomGone struct {
	Room   chat.RoomID     `json:"room"`
	Reason chat.GoneReason `json:"reason"`
	Rev    int64           `json:"rev,omitempty"` // of the user's stream, where it is known
}

// MemberPut is the event member:put.
type MemberPut struct {
	Room   chat.RoomID `json:"room"`
	Member chat.Member `json:"member"`
	Rev    int64       `json:"rev,omitempty"` // of the room
}

// MemberGone is the event member:gone.
type MemberGone struct {
	Room   chat.RoomID     `json:"room"`
	User   chat.UserID     `json:"user"`
	Reason chat.GoneReason `json:"reason,omitempty"`
	Rev    int64           `json:"rev,omitempty"` // of the room
}

// SessionEnded is the event session:ended.
type SessionEnded struct {
	Reason chat.EndReason `json:"reason"`
	Rev    int64          `json:"rev,omitempty"` // of the user's stream, where it is known
}

// ServerRestart is the event server:restart.
type ServerRestart struct {
	Within int64 `json:"within"` // milliseconds
}

// Names of the events.
const (
	eventReady         = "ready"
	eventMessagePut    = "message:put"
	eventRoomPut       = "room:put"
	eventRoomChanged   = "room:changed"
	eventRoomGone      = "room:gone"
	eventMemberPut     = "member:put"
	eventMemberGone    = "member:gone"
	eventSessionEnded  = "session:ended"
	eventServerRestart = "server:restart"
	eventPresence      = "presence"
	eventRoomTyping    = "room:typing"
	eventInvitation    = "invitation"
	eventInviteGone    = "invitation:gone"
	eventUserPut       = "user:put"
)
