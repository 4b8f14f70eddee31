package chat

import (
	"context"
	"time"
)

// Membership is a user's subscription to a room.
type Membership struct {
	Room     RoomID
	User     UserID
	Role     Role  // within the room
	ReadSeq  int64 // everything up to this seq is read; only MarkUnread moves it back
	JoinedAt time.Time
	Rev      int64 // rev of the user's stream at its last change
	RoomRev  int64 // rev of the room's stream when the user joined or got another role
	// Marked is the rev of the user's stream at which the user last marked messages
	// as unread; 0: never.
	Marked int64
	// Level is which messages notify the user.
	Level Level
	// Peer is the other user, in a conversation.
	Peer UserID
	// HiddenUntil hides a conversation from the user's list until the room's head
	// reaches it; 0: not hidden.
	HiddenUntil int64
	Hidden      bool // it is hidden now
}

// Subscription is a room in a member's list.
type Subscription struct {
	Room
	Membership Membership
	Unread     int64 // counted, undeleted messages after the read position; never stored
	// Mentions are the seqs of the first MentionsMax messages after the read position
	// that mention the user, by name or with everyone in the room, and that are neither
	// deleted nor the user's own.
	Mentions []int64
	Last     *Message // Message.Preview of the latest message, if there is one
	Peer     *User    // the other user, in a conversation
}

// Gone is the result of ending a membership or an invitation.
type Gone struct {
	// Removed is false if there was nothing to end. Then the revs and the reason
	// are those of the previous end, or zero if there was none.
	Removed bool
	Rev     int64 // of the user's stream
	RoomRev int64 // of the room's stream; 0 in a conversation
	Reason  GoneReason
	// Withdrawn are the invitations, each for only one user, that ended with it.
	Withdrawn []InvitationGone
	// Heir is the new admin of the room, if the last one has gone.
	Heir *Appointed
}

// ListPage selects a page of a user's list of rooms.
type ListPage struct {
	After string // next of the previous page; "": from the start
	Limit int
	Bytes int // maximum size in bytes of JSON (Subscription.Size), which the first entry may exceed; 0: unlimited
}

// Member is a member of a room.
type Member struct {
	User User
	Role Role // within the room
}

// MemberPage selects a page of a room's members, in the order of their folded
// names.
type MemberPage struct {
	After string // the folded name to continue after; "": from the start
	Limit int
}

// MembershipStore stores memberships.
type MembershipStore interface {
	// Subscribe makes the user a member with the role and with everything read,
	// durably. If the user is a member already, nothing changes and created is
	// false. It fails with CodeNotFound if there is no such room, and with
	// CodeForbidden on the field "room" if the user is banned from it.
	Subscribe(ctx context.Context, act *Act, room RoomID, user UserID, role Role, at time.Time) (sub Subscription, created bool, err error)
	// Unsubscribe ends the membership durably and revokes the user's invitations
	// into the room. If the user was the last admin of a room other than MainRoom, the
	// same transaction makes the longest-standing member admin; guests and people who
	// are banned from the server come last. RemoveMember and Ban do the same.
	Unsubscribe(ctx context.Context, act *Act, room RoomID, user UserID) (Gone, error)
	// Membership fails with CodeNotFound if the user isn't a member.
	Membership(ctx context.Context, room RoomID, user UserID) (Membership, error)
	// Subscriptions returns all of the user's rooms that are not Hidden, in the
	// order of their folded names, each with its head and latest message, from one
	// snapshot.
	Subscriptions(ctx context.Context, user UserID) ([]Subscription, error)
	// SubscriptionPage returns a page of Subscriptions. Next is an opaque cursor;
	// "" marks the last page. Entries that don't fit are not read into memory. An
	// invalid After fails with CodeInvalid on the field "after".
	SubscriptionPage(ctx context.Context, user UserID, page ListPage) (subs []Subscription, next string, err error)
	// Subscription returns one of the subscriptions, even if it is Hidden;
	// CodeNotFound if the user isn't a member.
	Subscription(ctx context.Context, room RoomID, user UserID) (Subscription, error)
	// Members returns a page of a room's members.
	Members(ctx context.Context, room RoomID, page MemberPage) ([]Member, error)
}

// ReadingStore stores read positions.
type ReadingStore interface {
	// MoveRead moves the read position forward to seq, at most to the head, and
	// returns the resulting membership. If it has changed, moved is true and the
	// change has taken a rev of the user's stream. Nothing changes if Marked is
	// greater than marked, because the reader did not know of that mark. It fails
	// with CodeNotFound if the user isn't a member.
	MoveRead(ctx context.Context, act *Act, room RoomID, user UserID, seq, marked int64) (m Membership, moved bool, err error)
	// MarkUnread moves the read position back to just before seq, if it is not before
	// it, and sets Marked to the next rev of the user's stream, in any case. It fails
	// with CodeNotFound if the user isn't a member.
	MarkUnread(ctx context.Context, act *Act, room RoomID, user UserID, seq int64) (Membership, error)
}
