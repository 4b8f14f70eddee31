package chat

import (
	"context"
	"unicode/utf8"
)

// Users is the service for users, sign-up and login.
type Users struct {
	*core
	// welcome publishes the membership of a user who has signed up by an
	// invitation.
	welcome func(ctx context.Context, user User)
}

// ChangesSince returns the changes on the user's stream after the rev, one page at
// a time. Errors: CodeInvalid on "since".
func (u *Users) ChangesSince(ctx context.Context, user UserID, since int64) (UserChanges, error) {
	if since < 0 {
		return UserChanges{}, ErrorIn("since", CodeInvalid, "The rev must not be negative.")
	}
	return u.store.UserChanges(ctx, user, since, u.rules.limits.PageMax, u.rules.limits.PageBytes)
}

// LogIn returns the user with that name and password. If either is wrong, the error
// is CodeUnauthenticated, always the same and after the same time. A user who is
// banned from the server gets CodeForbidden, but only for the right password.
func (u *Users) LogIn(ctx context.Context, username, password string) (User, error) {
	user, _, err := u.check(ctx, username, password)
	return user, err
}

// LogInAnd is LogIn, followed by begin, which starts a session. If the password
// changes meanwhile, the change doesn't end that session. In that case, LogInAnd
// returns the error for a wrong password, and the caller must end the session.
func (u *Users) LogInAnd(ctx context.Context, username, password string, begin func(User) error) error {
	user, hash, err := u.check(ctx, username, password)
	if err != nil {
		return err
	}
	if err := begin(user); err != nil {
		return err
	}
	_, now, err := u.store.Credentials(ctx, u.fold(username))
	if err == nil && now != hash {
		err = errWrongPassword()
	}
	return err
}

func errWrongPassword() *Error {
	return Errorf(CodeUnauthenticated, "Wrong username or password.")
}

// check returns the user with that name and password, and the matching hash. Its
// errors are those of LogIn.
func (u *Users) check(ctx context.Context, username, password string) (User, string, error) {
	switch {
	case username == "":
		return User{}, "", ErrorIn("username", CodeInvalid, "Enter your username.")
	case password == "":
		return User{}, "", ErrorIn("password", CodeInvalid, "Enter your password.")
	}
	var user User
	var hash string
	// An impossible name has no user. The password is hashed anyway, to take the
	// same time, but shortened so that nobody can make the server hash megabytes.
	// The rules for new names don't apply, because there are older names.
	if err := line("username", "username", username, u.rules.limits.UsernameMax); err == nil {
		user, hash, err = u.store.Credentials(ctx, u.fold(username))
		if err != nil && CodeOf(err) != CodeNotFound {
			return User{}, "", err
		}
	}
	if utf8.RuneCountInString(password) > u.rules.limits.PasswordMax {
		password, hash = "", ""
	}
	ok, err := u.hasher.Verify(ctx, password, hash)
	if err != nil {
		return User{}, "", err
	}
	if !ok || hash == "" {
		return User{}, "", errWrongPassword()
	}
	if user.Banned {
		return User{}, "", ErrBannedFromServer()
	}
	return user, hash, nil
}
