package gateway

import "partychat/internal/chat"

// Auth is what a client gives in its Socket.IO handshake.
type Auth struct {
	Protocol *int   `json:"protocol,omitempty"` // 1
	Token    string `json:"token,omitempty"`    // where there is no cookie
}

// Protocol is the version of the events that this server speaks.
const Protocol = 1

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

// Ready is the first event on a connection.
type Ready struct {
	User          chat.User           `json:"user"`
	Subscriptions []chat.Subscription `json:"subscriptions"`
	Next          string              `json:"next,omitempty"` // goes into after of GET /subscriptions; absent: the list is whole
	Limits        ReadyLimits         `json:"limits"`
	Presence      []chat.Presence     `json:"presence"` // of the peers of conversations who are there
}

// ReadyLimits are the lengths that the server allows, in characters.
type ReadyLimits struct {
	UsernameMax int `json:"usernameMax"`
	PasswordMin int `json:"passwordMin"`
	PasswordMax int `json:"passwordMax"`
	RoomName    int `json:"roomName"`
	Topic       int `json:"topic"`
	Message     int `json:"message"`
}

// MessagePut is the event message:put.
type MessagePut struct {
	Message chat.Message `json:"message"`
}

// RoomPut is the event room:put.
type RoomPut struct {
	Subscription chat.Subscription `json:"subscription"`
}

// RoomChanged is the event room:changed.
type RoomChanged struct {
	Room chat.Room `json:"room"`
}

// RoomGone is the event room:gone.
type RoomGone struct {
	Room   chat.RoomID     `json:"room"`
	Reason chat.GoneReason `json:"reason"`
}

// MemberPut is the event member:put.
type MemberPut struct {
	Room   chat.RoomID `json:"room"`
	Member chat.Member `json:"member"`
}

// MemberGone is the event member:gone.
type MemberGone struct {
	Room chat.RoomID `json:"room"`
	User chat.UserID `json:"user"`
}

// SessionEnded is the event session:ended.
type SessionEnded struct {
	Reason chat.EndReason `json:"reason"`
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
	eventUserPut       = "user:put"
)
