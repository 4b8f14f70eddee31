package chat

import (
	"context"
	"time"
)

// SetupLinkLife is how long a link that makes its user the first admin is good.
const SetupLinkLife = 24 * time.Hour

// AccountChange is something that an operator's command has changed in the store,
// beside the servers that run on it: they are to act on it.
type AccountChange struct {
	ID   int64
	User UserID
	Kind AccountChangeKind
	Rev  int64 // that an AccountRole has taken of the user's stream
}

// AccountChangeKind says what is to be done.
type AccountChangeKind string

// The kinds of change.
const (
	AccountRole     AccountChangeKind = "role"     // tell the sockets of the user
	AccountPassword AccountChangeKind = "password" // end all sessions of the user
)

// AccountStore is what an operator's commands change. It may be used beside
// running servers. Each method is one durable transaction.
type AccountStore interface {
	// HasAdmin tells whether the server has an admin.
	HasAdmin(ctx context.Context) (bool, error)
	// AddSetupLink notes the hash of a link that makes whoever signs up by it the
	// first admin, and forgets those that have ended.
	AddSetupLink(ctx context.Context, hash string, at time.Time) error
	// HasSetupLink tells whether the link is good at the time: noted, not used, and
	// no older than SetupLinkLife.
	HasSetupLink(ctx context.Context, hash string, at time.Time) (bool, error)
	// SetRole gives a member another role on the whole server, and notes an
	// AccountRole unless it has that already. It fails with CodeNotFound, and with
	// CodeForbidden if a guest or somebody who is banned is to be an admin.
	SetRole(ctx context.Context, id UserID, role Role) (user User, changed bool, err error)
	// ResetPassword gives a member another PasswordHash, whatever it was, and notes
	// an AccountPassword. It fails with CodeNotFound, and with CodeForbidden for
	// who is no member.
	ResetPassword(ctx context.Context, id UserID, hash string) error
	// AccountChanges gives what has been noted and not been done, oldest first.
	AccountChanges(ctx context.Context) ([]AccountChange, error)
	// AccountChangeDone removes what has been acted on; once more is no error.
	AccountChangeDone(ctx context.Context, id int64) error
}

// ErrHasAdmin is what is answered to who can only become the first admin.
func ErrHasAdmin() *Error {
	return Errorf(CodeForbidden, "This server does not accept new accounts.")
}

// ErrNoSetupLink is what is answered to a set-up link that is not good.
func ErrNoSetupLink() *Error {
	return ErrorIn("setup", CodeNotFound, "This set-up link was used or has expired. “partychat setup-link” prints a new one.")
}

// ErrMayNotBeAdmin is what is answered to whoever would make an admin of a guest or
// of somebody who is banned.
func ErrMayNotBeAdmin() *Error {
	return ErrorIn("user", CodeForbidden, "Only members who are not banned can be admins.")
}

// ErrNoPasswordYet is what is answered to whoever would reset the password of
// somebody who has none.
func ErrNoPasswordYet() *Error {
	return ErrorIn("user", CodeForbidden, "Only members have a password.")
}
