package chat

import "context"

// SignUpMode is who may sign up.
type SignUpMode string

// The modes.
const (
	SignUpOpen       SignUpMode = "open"       // everyone
	SignUpInvitation SignUpMode = "invitation" // everyone with an invitation
	SignUpClosed     SignUpMode = "closed"     // nobody
)

// SignUpInput is the input of someone who signs up.
type SignUpInput struct {
	Username string
	Password string
	// Local is true for requests from the server's own machine. While the server
	// has no admin, such an account becomes one.
	Local bool
	// Invitation is the token of an invitation, which is redeemed in the same step.
	Invitation string
	// Setup is the token of a setup link, which makes the account the first admin.
	Setup string
}

// SignUp creates a member in MainRoom and in the room of its invitation. While the
// server has no admin, whoever signs up on its own machine or with a setup link
// becomes one, even if nobody else may sign up. Errors: CodeInvalid and
// CodeTooLarge on "username" or "password"; CodeTaken on "username"; CodeForbidden
// if sign-up is closed or needs an invitation; CodeNotFound on "invitation" or
// "setup".
func (u *Users) SignUp(ctx context.Context, in SignUpInput) (User, error) {
	username, err := u.rules.username(in.Username)
	if err != nil {
		return User{}, err
	}
	if err := u.rules.password(username, in.Password); err != nil {
		return User{}, err
	}
	user := NewUser{
		User:       User{ID: UserID(newID()), Username: username, Kind: KindMember, Role: RoleMember, CreatedAt: u.now()},
		FoldedName: u.fold(username),
		Rooms:      []RoomID{MainRoom},
	}
	if err := u.maySignUp(ctx, in, &user); err != nil {
		return User{}, err
	}
	if user.PasswordHash, err = u.hasher.Hash(ctx, in.Password); err != nil {
		return User{}, err
	}
	created, err := u.store.CreateUser(ctx, user)
	if err != nil {
		return User{}, err
	}
	u.tellNewMember(ctx, MainRoom, created)
	if user.Redeems != nil {
		u.welcome(ctx, created)
	}
	return created, nil
}

// maySignUp sets what permits the sign-up, or returns why nothing does, before the
// password is hashed. The store decides again.
func (u *Users) maySignUp(ctx context.Context, in SignUpInput, user *NewUser) error {
	switch {
	case in.Setup != "":
		user.FirstIsAdmin, user.OnlyFirst, user.SetupHash = true, true, hashSetup(in.Setup)
		good, err := u.store.HasSetupLink(ctx, user.SetupHash, u.now())
		if err == nil && !good {
			err = ErrNoSetupLink()
		}
		return err
	case in.Invitation != "" && u.policy.SignUp != SignUpClosed:
		invitation, err := u.store.InvitationByToken(ctx, hashToken(in.Invitation), u.now())
		if err != nil {
			return err
		}
		if invitation.usedUp() || invitation.ForUser != 0 {
			return errNoInvitation()
		}
		user.FirstIsAdmin = in.Local
		user.Redeems = &Redemption{TokenHash: hashToken(in.Invitation), Room: RoomID(newID()), At: u.now()}
		return nil
	case u.policy.SignUp == SignUpOpen:
		user.FirstIsAdmin = in.Local
		return nil
	}
	if in.Local {
		has, err := u.store.HasAdmin(ctx)
		if err != nil {
			return err
		}
		if !has {
			user.FirstIsAdmin, user.OnlyFirst = true, true
			return nil
		}
	}
	if u.policy.SignUp == SignUpClosed {
		return Errorf(CodeForbidden, "This server does not accept new accounts.")
	}
	return ErrorIn("invitation", CodeForbidden, "You need an invitation link to sign up here. Ask a member for one.")
}

// SignUpMode returns who may sign up, from the caller's point of view: on the
// server's own machine everyone may while the server has no admin.
func (u *Users) SignUpMode(ctx context.Context, local bool) (SignUpMode, error) {
	if local && u.policy.SignUp != SignUpOpen {
		has, err := u.store.HasAdmin(ctx)
		if err != nil {
			return "", err
		}
		if !has {
			return SignUpOpen, nil
		}
	}
	return u.policy.SignUp, nil
}

// mayBecomeMember reports whether guests may set a password, which is a way to sign
// up. If sign-up needs an invitation, guests may, because they have used one,
// unless there is a join page.
func (p Policy) mayBecomeMember() bool {
	switch p.SignUp {
	case SignUpClosed:
		return false
	case SignUpInvitation:
		return !p.JoinPage
	default:
		return true
	}
}

func hashSetup(token string) string { return hashSecret("setup:" + token) }
