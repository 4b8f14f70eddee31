package chat

import "context"

// Stream is a room or a user. Exactly one field is set. Each stream has a head:
// every durable change takes the next rev of its stream, in the transaction that
// makes it. A room's stream has its messages, name, topic and members. A user's
// stream has subscriptions, read positions, bookmarks, followed threads,
// invitations for the user, settings, the account, and the ends of sessions. A change that concerns everyone in a room is on the
// room's stream only.
type Stream struct {
	Room RoomID
	User UserID
}

// Revised is an event on its topic's stream. Revision returns the rev that the
// change has taken. An event with rev 0 comes from a server of an older version;
// the receiver compares its own state with the store.
type Revised interface {
	Event
	Revision() int64
}

// Spanning is a Revised event of several changes, which have taken consecutive revs:
// from FirstRevision to Revision.
type Spanning interface {
	Revised
	FirstRevision() int64
}

// UserHead summarizes a user and the user's list of rooms, read from one snapshot.
type UserHead struct {
	User User
	Rev  int64 // the head of the user's stream
	// Floor is the rev up to which removals may have been forgotten. A client that
	// knows the stream only up to an earlier rev must start over.
	Floor    int64
	Settings Settings
	Rooms    []ListHead // all rooms that are not Hidden, in any order
}

// ListHead summarizes one of a user's rooms.
type ListHead struct {
	Room RoomID
	Rev  int64  // rev of the room's stream when the user joined or got another role
	Peer UserID // the other user, in a conversation
}

// UserRev is the head of a user's stream.
type UserRev struct {
	User UserID
	Rev  int64
}

// UserChanges is what has changed on a user's stream since some rev. Each changed
// thing occurs once, in its present state or with the reason why it is gone, in the
// order of rev.
type UserChanges struct {
	// Events are SubscriptionPut, SubscriptionGone, Invited (without its token),
	// InvitationGone, BookmarkPut, ThreadPut, SettingsPut, UserPut or, while the user is banned from the server,
	// UserBanned, and SessionEnded.
	Events []Event
	Rev    int64 // the rev reached once all events are applied
	More   bool  // there are more changes; ask again from Rev
	// StartOver: some changes have been forgotten, or the stream has never reached
	// the requested rev. Load the whole list; Events is empty, and Rev is the head.
	StartOver bool
}

// MemberChange is the latest change of one user's membership in a room.
type MemberChange struct {
	Rev    int64 // of the room's stream
	User   UserID
	Member *Member    // nil: not a member any more
	Reason GoneReason // why the user isn't a member any more
}

// StreamStore reads users' streams.
type StreamStore interface {
	// Epoch names what the revs of this store count, of rooms and of users. It changes when
	// a backup is restored: then the same revs count other changes.
	Epoch(ctx context.Context) (string, error)
	// ListHeads returns the user's rooms; CodeNotFound if there is no such user.
	ListHeads(ctx context.Context, user UserID) (UserHead, error)
	// UserRevs returns the heads of the users' streams, in any order. Users that it
	// leaves out have the rev 0.
	UserRevs(ctx context.Context, users []UserID) ([]UserRev, error)
	// UserChanges returns the changes after since: at most limit changes and at
	// most so many bytes, counted as for ListPage. It includes every change up to
	// the returned Rev, except those of things that have changed again after it.
	UserChanges(ctx context.Context, user UserID, since int64, limit, bytes int) (UserChanges, error)
	// SubscriptionsIn returns those of the user's Subscriptions that are in these
	// rooms.
	SubscriptionsIn(ctx context.Context, user UserID, rooms []RoomID) ([]Subscription, error)
	// EndSession records the end of the user's session on the user's stream and
	// returns its rev; if it has been recorded already, it returns that rev. It
	// removes the session in the same transaction if this store keeps sessions. If
	// sessions are kept elsewhere, call it before removing the session there; from
	// then on, UserOfSession refuses the session.
	EndSession(ctx context.Context, user UserID, session string, reason EndReason) (rev int64, err error)
	// SessionEnd returns the reason that EndSession has recorded; "" if there is none,
	// or if it has been forgotten.
	SessionEnd(ctx context.Context, session string) (EndReason, error)
	// UserOfSession is UserByID, but also fails with CodeNotFound if the end of the
	// session is on the user's stream. It returns the head of that stream, too: as
	// long as it does not move, the session goes on and the user is not banned.
	UserOfSession(ctx context.Context, id UserID, session string) (user User, rev int64, err error)
}
