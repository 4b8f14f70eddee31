package wire

import "partychat/internal/chat"

// Presence is a user's state.
type Presence struct {
	User  chat.UserID        `json:"user"`
	State chat.PresenceState `json:"state"`
}

// PresenceOf returns the states of users.
func PresenceOf(states []chat.Presence) []Presence {
	return listOf(states, func(p chat.Presence) Presence { return Presence(p) })
}

// PresenceSetCommand is the argument of presence:set.
type PresenceSetCommand struct {
	State chat.PresenceState `json:"state"` // online or away
}

// PresenceWatchCommand is the argument of presence:watch.
type PresenceWatchCommand struct {
	Users []chat.UserID `json:"users"` // replaces those named before
	// Profiles: the answer has the users whose profiles were ever changed.
	Profiles bool `json:"profiles,omitempty"`
}

// PresenceAnswer acknowledges presence:watch with those who are there.
type PresenceAnswer struct {
	OK       bool       `json:"ok"`
	Presence []Presence `json:"presence"`
	Profiles []User     `json:"profiles,omitempty"`
}

// PresenceChanges is the event presence: what has changed among the people
// whom the socket watches.
type PresenceChanges struct {
	Presence []Presence `json:"presence"`
}

// RoomTyping is the event room:typing.
type RoomTyping struct {
	Room  chat.RoomID `json:"room"`
	User  Author      `json:"user"`
	ForMs int64       `json:"forMs"` // 0: no longer
}

// RoomTypingOf returns the event that someone is typing in a room, or no longer.
func RoomTypingOf(e chat.Typing) RoomTyping {
	return RoomTyping{Room: e.Room, User: AuthorOf(e.User), ForMs: e.For.Milliseconds()}
}
