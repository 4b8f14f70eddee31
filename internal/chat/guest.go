package chat

import "context"

// GuestInput is what someone says who comes in by a name alone. One of Token
// and Room is set.
type GuestInput struct {
	Username string
	Token    string // of a link
	Room     RoomID // a public one, where there is a join page
}

// Policy tells what the operator lets people do.
func (i *Invitations) Policy() Policy { return i.policy }

// Rooms gives the public rooms that guests may come into without a link, as
// Search does; CodeNotFound unless there is a join page.
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

// Enter makes a guest, in the one room that it was let into. Errors:
// CodeForbidden if there are no guests here, or the link is for none;
// CodeNotFound on "invitation" or "room"; CodeInvalid, CodeTooLarge and
// CodeTaken on "username".
func (i *Invitations) Enter(ctx context.Context, input GuestInput) (User, Subscription, error) {
	guest := NewUser{User: User{ID: UserID(newID()), Kind: KindGuest, Role: RoleMember, CreatedAt: i.now()}}
	if err := i.letIn(ctx, input, &guest); err != nil {
		return User{}, Subscription{}, err
	}
	var err error
	if guest.Username, err = i.rooms.rules.username(input.Username); err != nil {
		return User{}, Subscription{}, err
	}
	guest.FoldedName = i.rooms.fold(guest.Username)
	user, err := i.store.CreateUser(ctx, guest)
	if err != nil {
		return User{}, Subscription{}, err
	}
	subs, err := i.rooms.store.Subscriptions(ctx, user.ID)
	if err != nil {
		return User{}, Subscription{}, err
	}
	if len(subs) == 0 {
		return User{}, Subscription{}, errNoRoom()
	}
	i.welcome(ctx, user, subs[0])
	return user, subs[0], nil
}

// letIn says by what the guest comes in, if it may.
func (i *Invitations) letIn(ctx context.Context, input GuestInput, guest *NewUser) error {
	if !i.policy.Guests {
		return Errorf(CodeForbidden, "This server has no guests. Please sign up.")
	}
	switch {
	case input.Token != "" && input.Room != 0:
		return ErrorIn("room", CodeInvalid, "Join by an invitation or into a room, not both.")
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
		room, err := i.rooms.store.RoomByID(ctx, input.Room)
		if err == nil && room.Kind != RoomPublic || CodeOf(err) == CodeNotFound {
			return errNoRoom()
		}
		guest.Rooms = []RoomID{input.Room}
		return err
	}
}

// UserPut tells a user, on every device, that the account is another.
type UserPut struct {
	User User `json:"user"`
}

// Topic is the user.
func (e UserPut) Topic() Topic { return Topic{User: e.User.ID} }

// SetPassword makes a guest a member, who comes into MainRoom, unless banned
// from there, and keeps everything. Errors: CodeInvalid and CodeTooLarge on "password";
// CodeForbidden for who is no guest.
func (u *Users) SetPassword(ctx context.Context, by User, password string) (User, error) {
	if by.Kind != KindGuest {
		return User{}, Errorf(CodeForbidden, "You have a password already.")
	}
	if err := u.rules.password(password); err != nil {
		return User{}, err
	}
	hash, err := u.hasher.Hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	user, sub, err := u.store.PromoteGuest(ctx, by.ID, hash, MainRoom, u.now())
	if err != nil {
		return User{}, err
	}
	u.events.publish(ctx, UserPut{User: user})
	if sub != nil {
		u.events.publish(ctx,
			SubscriptionPut{User: user.ID, Subscription: *sub},
			MemberPut{Room: sub.ID, Member: Member{User: user, Role: sub.Membership.Role}})
	}
	return user, nil
}
