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

// Invited is the event invitation. One that came while the user was offline has an
// id alone.
type Invited struct {
	ID        chat.InvitationID `json:"id,omitempty"` // absent from nodes of an older version
	Token     string            `json:"token,omitempty"`
	Path      string            `json:"path,omitempty"` // of the link
	By        chat.Author       `json:"by"`
	Room      *chat.JoinRoom    `json:"room,omitempty"` // absent: into a conversation with By
	ExpiresAt *time.Time        `json:"expiresAt,omitempty"`
	Rev       int64             `json:"rev,omitempty"` // of the user's stream
}

// InvitationGone is the event invitation:gone.
type InvitationGone struct {
	ID  chat.InvitationID `json:"id"`
	Rev int64             `json:"rev,omitempty"` // of the user's stream
}

func invited(e chat.Invited) Invited {
	i := Invited{ID: e.ID, Token: e.Token, By: e.By, Room: e.Room, ExpiresAt: e.ExpiresAt, Rev: e.Rev}
	if e.Token != "" {
		i.Path = chat.InvitationPath(e.Token)
	}
	return i
}

// UserPut is the event user:put.
type UserPut struct {
	User chat.User `json:"user"`
	Rev  int64     `json:"rev,omitempty"` // of the user's stream
}
