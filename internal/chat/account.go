package chat

import (
	"context"
	"time"
)

// SetupLinkLife is how long a setup link, which makes its user the first admin, is
// valid.
const SetupLinkLife = 24 * time.Hour

// AccountChange is a change that an operator's command has made to the store. The
// servers that run on the store must apply it.
type AccountChange struct {
	ID   int64
	User UserID
	Kind AccountChangeKind
	Rev  int64 // rev of the user's stream that an AccountRole has taken
}

// AccountChangeKind is what a server must do.
type AccountChangeKind string

// The kinds of change.
const (
	AccountRole     AccountChangeKind = "role"     // tell the sockets of the user
	AccountPassword AccountChangeKind = "password" // end all sessions of the user
)

// AccountStore is what an operator's commands use, also while servers run. Each
// method is one durable transaction.
type AccountStore interface {
	// HasAdmin reports whether the server has an admin.
	HasAdmin(ctx context.Context) (bool, error)
	// AddSetupLink stores the hash of a setup link and removes expired ones.
	AddSetupLink(ctx context.Context, hash string, at time.Time) error
	// HasSetupLink reports whether the link is valid at the time: stored, unused,
	// and no older than SetupLinkLife.
	HasSetupLink(ctx context.Context, hash string, at time.Time) (bool, error)
	// SetRole changes a user's role on the server. It records an AccountRole,
	// unless the user has that role already. It fails with CodeNotFound, and with
	// CodeForbidden if the new admin is a guest or banned.
	SetRole(ctx context.Context, id UserID, role Role) (user User, changed bool, err error)
	// ResetPassword replaces a member's PasswordHash and records an
	// AccountPassword. It fails with CodeNotFound, and with CodeForbidden if the
	// user isn't a member.
	ResetPassword(ctx context.Context, id UserID, hash string) error
	// AccountChanges returns the recorded changes that are not done, oldest first.
	AccountChanges(ctx context.Context) ([]AccountChange, error)
	// AccountChangeDone removes a change that has been applied. It returns nil if
	// there is none.
	AccountChangeDone(ctx context.Context, id int64) error
}

// ErrHasAdmin is the error for an account that may only be created as the first
// admin.
func ErrHasAdmin() *Error {
	return Errorf(CodeForbidden, "This server does not accept new accounts.")
}

// ErrNoSetupLink is the error for an invalid setup link.
func ErrNoSetupLink() *Error {
	return ErrorIn("setup", CodeNotFound, "This set-up link was used or has expired. “partychat setup-link” prints a new one.")
}

// ErrMayNotBeAdmin is the error for making a guest or a banned user an admin.
func ErrMayNotBeAdmin() *Error {
	return ErrorIn("user", CodeForbidden, "Only members who are not banned can be admins.")
}

// ErrNoPasswordYet is the error for resetting the password of a user without one.
func ErrNoPasswordYet() *Error {
	return ErrorIn("user", CodeForbidden, "Only members have a password.")
}
