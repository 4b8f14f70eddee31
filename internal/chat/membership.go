package chat

import (
	"context"
	"time"
)

// Membership is a user's subscription to a room.
type Membership struct {
	Room     RoomID    `json:"-"`
	User     UserID    `json:"-"`
	Role     Role      `json:"role"`    // within the room
	ReadSeq  int64     `json:"readSeq"` // everything up to here has been read; only moves forward
	JoinedAt time.Time `json:"joinedAt"`
	Rev      int64     `json:"rev,omitempty"` // of the user's stream: when this last changed
	RoomRev  int64     `json:"-"`             // of the room's stream: when the user came, or got another role
	// Peer is the other one, in a conversation.
	Peer UserID `json:"-"`
	// HiddenUntil keeps a conversation out of the user's list until the room's
	// head reaches it; 0: it is in the list.
	HiddenUntil int64 `json:"-"`
	Hidden      bool  `json:"-"` // it is out of the list now
}

// Subscription is a room as one of its members has it in the list.
type Subscription struct {
	Room
	Membership Membership `json:"membership"`
	Unread     int64      `json:"unread"`         // counted messages behind the read position that are not deleted; never stored
	Last       *Message   `json:"last,omitempty"` // Message.Preview of the latest message, if there is one
	Peer       *User      `json:"peer,omitempty"` // the other one, in a conversation
}

// Gone is what the end of a membership, or of an invitation, has taken and ended.
type Gone struct {
	// Removed tells whether there was something to end. If not, the revs and the
	// reason are those of the last end, and zero if there was none.
	Removed bool
	Rev     int64 // of the user's stream
	RoomRev int64 // of the room's stream; 0 in a conversation
	Reason  GoneReason
	// Withdrawn are the invitations, each for one user alone, that ended with it.
	Withdrawn []InvitationGone
}

// ListPage asks for part of a user's list of rooms.
type ListPage struct {
	After string // next of the page before; "" from the start
	Limit int
	Bytes int // bounds the page in bytes of JSON (Subscription.Size), but for its first entry; 0 sets no bound
}

// Member is a user as a member of a room.
type Member struct {
	User User `json:"user"`
	Role Role `json:"role"` // within the room
}

// MemberPage asks for the members of a room in the order of their folded names.
type MemberPage struct {
	After string // the folded name to continue behind; "" from the start
	Limit int
}

// MembershipStore keeps who has subscribed to what, and how far each has read.
type MembershipStore interface {
	// Subscribe makes the user a member with the role, having read up to the
	// head, durably. If the user is one already nothing changes and created is
	// false. It fails with CodeNotFound if there is no such room, and with
	// CodeForbidden on the field "room" if the user is banned from it.
	Subscribe(ctx context.Context, act *Act, room RoomID, user UserID, role Role, at time.Time) (sub Subscription, created bool, err error)
	// Unsubscribe ends the membership durably, and with it the links into the room
	// that the user has made.
	Unsubscribe(ctx context.Context, act *Act, room RoomID, user UserID) (Gone, error)
	// Membership fails with CodeNotFound if the user is no member.
	Membership(ctx context.Context, room RoomID, user UserID) (Membership, error)
	// Subscriptions gives all rooms of the user that are not Hidden, in the order
	// of their folded names, each with its head and latest message, from one
	// snapshot.
	Subscriptions(ctx context.Context, user UserID) ([]Subscription, error)
	// SubscriptionPage gives those of Subscriptions that are on the page; next,
	// which is opaque, continues the list, and is "" at its end. What does not fit
	// is not read into memory. An After that is none of the store's fails with
	// CodeInvalid on the field "after".
	SubscriptionPage(ctx context.Context, user UserID, page ListPage) (subs []Subscription, next string, err error)
	// Subscription gives one of them, or one that is Hidden; CodeNotFound if the
	// user is no member.
	Subscription(ctx context.Context, room RoomID, user UserID) (Subscription, error)
	// Members gives one page of a room's members.
	Members(ctx context.Context, room RoomID, page MemberPage) ([]Member, error)
	// MoveRead moves the read position forward to seq, at most to the head, and
	// returns the membership after it; moved tells whether it changed, and so took a
	// rev of the user's stream. It fails
	// with CodeNotFound if the user is no member.
	MoveRead(ctx context.Context, act *Act, room RoomID, user UserID, seq int64) (m Membership, moved bool, err error)
}
