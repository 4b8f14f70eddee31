package chat

import (
	"context"
	"time"
)

// Ban excludes a user from a room or from the whole server until it is lifted.
type Ban struct {
	User User
	By   Author // the admin who has banned the user
	At   time.Time
}

// NewBan is a ban about to be stored.
type NewBan struct {
	Room RoomID // 0: the whole server
	User UserID
	By   UserID
	At   time.Time
}

// BanPage selects a page of bans, in the order of the banned users' folded names.
type BanPage struct {
	After string // the folded name to continue after; "": from the start
	Limit int
}

// BanStore stores bans and removes members. Nobody is both a member of a room and
// banned from it.
type BanStore interface {
	// RemoveMember ends the membership and revokes the user's invitations into the
	// room, in one durable transaction.
	RemoveMember(ctx context.Context, act *Act, room RoomID, user UserID) (Gone, error)
	// Ban stores the ban and, in the same durable transaction, does what
	// RemoveMember does or, for a ban from the server, revokes all of the user's
	// invitations. If the ban exists, it stays unchanged and created is false. A
	// new ban takes a rev of the user's stream and of the room's, even if the user
	// wasn't a member; in that case, Gone.Removed is false. It fails with
	// CodeNotFound if there is no such room or user.
	Ban(ctx context.Context, act *Act, ban NewBan) (stored Ban, created bool, gone Gone, err error)
	// Unban lifts the ban durably; lifted is false if there was none. Lifting a ban
	// from the server takes a rev of the user's stream; lifting one from a room
	// takes none.
	Unban(ctx context.Context, act *Act, room RoomID, user UserID) (lifted bool, rev int64, err error)
	// IsBanned reports whether the user is banned from the room. Bans from the
	// server don't count; for those, see User.Banned.
	IsBanned(ctx context.Context, room RoomID, user UserID) (bool, error)
	// Bans returns a page of the bans from a room, or from the server if room is 0.
	Bans(ctx context.Context, room RoomID, page BanPage) ([]Ban, error)
}

// UserBanned tells the nodes that a user is banned from the server, that they must
// close all of the user's sockets, and that the user's sessions are invalid.
type UserBanned struct {
	User UserID
	Rev  int64
}

// Topic returns the user.
func (e UserBanned) Topic() Topic { return Topic{User: e.User} }

// Revision returns a rev of the user's stream.
func (e UserBanned) Revision() int64 { return e.Rev }

// ErrBannedFromRoom is the error for a banned user who could otherwise see the
// room.
func ErrBannedFromRoom() *Error {
	return ErrorIn("room", CodeForbidden, "You are banned from this room. Its admins can let you back in.")
}

// ErrBannedFromServer is the error for a user who is banned from the server.
func ErrBannedFromServer() *Error {
	return Errorf(CodeForbidden, "You are banned from this server. Its admins can let you back in.")
}
