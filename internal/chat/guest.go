package chat

import (
	"context"
	"crypto/subtle"
)

// GuestInput is the input of someone who enters with only a name. One of Token and
// Room is set.
type GuestInput struct {
	Username string
	Token    string // the token of an invitation
	Room     RoomID // a public room, if there is a join page

	Device GuestDevice // the device's guest from earlier, if any
	Secret string      // the device's new secret, if a new guest is created
}

// GuestDevice authenticates a guest's device once the session has ended, because
// guests have no password.
type GuestDevice struct {
	User   UserID
	Secret string
}

// Policy returns what the operator allows.
func (i *Invitations) Policy() Policy { return i.policy }

// Rooms returns the public rooms that guests may enter without an invitation, like
// Search; CodeNotFound unless there is a join page.
func (i *Invitations) Rooms(ctx context.Context, text, after string, limit int) (rooms []JoinRoom, next string, err error) {
	if !i.policy.Guests || !i.policy.JoinPage {
		return nil, "", Errorf(CodeNotFound, "This server has no join page.")
	}
	found, next, err := i.rooms.Search(ctx, User{}, text, after, limit)
	for _, room := range found {
		rooms = append(rooms, *joinRoom(&room))
	}
	return rooms, next, err
}

// Enter creates a guest in the one room that admits the guest. A device that was
// the guest of that name before becomes that guest again. Errors: CodeForbidden if
// guests are not allowed here or by the invitation; CodeNotFound on "invitation" or
// "room"; CodeInvalid, CodeTooLarge and CodeTaken on "username".
func (i *Invitations) Enter(ctx context.Context, input GuestInput) (User, Subscription, error) {
	guest := NewUser{User: User{ID: UserID(newID()), Kind: KindGuest, Role: RoleMember, CreatedAt: i.now()}}
	if err := i.letIn(ctx, input, &guest); err != nil {
		return User{}, Subscription{}, err
	}
	var err error
	if guest.Username, err = i.rules.username(input.Username); err != nil {
		return User{}, Subscription{}, err
	}
	guest.FoldedName = i.fold(guest.Username)
	if known, err := i.Guest(ctx, input.Device); err == nil && i.fold(known.Username) == guest.FoldedName {
		return i.enterAgain(ctx, known, guest)
	}
	if input.Secret != "" {
		guest.DeviceHash = hashDevice(input.Secret)
	}
	user, err := i.store.CreateUser(ctx, guest)
	if err != nil {
		return User{}, Subscription{}, err
	}
	subs, err := i.store.Subscriptions(ctx, user.ID)
	if err != nil {
		return User{}, Subscription{}, err
	}
	if len(subs) == 0 {
		return User{}, Subscription{}, errNoRoom()
	}
	i.welcome(ctx, user, subs[0])
	return user, subs[0], nil
}

// Guest returns the guest of a device. Errors: CodeUnauthenticated if the device
// isn't authentic; CodeForbidden if the guest is banned from the server.
func (i *Invitations) Guest(ctx context.Context, device GuestDevice) (User, error) {
	unknown := Errorf(CodeUnauthenticated, "No guest is known on this device.")
	if device.User == 0 || device.Secret == "" {
		return User{}, unknown
	}
	hash, err := i.store.GuestDevice(ctx, device.User)
	if CodeOf(err) == CodeNotFound {
		return User{}, unknown
	}
	if err != nil {
		return User{}, err
	}
	if hash == "" || subtle.ConstantTimeCompare([]byte(hash), []byte(hashDevice(device.Secret))) != 1 {
		return User{}, unknown
	}
	user, err := i.store.UserByID(ctx, device.User)
	switch {
	case err != nil:
		return User{}, err
	case user.Kind != KindGuest:
		return User{}, unknown
	case user.Banned:
		return User{}, ErrBannedFromServer()
	}
	return user, nil
}

// ForgetDevice ends the authentication by device of a guest who logs out.
func (i *Invitations) ForgetDevice(ctx context.Context, guest User) error {
	if guest.Kind != KindGuest {
		return nil
	}
	return i.store.SetGuestDevice(ctx, guest.ID, "")
}

// enterAgain admits a known guest to the room of the new one.
func (i *Invitations) enterAgain(ctx context.Context, known User, guest NewUser) (User, Subscription, error) {
	var sub Subscription
	var created bool
	var err error
	if guest.Redeems != nil {
		sub, created, _, err = i.store.Redeem(ctx, actOf(known, nil), known.ID, *guest.Redeems)
	} else {
		sub, created, err = i.store.Subscribe(ctx, actOf(known, nil), guest.Rooms[0], known.ID, RoleMember, i.now())
	}
	if err != nil {
		return User{}, Subscription{}, err
	}
	if created {
		i.welcome(ctx, known, sub)
	}
	return known, sub, nil
}

// NewDeviceSecret returns a random secret for a guest's device.
func NewDeviceSecret() string { return newToken() }

func hashDevice(secret string) string { return hashSecret("device:" + secret) }

// letIn sets what admits the guest, or returns why nothing does.
func (i *Invitations) letIn(ctx context.Context, input GuestInput, guest *NewUser) error {
	if !i.policy.Guests {
		return Errorf(CodeForbidden, "This server does not allow guests. Please sign up.")
	}
	switch {
	case input.Token != "" && input.Room != 0:
		return ErrorIn("room", CodeInvalid, "Give either an invitation or a room, not both.")
	case input.Token != "":
		invitation, err := i.store.InvitationByToken(ctx, hashToken(input.Token), i.now())
		if err != nil {
			return err
		}
		if !invitation.Guests {
			return Errorf(CodeForbidden, "This invitation is not for guests. Please log in or sign up.")
		}
		redemption := i.redemption(input.Token)
		guest.Redeems = &redemption
		return nil
	case !i.policy.JoinPage:
		return ErrorIn("invitation", CodeInvalid, "Guests need an invitation.")
	default:
		room, err := i.store.RoomByID(ctx, input.Room)
		if err == nil && room.Kind != RoomPublic || CodeOf(err) == CodeNotFound {
			return errNoRoom()
		}
		guest.Rooms = []RoomID{input.Room}
		return err
	}
}

// UserPut tells all of a user's devices that the account has changed.
type UserPut struct {
	User User
	Rev  int64
}

// Topic returns the user.
func (e UserPut) Topic() Topic { return Topic{User: e.User.ID} }

// Revision returns a rev of the user's stream.
func (e UserPut) Revision() int64 { return e.Rev }

// SetPassword makes a guest a member, who keeps everything and joins MainRoom
// unless banned from it. Errors: CodeInvalid and CodeTooLarge on "password";
// CodeForbidden for users who aren't guests, and if guests may not sign up.
func (u *Users) SetPassword(ctx context.Context, by User, password string) (User, error) {
	if by.Kind != KindGuest {
		return User{}, Errorf(CodeForbidden, "You already have a password.")
	}
	if !u.policy.mayBecomeMember() {
		return User{}, Errorf(CodeForbidden, "This server does not accept new accounts, so guests cannot set a password.")
	}
	if err := u.rules.password(by.Username, password); err != nil {
		return User{}, err
	}
	hash, err := u.hasher.Hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	user, rev, sub, err := u.store.PromoteGuest(ctx, by.ID, hash, MainRoom, u.now())
	if err != nil {
		return User{}, err
	}
	if sub != nil {
		u.events.publish(ctx, subscriptionPut(user.ID, *sub), memberPut(user, *sub))
	}
	u.events.publish(ctx, UserPut{User: user, Rev: rev})
	return user, nil
}
