package gateway

import (
	"time"

	"partychat/internal/chat"
)

// PresenceSetCommand is the argument of presence:set.
type PresenceSetCommand struct {
	State chat.PresenceState `json:"state"` // online or away
}

// PresenceWatchCommand is the argument of presence:watch.
type PresenceWatchCommand struct {
	Users []chat.UserID `json:"users"` // replaces those named before
}

// PresenceAnswer acknowledges presence:watch with those who are there.
type PresenceAnswer struct {
	OK       bool            `json:"ok"`
	Presence []chat.Presence `json:"presence"`
}

// PresenceChanges is the event presence: what has changed among the people
// whom the socket watches.
type PresenceChanges struct {
	Presence []chat.Presence `json:"presence"`
}

// RoomTyping is the event room:typing.
type RoomTyping struct {
	Room  chat.RoomID `json:"room"`
	User  chat.Author `json:"user"`
	ForMs int64       `json:"forMs"` // 0: no longer
}

// Invited is the event invitation.
type Invited struct {
	Token     string         `json:"token"`
	Path      string         `json:"path"` // of the link
	By        chat.Author    `json:"by"`
	Room      *chat.JoinRoom `json:"room,omitempty"` // absent: into a conversation with By
	ExpiresAt *time.Time     `json:"expiresAt,omitempty"`
}

// UserPut is the event user:put.
type UserPut struct {
	User chat.User `json:"user"`
}
