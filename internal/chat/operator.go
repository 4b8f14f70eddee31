package chat

import (
	"context"
)

// Operator is what whoever runs the server does at its command line, also beside
// running servers: they act on it within a second.
type Operator struct{ *core }

// List gives one page of all users by username; next continues it.
func (o *Operator) List(ctx context.Context, after string) (users []User, next string, err error) {
	limit := o.rules.limits.EntriesPerPage
	found, err := o.store.SearchUsers(ctx, UserSearch{After: after, Limit: limit})
	for _, f := range found {
		users = append(users, f.User)
	}
	if len(found) == limit {
		next = found[limit-1].Cursor
	}
	return users, next, err
}

// ResetPassword gives a member another password and ends all of the member's
// sessions. Errors: CodeNotFound and CodeForbidden on "user"; CodeInvalid and
// CodeTooLarge on "password".
func (o *Operator) ResetPassword(ctx context.Context, username, password string) (User, error) {
	user, _, err := o.store.Credentials(ctx, o.fold(username))
	if err != nil {
		return User{}, err
	}
	if err := o.rules.password(user.Username, password); err != nil {
		return User{}, err
	}
	hash, err := o.hasher.Hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	return user, o.store.ResetPassword(ctx, user.ID, hash)
}

// SetRole makes a member an admin of the server, or an admin an ordinary member;
// changed is false for who is that already. Errors: CodeNotFound and CodeForbidden
// on "user".
func (o *Operator) SetRole(ctx context.Context, username string, role Role) (user User, changed bool, err error) {
	user, _, err = o.store.Credentials(ctx, o.fold(username))
	if err != nil {
		return User{}, false, err
	}
	return o.store.SetRole(ctx, user.ID, role)
}

// HasAdmin tells whether the server has an admin.
func (o *Operator) HasAdmin(ctx context.Context) (bool, error) { return o.store.HasAdmin(ctx) }

// NewSetupLink makes a link by which somebody becomes the first admin, and gives
// its token. It fails with CodeForbidden if there is an admin.
func (o *Operator) NewSetupLink(ctx context.Context) (token string, err error) {
	has, err := o.store.HasAdmin(ctx)
	if err != nil {
		return "", err
	}
	if has {
		return "", Errorf(CodeForbidden, "The server already has an admin.")
	}
	token = newToken()
	return token, o.store.AddSetupLink(ctx, hashSetup(token), o.now())
}

// SetupPath is the address of a set-up link, behind that of the server. The token is
// a fragment, which browsers send to nobody: so it stands in no proxy's log.
func SetupPath(token string) string { return "/register#setup=" + token }
