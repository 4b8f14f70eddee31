package chat

import (
	"context"
	"unicode/utf8"
)

// Users is who there is, and how they come in.
type Users struct {
	*core
	// welcome tells of a user who has come in by an invitation.
	welcome func(ctx context.Context, user User)
}

// ChangesSince gives what has changed on the user's stream since the rev, a page at
// a time. Errors: CodeInvalid on "since".
func (u *Users) ChangesSince(ctx context.Context, user UserID, since int64) (UserChanges, error) {
	if since < 0 {
		return UserChanges{}, ErrorIn("since", CodeInvalid, "The rev must not be negative.")
	}
	return u.store.UserChanges(ctx, user, since, u.rules.limits.PageMax, u.rules.limits.PageBytes)
}

// LogIn gives the user of a name and password. Whichever of the two is wrong,
// the error is the same CodeUnauthenticated and takes the same time. Who is
// banned from the server gets CodeForbidden, for the right password only.
func (u *Users) LogIn(ctx context.Context, username, password string) (User, error) {
	user, _, err := u.check(ctx, username, password)
	return user, err
}

// LogInAnd is LogIn, and begins what the user has logged in for. Should the
// password change meanwhile, begin has come too late to be ended with all other
// sessions: then the error is that of a wrong password, and the caller ends what
// was begun.
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

// check gives the user of a name and password, and the hash that the password
// matches. Its errors are those of LogIn.
func (u *Users) check(ctx context.Context, username, password string) (User, string, error) {
	switch {
	case username == "":
		return User{}, "", ErrorIn("username", CodeInvalid, "Enter your username.")
	case password == "":
		return User{}, "", ErrorIn("password", CodeInvalid, "Enter your password.")
	}
	var user User
	var hash string
	// What can be no name is nobody's; it is hashed against nothing all the same,
	// but cut short so that nobody makes us hash megabytes. The rules for new names
	// do not count: there are names from before them.
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
