package chat

import "context"

// Stream is a room or a user. Exactly one field is set. Each stream has a head:
// every durable change takes the next rev of its stream, in the transaction that
// makes it. A room's stream has its messages, its name and topic, and its members.
// A user's stream has subscriptions, read positions, invitations for the user, the
// account, and the ends of sessions. A change that concerns everybody in a room is
// on the room's stream only.
type Stream struct {
	Room RoomID
	User UserID
}

// Revised is an event that belongs to the stream of its topic. Its revision is the
// rev that the change has taken. An event of 0 was published by a server of an
// older version: what it tells of is to be compared with the store.
type Revised interface {
	Event
	Revision() int64
}

// UserHead is a user's list of rooms in its shortest form, from one snapshot.
type UserHead struct {
	User User
	Rev  int64 // the head of the user's stream
	// Floor is the rev up to which ends of things may have been forgotten: whoever
	// knows the stream up to an earlier rev must start over.
	Floor int64
	Rooms []ListHead // those that are not Hidden, in any order
}

// ListHead is one of a user's rooms.
type ListHead struct {
	Room    RoomID
	RoomRev int64  // the head of the room's stream
	Rev     int64  // of the user's stream: when this membership last changed
	Peer    UserID // the other one, in a conversation
}

// UserRev is the head of a user's stream.
type UserRev struct {
	User UserID
	Rev  int64
}

// UserChanges is what has changed on a user's stream since some rev: per changed
// thing its present state or the reason why it has gone, in the order of rev.
type UserChanges struct {
	// Events are SubscriptionPut, SubscriptionGone, Invited (without its token),
	// InvitationGone, UserPut or, while the user is banned from the server,
	// UserBanned, and SessionEnded.
	Events []Event
	Rev    int64 // applied all, the stream is known up to here
	More   bool  // ask again from Rev
	// StartOver: some of the changes have been forgotten, or the stream has never
	// reached that rev. Load the whole list; Events is empty, Rev is the head.
	StartOver bool
}

// MemberChange is what has become of somebody in a room.
type MemberChange struct {
	Rev    int64      `json:"rev"` // of the room's stream
	User   UserID     `json:"user"`
	Member *Member    `json:"member,omitempty"` // nil: no member any more
	Reason GoneReason `json:"reason,omitempty"` // why, if so
}

// StreamStore reads what users' streams have come to.
type StreamStore interface {
	// ListHeads gives the user's rooms; CodeNotFound if there is no such user.
	ListHeads(ctx context.Context, user UserID) (UserHead, error)
	// UserRevs gives the heads of the users' streams, in any order. A user who is
	// left out has the rev 0.
	UserRevs(ctx context.Context, users []UserID) ([]UserRev, error)
	// UserChanges gives what changed after since: at most limit changes, of at most
	// so many bytes, as ListPage has them. It has all changes up to its Rev, but for
	// those of things that have changed once more after it.
	UserChanges(ctx context.Context, user UserID, since int64, limit, bytes int) (UserChanges, error)
	// SubscriptionsIn gives those of Subscriptions that are of these rooms.
	SubscriptionsIn(ctx context.Context, user UserID, rooms []RoomID) ([]Subscription, error)
	// EndSession puts the end of the user's session on the user's stream, once, and
	// gives the rev that it has taken, also when it is there already. It removes
	// the session if this store keeps it, in the same transaction. Where sessions
	// are kept elsewhere, it comes first, and UserOfSession refuses the session from
	// then on.
	EndSession(ctx context.Context, user UserID, session string, reason EndReason) (rev int64, err error)
	// UserOfSession is UserByID, and fails with CodeNotFound also if the end of the
	// session is on the user's stream.
	UserOfSession(ctx context.Context, id UserID, session string) (User, error)
}
