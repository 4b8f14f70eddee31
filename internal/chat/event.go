package chat

// Topic is where events go: one room, one user, or those who watch the presence
// of one user. Exactly one field is set.
type Topic struct {
	Room     RoomID
	User     UserID
	Presence UserID
}

// Event is something that happened and that others are to be told. Its dynamic
// type is one of the structs in this file.
type Event interface {
	// Topic says who is told.
	Topic() Topic
}

// MessagePut tells a room that a message is new or has changed. The author of
// a new one has thereby read the room up to it; no SubscriptionPut says so.
type MessagePut struct {
	Message Message `json:"message"`
}

// RoomChanged tells a room that its name or topic is another.
type RoomChanged struct {
	Rev  int64 `json:"rev"`
	Room Room  `json:"room"`
}

// MemberPut tells a room that someone has subscribed.
type MemberPut struct {
	Rev    int64  `json:"rev"`
	Room   RoomID `json:"room"`
	Member Member `json:"member"`
}

// MemberGone tells a room that someone is no member any more, or is banned from it
// without having been one. It says what SubscriptionGone says to the user, for the
// nodes to have it before anything that is said in the room after it.
type MemberGone struct {
	Rev    int64      `json:"rev"`
	Room   RoomID     `json:"room"`
	User   UserID     `json:"user"`
	Reason GoneReason `json:"reason,omitempty"` // "" is GoneLeft
}

// SubscriptionPut tells a user, on every device, that a room in the list is new
// or that its read position has moved.
type SubscriptionPut struct {
	User         UserID       `json:"user"`
	Rev          int64        `json:"rev"`
	Subscription Subscription `json:"subscription"`
}

// SubscriptionGone tells a user, on every device, that a room has left the list.
type SubscriptionGone struct {
	User   UserID     `json:"user"`
	Rev    int64      `json:"rev"`
	Room   RoomID     `json:"room"`
	Reason GoneReason `json:"reason,omitempty"` // "" is GoneLeft
}

// GoneReason says why a room has left a user's list.
type GoneReason string

// The reasons.
const (
	GoneLeft    GoneReason = "left"    // the user has unsubscribed
	GoneRemoved GoneReason = "removed" // an admin has put the user out
	GoneBanned  GoneReason = "banned"  // and keeps the user out
)

// SessionEnded tells the nodes that a session is over: its sockets must go.
type SessionEnded struct {
	User    UserID    `json:"user"`
	Rev     int64     `json:"rev"`
	Session string    `json:"session"`
	Reason  EndReason `json:"reason"`
}

// Missed tells a node's handler that events of the topic may have been lost on
// their way here: what is known of it is to be compared with the store. It comes
// from the broker itself and is never published.
type Missed struct {
	Of Topic
}

// EndReason says why a session is over.
type EndReason string

// The reasons.
const (
	EndLogOut  EndReason = "log-out"
	EndExpired EndReason = "expired"
	EndBanned  EndReason = "banned"  // the user is banned from the server
	EndRevoked EndReason = "revoked" // ended from another one, or the password is another
)

// Topic is the message's room.
func (e MessagePut) Topic() Topic { return Topic{Room: e.Message.Room} }

// Topic is the room itself.
func (e RoomChanged) Topic() Topic { return Topic{Room: e.Room.ID} }

// Topic is the room joined.
func (e MemberPut) Topic() Topic { return Topic{Room: e.Room} }

// Topic is the room left.
func (e MemberGone) Topic() Topic { return Topic{Room: e.Room} }

// Topic is the user whose list it is.
func (e SubscriptionPut) Topic() Topic { return Topic{User: e.User} }

// Topic is the user whose list it is.
func (e SubscriptionGone) Topic() Topic { return Topic{User: e.User} }

// Topic is the session's user.
func (e SessionEnded) Topic() Topic { return Topic{User: e.User} }

// Topic is what may have been missed.
func (e Missed) Topic() Topic { return e.Of }

// Revision is the message's rev.
func (e MessagePut) Revision() int64 { return e.Message.Rev }

// Revision is of the room's stream.
func (e RoomChanged) Revision() int64 { return e.Rev }

// Revision is of the room's stream.
func (e MemberPut) Revision() int64 { return e.Rev }

// Revision is of the room's stream.
func (e MemberGone) Revision() int64 { return e.Rev }

// Revision is of the user's stream.
func (e SubscriptionPut) Revision() int64 { return e.Rev }

// Revision is of the user's stream.
func (e SubscriptionGone) Revision() int64 { return e.Rev }

// Revision is of the user's stream.
func (e SessionEnded) Revision() int64 { return e.Rev }
