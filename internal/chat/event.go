package chat

// Topic is the destination of events: a room, a user, or the watchers of a user's
// presence. Exactly one field is set.
type Topic struct {
	Room     RoomID
	User     UserID
	Presence UserID
}

// Event is something that has happened and that others need to know. Its dynamic
// type is one of the structs in this file.
type Event interface {
	// Topic returns the event's destination.
	Topic() Topic
}

// MessagePut tells a room that a message is new or has changed. Sending a message
// moves its author's read position to it, without a SubscriptionPut.
type MessagePut struct {
	Message *Message // not to be changed: all receivers share it
}

// RoomChanged tells a room that its name or topic has changed, or that it has been archived
// or unarchived.
type RoomChanged struct {
	Rev  int64
	Room Room
}

// RoomGone tells a room that it has been deleted. SubscriptionGone tells each of its
// members the same.
type RoomGone struct {
	Rev  int64
	Room RoomID
}

// MemberPut tells a room that someone has joined, or has another role.
type MemberPut struct {
	Rev    int64
	Room   RoomID
	Member Member
}

// MemberGone tells a room that someone has stopped being a member, or has been
// banned without being one. SubscriptionGone tells the user the same. Nodes need
// both: on the room's topic, they learn of it before they deliver any later event
// of the room.
type MemberGone struct {
	Rev    int64
	Room   RoomID
	User   UserID
	Reason GoneReason // "" is GoneLeft
}

// SubscriptionPut tells all of a user's devices that a room is new in the list, or
// that its read position, its level or the user's role in it has changed.
type SubscriptionPut struct {
	User         UserID
	Rev          int64
	Subscription Subscription
}

// SubscriptionGone tells all of a user's devices that a room has left the list.
type SubscriptionGone struct {
	User   UserID
	Rev    int64
	Room   RoomID
	Reason GoneReason // "" is GoneLeft
}

// GoneReason is why a room has left a user's list.
type GoneReason string

// The reasons.
const (
	GoneLeft    GoneReason = "left"    // the user has left
	GoneRemoved GoneReason = "removed" // an admin has removed the user
	GoneBanned  GoneReason = "banned"  // an admin has removed the user and prevents a return
	GoneDeleted GoneReason = "deleted" // an admin has deleted the room
)

// SessionEnded tells the nodes that a session has ended and that they must close
// its sockets.
type SessionEnded struct {
	User    UserID
	Rev     int64
	Session string
	Reason  EndReason
}

// Missed tells a node's handler that events of the topic may have been lost on the
// way, and that it must compare its state with the store. The broker itself creates
// it; it is never published.
type Missed struct {
	Of Topic
}

// EndReason is why a session has ended.
type EndReason string

// The reasons.
const (
	EndLogOut  EndReason = "log-out"
	EndExpired EndReason = "expired"
	EndBanned  EndReason = "banned"  // the user is banned from the server
	EndRevoked EndReason = "revoked" // ended from another session, or the password was changed
)

// Topic returns the message's room.
func (e MessagePut) Topic() Topic { return Topic{Room: e.Message.Room} }

// Topic returns the changed room.
func (e RoomChanged) Topic() Topic { return Topic{Room: e.Room.ID} }

// Topic returns the deleted room.
func (e RoomGone) Topic() Topic { return Topic{Room: e.Room} }

// Topic returns the room joined.
func (e MemberPut) Topic() Topic { return Topic{Room: e.Room} }

// Topic returns the room left.
func (e MemberGone) Topic() Topic { return Topic{Room: e.Room} }

// Topic returns the owner of the list.
func (e SubscriptionPut) Topic() Topic { return Topic{User: e.User} }

// Topic returns the owner of the list.
func (e SubscriptionGone) Topic() Topic { return Topic{User: e.User} }

// Topic returns the session's user.
func (e SessionEnded) Topic() Topic { return Topic{User: e.User} }

// Topic returns the topic whose events may be lost.
func (e Missed) Topic() Topic { return e.Of }

// Revision returns the message's rev.
func (e MessagePut) Revision() int64 { return e.Message.Rev }

// Revision returns a rev of the room's stream.
func (e RoomChanged) Revision() int64 { return e.Rev }

// Revision returns a rev of the room's stream.
func (e RoomGone) Revision() int64 { return e.Rev }

// Revision returns a rev of the room's stream.
func (e MemberPut) Revision() int64 { return e.Rev }

// Revision returns a rev of the room's stream.
func (e MemberGone) Revision() int64 { return e.Rev }

// Revision returns a rev of the user's stream.
func (e SubscriptionPut) Revision() int64 { return e.Rev }

// Revision returns a rev of the user's stream.
func (e SubscriptionGone) Revision() int64 { return e.Rev }

// Revision returns a rev of the user's stream.
func (e SessionEnded) Revision() int64 { return e.Rev }
