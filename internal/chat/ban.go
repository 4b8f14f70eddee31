package chat

import (
	"context"
	"time"
)

// Ban keeps a user out, of a room or of the whole server, until it is lifted.
type Ban struct {
	User User      `json:"user"`
	By   Author    `json:"by"` // who has banned
	At   time.Time `json:"at"`
}

// NewBan is a ban about to be stored.
type NewBan struct {
	Room RoomID // 0: from the whole server
	User UserID
	By   UserID
	At   time.Time
}

// BanPage asks for bans in the order of the folded names of those banned.
type BanPage struct {
	After string // the folded name to continue behind; "" from the start
	Limit int
}

// BanStore keeps who was put out and who is kept out. Nobody is a member of a
// room and banned from it.
type BanStore interface {
	// RemoveMember ends the membership, and with it the invitations into the
	// room that the user has made, in one durable transaction.
	RemoveMember(ctx context.Context, act *Act, room RoomID, user UserID) (Gone, error)
	// Ban stores the ban, in one durable transaction with what it ends: in a room
	// what RemoveMember does, on the server all invitations that the user has
	// made. A ban that is there already stays as it is, and created is false. A new
	// one takes a rev of the user's stream, and of the room's, also if the user was no
	// member: then Gone.Removed is false. It fails with CodeNotFound if there is no
	// such room or user.
	Ban(ctx context.Context, act *Act, ban NewBan) (stored Ban, created bool, gone Gone, err error)
	// Unban lifts the ban durably; lifted tells whether there was one. The end of a
	// ban from the server takes a rev of the user's stream, that of one from a room
	// none.
	Unban(ctx context.Context, act *Act, room RoomID, user UserID) (lifted bool, rev int64, err error)
	// IsBanned tells whether the user is banned from the room, itself: a ban from
	// the server is User.Banned.
	IsBanned(ctx context.Context, room RoomID, user UserID) (bool, error)
	// Bans gives one page of the bans from a room, or from the server for 0.
	Bans(ctx context.Context, room RoomID, page BanPage) ([]Ban, error)
}

// UserBanned tells the nodes that a user is banned from the server: all sockets
// of the user must go, and no session is good for anything.
type UserBanned struct {
	User UserID `json:"user"`
	Rev  int64  `json:"rev"`
}

// Topic is the user.
func (e UserBanned) Topic() Topic { return Topic{User: e.User} }

// Revision is of the user's stream.
func (e UserBanned) Revision() int64 { return e.Rev }

// Barred tells a room that someone who is no member must not look into it any
// more, in the order of what is said there.
type Barred struct {
	Room RoomID `json:"room"`
	User UserID `json:"user"`
}

// Topic is the room.
func (e Barred) Topic() Topic { return Topic{Room: e.Room} }

// ErrBannedFromRoom is what is answered to who would be let see the room but for
// a ban.
func ErrBannedFromRoom() *Error {
	return ErrorIn("room", CodeForbidden, "You are banned from this room. Its admins can let you back in.")
}

// ErrBannedFromServer is what is answered to a user who is banned from the server.
func ErrBannedFromServer() *Error {
	return Errorf(CodeForbidden, "You are banned from this server. Its admins can let you back in.")
}
