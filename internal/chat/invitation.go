package chat

import (
	"context"
	"time"
)

// InvitationID identifies an invitation to those who may revoke it. It fits a
// JavaScript number. Knowing it doesn't admit anyone.
type InvitationID int64

// Invitation is a link to a room, or to a conversation with its creator.
type Invitation struct {
	ID        InvitationID
	Room      RoomID // 0: a conversation with By
	By        Author
	ForUser   UserID // 0: anyone with the link
	Guests    bool   // whether it admits guests
	Uses      int    // number of users who have joined by it
	MaxUses   int    // 0: unlimited
	CreatedAt time.Time
	ExpiresAt *time.Time // nil: never
	Rev       int64      // of ForUser's stream
}

// usedUp reports whether all uses are taken.
func (i Invitation) usedUp() bool { return i.MaxUses > 0 && i.Uses >= i.MaxUses }

// JoinRoom is what the holder of a link learns about its room.
type JoinRoom struct {
	ID      RoomID
	Kind    RoomKind
	Name    string
	Topic   string
	Members int
}

// NewJoinRoom returns what the holder of a link learns about the room.
func NewJoinRoom(room Room) *JoinRoom {
	return &JoinRoom{ID: room.ID, Kind: room.Kind, Name: room.Name, Topic: room.Topic, Members: room.Members}
}

// NewInvitation is an invitation about to be stored.
type NewInvitation struct {
	Invitation        // only the ID of By is used
	TokenHash  string // of the secret in the link
	Named      bool   // the secret is the room's name, so that the invitation belongs to the room and not to its creator
}

// Redemption is a user joining by an invitation.
type Redemption struct {
	TokenHash string
	ID        InvitationID // instead of TokenHash, for the user that the invitation is for
	Room      RoomID       // id for the conversation that the invitation opens, if it doesn't exist yet
	At        time.Time
}

// InvitationStore stores invitations. Expired ones count as deleted. An invitation
// to a room ends when its creator's membership ends, for whatever reason, unless it
// is Named. If there is no such invitation, methods fail with CodeNotFound on the
// field "invitation".
type InvitationStore interface {
	// CreateInvitation stores the invitation durably and returns it. It fails with
	// CodeForbidden if its creator is banned from the server or not a member of the
	// room, even if the removal happens concurrently: RemoveMember and Ban leave no
	// invitation behind that they must revoke. An invitation for a user replaces
	// the valid one that the same creator has made for that user and room, in the
	// same transaction; of several concurrent ones, one remains. It returns the
	// replaced ones.
	CreateInvitation(ctx context.Context, act *Act, i NewInvitation) (made Invitation, replaced []InvitationGone, err error)
	// InvitationByToken also returns invitations that are used up.
	InvitationByToken(ctx context.Context, tokenHash string, now time.Time) (Invitation, error)
	InvitationByID(ctx context.Context, id InvitationID, now time.Time) (Invitation, error)
	// InvitationsOfRoom returns all invitations to a room, newest first.
	InvitationsOfRoom(ctx context.Context, room RoomID, now time.Time) ([]Invitation, error)
	// InvitationsToUser returns the invitations to conversations with the user.
	InvitationsToUser(ctx context.Context, user UserID, now time.Time) ([]Invitation, error)
	// PendingInvitations returns at most limit invitations for only this user,
	// newest first: those that are unused and lead to a place that the user is
	// neither in nor banned from.
	PendingInvitations(ctx context.Context, user UserID, now time.Time, limit int) ([]Invitation, error)
	// DeleteInvitation deletes the invitation. It is not an error if there is none.
	// It returns the invitation if it was for one user and unused.
	DeleteInvitation(ctx context.Context, act *Act, id InvitationID) ([]InvitationGone, error)
	// Redeem makes the user a member and takes one use, in one durable transaction.
	// An ID only finds an invitation for this user. If the user is a member
	// already, it returns the subscription with created false and takes no use. It
	// fails with CodeNotFound if no use is left, even if two users want the last
	// one concurrently; if it is for another user; and if it leads to a
	// conversation with oneself. It fails with CodeForbidden on the field "room" if
	// the user is banned from it. A conversation is then in the user's list, and if
	// it is new, in both users' lists. It returns the invitation if it was for this
	// user only.
	Redeem(ctx context.Context, act *Act, user UserID, r Redemption) (sub Subscription, created bool, used []InvitationGone, err error)
}

// Invited tells all of a user's devices about a new invitation.
type Invited struct {
	User      UserID
	Rev       int64
	ID        InvitationID
	Token     string
	By        Author
	Room      *JoinRoom // nil: to a conversation with By
	ExpiresAt *time.Time
}

// Topic returns the invited user.
func (e Invited) Topic() Topic { return Topic{User: e.User} }

// Revision returns a rev of the user's stream.
func (e Invited) Revision() int64 { return e.Rev }

// InvitationGone tells all of a user's devices that an invitation for only this
// user has been used or revoked.
type InvitationGone struct {
	User UserID
	Rev  int64
	ID   InvitationID
}

// Topic returns the user who was invited.
func (e InvitationGone) Topic() Topic { return Topic{User: e.User} }

// Revision returns a rev of the user's stream.
func (e InvitationGone) Revision() int64 { return e.Rev }

// ErrMayNotInvite is the error for creating an invitation to a room without being a
// member.
func ErrMayNotInvite() *Error {
	return Errorf(CodeForbidden, "Only the room's members may invite people, and guests may not.")
}

// InvitationPath returns the path of the link with that token.
func InvitationPath(token string) string { return "/join/" + token }
