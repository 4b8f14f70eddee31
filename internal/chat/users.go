package chat

import (
	"context"
	"time"
	"unicode/utf8"
)

// Users is who there is, and how they come in.
type Users struct {
	store interface {
		UserStore
		BanStore
	}
	hasher   PasswordHasher
	fold     FoldName
	key      SearchKey
	presence PresenceLeases
	now      func() time.Time
	rules    rules
	events   *publisher
}

// SignUp makes a member and puts it into MainRoom; the first user of all is
// the server's admin. Errors: CodeInvalid and CodeTooLarge on "username" or
// "password", CodeTaken on "username".
func (u *Users) SignUp(ctx context.Context, username, password string) (User, error) {
	username, err := u.rules.username(username)
	if err != nil {
		return User{}, err
	}
	if err := u.rules.password(password); err != nil {
		return User{}, err
	}
	hash, err := u.hasher.Hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	user, err := u.store.CreateUser(ctx, NewUser{
		User: User{
			ID:        UserID(newID()),
			Username:  username,
			Kind:      KindMember,
			Role:      RoleMember,
			CreatedAt: u.now(),
		},
		FoldedName:   u.fold(username),
		PasswordHash: hash,
		FirstIsAdmin: true,
		Rooms:        []RoomID{MainRoom},
	})
	if err != nil {
		return User{}, err
	}
	u.events.publish(ctx, MemberPut{Room: MainRoom, Member: Member{User: user, Role: RoleMember}})
	return user, nil
}

// LogIn gives the user of a name and password. Whichever of the two is wrong,
// the error is the same CodeUnauthenticated and takes the same time. Who is
// banned from the server gets CodeForbidden, for the right password only.
func (u *Users) LogIn(ctx context.Context, username, password string) (User, error) {
	switch {
	case username == "":
		return User{}, ErrorIn("username", CodeInvalid, "Enter your username.")
	case password == "":
		return User{}, ErrorIn("password", CodeInvalid, "Enter your password.")
	}
	var user User
	var hash string
	// What can be no name is nobody's; it is hashed against nothing all the same,
	// but cut short so that nobody makes us hash megabytes. The rules for new names
	// do not count: there are names from before them.
	if err := line("username", "username", username, u.rules.limits.UsernameMax); err == nil {
		user, hash, err = u.store.Credentials(ctx, u.fold(username))
		if err != nil && CodeOf(err) != CodeNotFound {
			return User{}, err
		}
	}
	if utf8.RuneCountInString(password) > u.rules.limits.PasswordMax {
		password, hash = "", ""
	}
	ok, err := u.hasher.Verify(ctx, password, hash)
	if err != nil {
		return User{}, err
	}
	if !ok || hash == "" {
		return User{}, Errorf(CodeUnauthenticated, "Wrong username or password.")
	}
	if user.Banned {
		return User{}, ErrBannedFromServer()
	}
	return user, nil
}
