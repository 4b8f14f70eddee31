package chat

import (
	"context"
	"time"
)

// InvitationID identifies an invitation to those who may revoke it. It fits a
// JavaScript number, and opens nothing.
type InvitationID int64

// Invitation is a link that leads into a room, or into a conversation with
// whoever made it.
type Invitation struct {
	ID        InvitationID `json:"id"`
	Room      RoomID       `json:"room,omitempty"` // 0: a conversation with By
	By        Author       `json:"by"`
	ForUser   UserID       `json:"forUser,omitempty"` // 0: for whoever has the link
	Guests    bool         `json:"guests"`            // whether it lets in who has only a name
	Uses      int          `json:"uses"`              // how many have joined by it
	MaxUses   int          `json:"maxUses,omitempty"` // 0: any number
	CreatedAt time.Time    `json:"createdAt"`
	ExpiresAt *time.Time   `json:"expiresAt,omitempty"` // nil: never
	Rev       int64        `json:"-"`                   // of the stream of ForUser
}

// usedUp tells whether nobody more may join by it.
func (i Invitation) usedUp() bool { return i.MaxUses > 0 && i.Uses >= i.MaxUses }

// JoinRoom is what someone who holds a link is told of its room.
type JoinRoom struct {
	ID      RoomID   `json:"id"`
	Kind    RoomKind `json:"kind"`
	Name    string   `json:"name"`
	Topic   string   `json:"topic"`
	Members int      `json:"members"`
}

// NewJoinRoom is what someone who holds a link to the room is told of it.
func NewJoinRoom(room Room) *JoinRoom {
	return &JoinRoom{ID: room.ID, Kind: room.Kind, Name: room.Name, Topic: room.Topic, Members: room.Members}
}

// NewInvitation is an invitation about to be stored.
type NewInvitation struct {
	Invitation        // of By only the ID counts
	TokenHash  string // of the secret in the link
	Named      bool   // the secret is the room's name: it belongs to the room, not to its maker
}

// Redemption is someone joining by a link.
type Redemption struct {
	TokenHash string
	ID        InvitationID // in the place of TokenHash, for whom the invitation is
	Room      RoomID       // of the conversation that it leads into, if that is not there yet
	At        time.Time
}

// InvitationStore keeps invitations. One that has expired is as good as gone. One
// into a room ends when the membership of its maker ends, however that ends, unless
// it is Named.
// What is not there fails with CodeNotFound on the field "invitation".
type InvitationStore interface {
	// CreateInvitation stores the invitation durably and returns it. It fails with
	// CodeForbidden if whoever makes it is banned from the server, or is no member
	// of the room, also when they are put out at the same moment: RemoveMember and
	// Ban leave no invitation behind that they end. One for a user replaces the
	// one that the same user has made before for them and the room, if that still
	// lets them in, in the same transaction; of many at once one remains. It gives
	// what has been replaced.
	CreateInvitation(ctx context.Context, act *Act, i NewInvitation) (made Invitation, replaced []InvitationGone, err error)
	// InvitationByToken gives also one that has been used up.
	InvitationByToken(ctx context.Context, tokenHash string, now time.Time) (Invitation, error)
	InvitationByID(ctx context.Context, id InvitationID, now time.Time) (Invitation, error)
	// InvitationsOfRoom gives all of a room, the youngest first.
	InvitationsOfRoom(ctx context.Context, room RoomID, now time.Time) ([]Invitation, error)
	// InvitationsToUser gives those into conversations with the user.
	InvitationsToUser(ctx context.Context, user UserID, now time.Time) ([]Invitation, error)
	// PendingInvitations returns those for this user alone, at most limit, newest
	// first: which have not been used, and lead to where the user is not and is not
	// banned from.
	PendingInvitations(ctx context.Context, user UserID, now time.Time, limit int) ([]Invitation, error)
	// DeleteInvitation removes it; one that is not there is no error. It gives one
	// that was for a user alone, and not used.
	DeleteInvitation(ctx context.Context, act *Act, id InvitationID) ([]InvitationGone, error)
	// Redeem lets the user in and takes one use, in one durable transaction. An ID
	// finds only an invitation for this user.
	// Who is in already gets the subscription, with created false, and takes
	// none. It fails with CodeNotFound if no use is left, also when two want
	// the last one at the same moment; if it is for another user; and if it
	// would be a conversation with oneself; and with CodeForbidden on the field
	// "room" if the user is banned from there. A conversation that it opens is in
	// the lists of both. It gives the invitation if it was for this user alone.
	Redeem(ctx context.Context, act *Act, user UserID, r Redemption) (sub Subscription, created bool, used []InvitationGone, err error)
}

// Invited tells a user, on every device, that somebody invites them.
type Invited struct {
	User      UserID       `json:"user"`
	Rev       int64        `json:"rev"`
	ID        InvitationID `json:"id,omitempty"`
	Token     string       `json:"token"`
	By        Author       `json:"by"`
	Room      *JoinRoom    `json:"room,omitempty"` // nil: into a conversation with By
	ExpiresAt *time.Time   `json:"expiresAt,omitempty"`
}

// Topic is the user who is invited.
func (e Invited) Topic() Topic { return Topic{User: e.User} }

// Revision is of the user's stream.
func (e Invited) Revision() int64 { return e.Rev }

// InvitationGone tells a user, on every device, that an invitation for this user
// alone has been used or withdrawn.
type InvitationGone struct {
	User UserID       `json:"user"`
	Rev  int64        `json:"rev"`
	ID   InvitationID `json:"id"`
}

// Topic is the user who was invited.
func (e InvitationGone) Topic() Topic { return Topic{User: e.User} }

// Revision is of the user's stream.
func (e InvitationGone) Revision() int64 { return e.Rev }

// ErrMayNotInvite is what is answered to who makes a link into a room without being
// one of its members.
func ErrMayNotInvite() *Error {
	return Errorf(CodeForbidden, "Only the room's members may invite people, and guests may not.")
}

// InvitationPath gives the path of the link with that token.
func InvitationPath(token string) string { return "/join/" + token }
