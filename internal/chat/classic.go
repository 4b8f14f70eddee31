package chat

import (
	"context"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Classic is the service for clients of the classic events, which address rooms and
// people by name (docs/CLASSIC.md).
type Classic struct {
	*core
	invitations *Invitations

	making sync.Mutex // held while a room is created by joining it
}

// mayUseNames reports whether a guest may use names to reach rooms and people.
func (c *Classic) mayUseNames(by User) bool {
	return by.Kind != KindGuest || c.policy.Classic
}

// Admits reports whether the user (nil: not logged in) may use the classic events.
// These reveal main and all users. So guests may use them only where a name is
// enough to enter.
func (c *Classic) Admits(user *User) bool {
	if user == nil {
		return c.policy.Classic
	}
	return c.mayUseNames(*user)
}

// Enter creates a guest in MainRoom. Errors: CodeForbidden unless the operator has
// enabled it; CodeInvalid, CodeTooLarge and CodeTaken on "username".
func (c *Classic) Enter(ctx context.Context, username string) (User, error) {
	if !c.policy.Classic {
		return User{}, Errorf(CodeForbidden, "Please log in first.")
	}
	username, err := c.rules.username(username)
	if err != nil {
		return User{}, err
	}
	user, err := c.store.CreateUser(ctx, NewUser{
		User: User{
			ID: UserID(newID()), Username: username, Kind: KindGuest, Role: RoleMember, CreatedAt: c.now(),
		},
		FoldedName: c.fold(username),
		Rooms:      []RoomID{MainRoom},
	})
	if err != nil {
		return User{}, err
	}
	c.tellNewMember(ctx, MainRoom, user)
	return user, nil
}

// Fold returns the form of a name used for comparison.
func (c *Classic) Fold(name string) string { return c.fold(name) }

// Find returns the room that Join would join: one that the user is in, one that was
// created by joining it, or a public one; 0 if there is none. Errors: CodeForbidden
// for guests unless the operator has enabled the classic events.
func (c *Classic) Find(ctx context.Context, by User, name string) (RoomID, error) {
	if !c.mayUseNames(by) {
		return 0, Errorf(CodeForbidden, "Guests can join rooms only by invitation.")
	}
	folded := c.fold(name)
	subs, err := c.store.Subscriptions(ctx, by.ID)
	if err != nil {
		return 0, err
	}
	for _, sub := range subs {
		if sub.Kind != RoomDirect && c.fold(sub.Name) == folded {
			return sub.ID, nil
		}
	}
	invitation, err := c.store.InvitationByToken(ctx, hashName(folded), c.now())
	if CodeOf(err) != CodeNotFound {
		return invitation.Room, err
	}
	found, err := c.store.PublicRoomNamed(ctx, folded)
	if CodeOf(err) == CodeNotFound {
		return 0, nil
	}
	return found.ID, err
}

// Join makes the user a member of the room of that name. If there is none, it
// creates one: private, but open to everyone who joins it by its name. Errors:
// those of Rooms.Create; CodeForbidden for guests unless the operator has enabled
// the classic events.
func (c *Classic) Join(ctx context.Context, by User, name string) (Subscription, error) {
	name, err := c.rules.roomName(name)
	if err != nil {
		return Subscription{}, err
	}
	c.making.Lock()
	defer c.making.Unlock()
	for tries := 3; ; tries-- {
		id, err := c.Find(ctx, by, name)
		if err != nil {
			return Subscription{}, err
		}
		if id != 0 {
			return c.subscribe(ctx, by, id)
		}
		sub, err := c.make(ctx, by, name)
		if CodeOf(err) != CodeTaken || tries == 1 {
			return sub, err
		} // another node has made it in the meantime
	}
}

// subscribe makes the user a member of a room that Find has found.
func (c *Classic) subscribe(ctx context.Context, by User, id RoomID) (Subscription, error) {
	sub, created, err := c.store.Subscribe(ctx, actOf(by, nil), id, by.ID, RoleMember, c.now())
	if err == nil && created {
		c.invitations.welcome(ctx, by, sub)
	}
	return sub, err
}

// make creates a room and an invitation whose secret is the room's name. It fails with
// CodeTaken if there is such an invitation.
func (c *Classic) make(ctx context.Context, by User, name string) (Subscription, error) {
	if err := c.makes.Take(by.ID); err != nil {
		return Subscription{}, err
	}
	sub, err := c.store.CreateRoom(ctx, actOf(by, nil), NewRoom{
		ID: RoomID(newID()), Kind: RoomPrivate, Name: name, FoldedName: c.fold(name),
		CreatedAt: c.now(), CreatedBy: by.ID,
		Named: &NamedInvitation{ID: InvitationID(newID()), TokenHash: hashName(c.fold(name))},
	})
	if err != nil {
		c.makes.GiveBack(by.ID)
		return Subscription{}, err
	}
	c.events.publish(ctx, subscriptionPut(by.ID, sub))
	return sub, nil
}

// hashName is the hash for the name of a room that is joined by name. No link's
// token has the same hash.
func hashName(folded string) string { return hashSecret("name:" + folded) }

// Now returns the user's present state; CodeForbidden if banned from the server,
// CodeNotFound on "user".
func (c *Classic) Now(ctx context.Context, id UserID) (User, error) {
	user, err := c.store.UserByID(ctx, id)
	if err == nil && user.Banned {
		err = ErrBannedFromServer()
	}
	if err != nil {
		return User{}, err
	}
	return user, nil
}

// User returns the user of that name; CodeNotFound on "user".
func (c *Classic) User(ctx context.Context, name string) (User, error) {
	user, _, err := c.store.Credentials(ctx, c.fold(name))
	return user, err
}

// Peer returns the user with the id or, if that is 0, with the name. Errors:
// CodeNotFound on "user"; CodeForbidden for guests unless the operator has enabled
// the classic events, whether the user exists or not.
func (c *Classic) Peer(ctx context.Context, by User, id UserID, name string) (User, error) {
	switch {
	case !c.mayUseNames(by):
		return User{}, Errorf(CodeForbidden, "Guests can join rooms only by invitation.")
	case id != 0:
		return c.store.UserByID(ctx, id)
	default:
		return c.User(ctx, name)
	}
}

// Converse opens the conversation with another user. Errors: those of
// Rooms.Converse, except that guests may if the operator has enabled the classic
// events.
func (c *Classic) Converse(ctx context.Context, by User, with UserID) (Subscription, error) {
	if !c.mayUseNames(by) {
		return Subscription{}, Errorf(CodeForbidden, "Guests can join rooms only by invitation.")
	}
	sub, _, err := c.converse(ctx, by, with, nil)
	return sub, err
}

// Users returns users in the order of the list of all users.
func (c *Classic) Users(ctx context.Context, limit int) ([]User, error) {
	found, err := c.store.SearchUsers(ctx, UserSearch{Limit: limit})
	users := make([]User, 0, len(found))
	for _, user := range found {
		users = append(users, user.User)
	}
	return users, err
}

// Online returns the names of the users who are online, by name.
func (c *Classic) Online(ctx context.Context) ([]string, error) {
	there, err := c.presence.Online(ctx)
	if err != nil {
		return nil, err
	}
	users, err := c.store.UsersByID(ctx, there)
	names := make([]string, 0, len(users))
	for _, user := range users {
		names = append(names, user.Username)
	}
	return names, err
}

// MayHearMain fails with CodeForbidden if the user is banned from MainRoom.
// Everyone else may hear it, even without being logged in.
func (c *Classic) MayHearMain(ctx context.Context, user User) error {
	return c.notBanned(ctx, user, MainRoom)
}

// Main returns the latest messages of MainRoom, if the user may receive them live:
// see Admits and MayHearMain.
func (c *Classic) Main(ctx context.Context, user User, limit int) (Page, error) {
	if user.ID == 0 && !c.Admits(nil) || user.ID != 0 && !c.Admits(&user) {
		return Page{}, Errorf(CodeForbidden, "Please log in first.")
	}
	if err := c.MayHearMain(ctx, user); err != nil {
		return Page{}, err
	}
	return c.store.Messages(ctx, MainRoom, MessagePage{Limit: limit, Bytes: c.rules.limits.PageBytes})
}

// InMain makes the user a member of MainRoom, the room of clients that name none.
func (c *Classic) InMain(ctx context.Context, by User) (Subscription, error) {
	if !c.mayUseNames(by) {
		return Subscription{}, Errorf(CodeForbidden, "Guests can join rooms only by invitation.")
	}
	return c.subscribe(ctx, by, MainRoom)
}

// Spell converts a name to a valid username: invalid characters become hyphens, and
// the length is adjusted. Text without any valid character stays as it is.
func (c *Classic) Spell(name string) string {
	var b strings.Builder
	count, space := 0, c.rules.limits.UsernameMax-numberSpace
	for _, r := range name {
		if count == space {
			break
		}
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r) && count > 0, strings.ContainsRune("_.-", r):
			b.WriteRune(r)
		case count > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		default:
			continue
		}
		count++
	}
	spelt := strings.TrimRight(b.String(), "-")
	if _, err := c.rules.username(spelt); CodeOf(err) == CodeInvalid && spelt != "" {
		for utf8.RuneCountInString(spelt) < c.rules.limits.UsernameMin {
			spelt += "_"
		}
	}
	if spelt == "" {
		return name
	}
	return spelt
}

// numberSpace leaves room for a number after a name.
const numberSpace = 4
