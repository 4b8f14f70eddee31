package chat

import (
	"context"
)

// Operator has the operations of the command line. They also work while servers are
// running, which apply the changes within a second.
type Operator struct{ *core }

// List returns one page of all users by username. Pass next as after to continue.
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

// ResetPassword replaces a member's password and ends all of the member's sessions.
// Errors: CodeNotFound and CodeForbidden on "user"; CodeInvalid and CodeTooLarge on
// "password".
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
// changed is false if the user has that role already. Errors: CodeNotFound and
// CodeForbidden on "user".
func (o *Operator) SetRole(ctx context.Context, username string, role Role) (user User, changed bool, err error) {
	user, _, err = o.store.Credentials(ctx, o.fold(username))
	if err != nil {
		return User{}, false, err
	}
	return o.store.SetRole(ctx, user.ID, role)
}

// HasAdmin tells whether the server has an admin.
func (o *Operator) HasAdmin(ctx context.Context) (bool, error) { return o.store.HasAdmin(ctx) }

// NewSetupLink creates a link that makes its user the first admin, and returns the
// link's token. It fails with CodeForbidden if there is an admin.
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

// SetupPath returns the path of a setup link. The token is in the fragment, which
// browsers never send, so that no proxy logs it.
func SetupPath(token string) string { return "/register#setup=" + token }
