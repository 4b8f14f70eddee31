package chat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"time"
)

const (
	// expiryMax is the longest time that an invitation may be asked to last.
	expiryMax = 10 * 365 * 24 * time.Hour
	usesMax   = 1_000_000
	// insideMax is how many of those inside a link tells by name.
	insideMax = 5
)

// Invitations is the links by which people join.
type Invitations struct {
	*core
	rooms *Rooms
}

// Policy is what the operator lets people do.
type Policy struct {
	SignUp   SignUpMode // who may make an account; SignUpOpen
	Guests   bool       // whether a name alone can be enough to come in
	JoinPage bool       // whether guests may come into public rooms without an invitation
	Classic  bool       // whether clients of the classic events come in by a name alone
}

// InviteInput is what a user says of a link to be made.
type InviteInput struct {
	Room      RoomID // 0: a conversation with the one who makes it
	User      UserID // not 0: for this user alone, who is told at once
	ExpiresIn time.Duration
	Uses      int // 0: any number
	Guests    bool
}

// Invite is a link with its token, which is kept nowhere.
type Invite struct {
	Invitation Invitation
	Token      string
	Told       bool // whether the user was there to be told
}

// Make makes a link. One for a user replaces the one that is there already from
// the same maker to the same place. Errors: CodeInvalid on "user", "expiresIn", "uses" or
// "guests"; CodeNotFound on "room" or "user"; CodeForbidden for who may not
// invite; CodeTooLarge if there are too many.
func (i *Invitations) Make(ctx context.Context, by User, input InviteInput) (Invite, error) {
	room, err := i.invitable(ctx, by, input.Room)
	if err != nil {
		return Invite{}, err
	}
	made, err := i.checked(by, input)
	if err != nil {
		return Invite{}, err
	}
	if err := i.checkUser(ctx, by, input); err != nil {
		return Invite{}, err
	}
	if err := i.checkNumber(ctx, by, input); err != nil {
		return Invite{}, err
	}
	token := newToken()
	stored, replaced, err := i.store.CreateInvitation(ctx, actOf(by, nil), NewInvitation{Invitation: made, TokenHash: hashToken(token)})
	if err != nil {
		return Invite{}, err
	}
	invite := Invite{Invitation: stored, Token: token}
	if input.User == 0 {
		return invite, nil
	}
	i.tellInvitationsGone(ctx, replaced)
	i.events.publish(ctx, Invited{
		User: input.User, Rev: stored.Rev, ID: stored.ID, Token: token, By: by.Author(), Room: joinRoom(room), ExpiresAt: stored.ExpiresAt,
	})
	there, err := i.presence.States(ctx, []UserID{input.User})
	invite.Told = err == nil && len(there) > 0 // who cannot be seen to be there is given the link by hand
	return invite, nil
}

// invitable gives the room if the user may invite into it; nil for a conversation.
func (i *Invitations) invitable(ctx context.Context, by User, id RoomID) (*Room, error) {
	if id == 0 {
		if !mayConverse(by) {
			return nil, Errorf(CodeForbidden, "Guests cannot invite people. Set a password first.")
		}
		return nil, nil
	}
	room, sub, err := i.rooms.Get(ctx, by, id)
	switch {
	case err != nil:
		return nil, err
	case room.Kind == RoomDirect:
		return nil, ErrorIn("room", CodeInvalid, "A conversation has exactly two members. To invite somebody to a conversation with you, leave out the room.")
	case !mayInvite(by, membershipOf(sub)):
		return nil, ErrMayNotInvite()
	}
	return &room, nil
}

func (i *Invitations) checked(by User, input InviteInput) (Invitation, error) {
	switch {
	case input.ExpiresIn < 0 || input.ExpiresIn > expiryMax:
		return Invitation{}, ErrorIn("expiresIn", CodeInvalid, "An invitation can last at most ten years.")
	case input.Uses < 0 || input.Uses > usesMax:
		return Invitation{}, ErrorIn("uses", CodeInvalid, "An invitation can have at most %d uses.", usesMax)
	case input.Guests && !i.policy.Guests:
		return Invitation{}, ErrorIn("guests", CodeInvalid, "This server does not allow guests.")
	case input.Guests && input.User != 0:
		return Invitation{}, ErrorIn("guests", CodeInvalid, "An invitation for one user cannot be for guests.")
	}
	now := i.now()
	made := Invitation{
		ID: InvitationID(newID()), Room: input.Room, By: by.Author(), ForUser: input.User,
		Guests: input.Guests, MaxUses: input.Uses, CreatedAt: now,
	}
	if input.User != 0 {
		made.MaxUses = 1
	}
	if input.ExpiresIn > 0 {
		at := now.Add(input.ExpiresIn)
		made.ExpiresAt = &at
	}
	return made, nil
}

func (i *Invitations) checkUser(ctx context.Context, by User, input InviteInput) error {
	switch input.User {
	case 0:
		return nil
	case by.ID:
		return ErrorIn("user", CodeInvalid, "You cannot invite yourself.")
	}
	if _, err := i.store.UserByID(ctx, input.User); err != nil {
		return err
	}
	if input.Room == 0 {
		return nil
	}
	_, err := i.store.Membership(ctx, input.Room, input.User)
	switch {
	case err == nil:
		return ErrorIn("user", CodeInvalid, "This user is already in the room.")
	case CodeOf(err) != CodeNotFound:
		return err
	}
	banned, err := i.store.IsBanned(ctx, input.Room, input.User)
	if err == nil && banned {
		return ErrorIn("user", CodeForbidden, "This user is banned from the room.")
	}
	return err
}

func (i *Invitations) checkNumber(ctx context.Context, by User, input InviteInput) error {
	list, err := i.of(ctx, by, input.Room)
	list = slices.DeleteFunc(list, func(other Invitation) bool {
		replaced := input.User != 0 && other.ForUser == input.User && other.By.ID == by.ID
		return replaced || other.usedUp()
	})
	if limit := i.rules.limits.Invitations; err == nil && len(list) >= limit {
		err = Errorf(CodeTooLarge, "There are already %d invitations. Revoke some first.", limit)
	}
	return err
}

func (i *Invitations) of(ctx context.Context, by User, room RoomID) ([]Invitation, error) {
	if room == 0 {
		return i.store.InvitationsToUser(ctx, by.ID, i.now())
	}
	return i.store.InvitationsOfRoom(ctx, room, i.now())
}

// List gives the links that still let somebody in and that the user may revoke: all of a room to its admins,
// to other members their own; for no room those to conversations with the user.
func (i *Invitations) List(ctx context.Context, by User, id RoomID) ([]Invitation, error) {
	if id == 0 {
		list, err := i.of(ctx, by, 0)
		return slices.DeleteFunc(list, Invitation.usedUp), err
	}
	room, sub, err := i.rooms.Get(ctx, by, id)
	if err != nil {
		return nil, err
	}
	all, err := i.of(ctx, by, id)
	list := []Invitation{}
	for _, invitation := range all {
		if !invitation.usedUp() && mayRevoke(by, invitation, room, membershipOf(sub)) {
			list = append(list, invitation)
		}
	}
	return list, err
}

// Revoke ends a link. One that the user may not revoke is not found.
func (i *Invitations) Revoke(ctx context.Context, by User, id InvitationID) error {
	gone, err := i.store.DeleteInvitation(ctx, actOf(by, Access.revokes), id)
	if err == nil {
		i.tellInvitationsGone(ctx, gone)
	}
	return err
}

// Destination is where a link leads.
type Destination struct {
	Room         *JoinRoom // nil: a conversation with By
	By           Author
	Members      []string      // the usernames of the first few who are in the room
	Guests       bool          // whether a name alone is enough now
	Subscription *Subscription // if the viewer is there already
}

// Look tells where a link leads; viewer is nil for who is signed out. One that
// leads the viewer nowhere is not found; into a room that the viewer is banned
// from, forbidden.
func (i *Invitations) Look(ctx context.Context, viewer *User, token string) (Destination, error) {
	invitation, err := i.store.InvitationByToken(ctx, hashToken(token), i.now())
	if err != nil {
		return Destination{}, err
	}
	d := Destination{By: invitation.By, Guests: invitation.Guests && i.policy.Guests}
	if invitation.Room != 0 {
		room, err := i.store.RoomByID(ctx, invitation.Room)
		if err != nil {
			return Destination{}, err
		}
		d.Room = joinRoom(&room)
	}
	if viewer != nil {
		if d.Subscription, err = i.there(ctx, *viewer, invitation); err != nil {
			return Destination{}, err
		}
	}
	if d.Subscription == nil && (invitation.usedUp() || viewer != nil && invitation.ForUser != 0 && invitation.ForUser != viewer.ID) {
		return Destination{}, errNoInvitation()
	}
	if viewer != nil && d.Room != nil && d.Subscription == nil {
		if err := i.notBanned(ctx, *viewer, invitation.Room); err != nil {
			return Destination{}, err
		}
	}
	d.Members, err = i.inside(ctx, invitation.Room)
	return d, err
}

// inside names the first few who are in the room; nobody for a conversation.
func (i *Invitations) inside(ctx context.Context, room RoomID) ([]string, error) {
	if room == 0 {
		return nil, nil
	}
	members, err := i.store.Members(ctx, room, MemberPage{Limit: insideMax})
	names := make([]string, len(members))
	for n, member := range members {
		names[n] = member.User.Username
	}
	return names, err
}

// there gives the viewer's subscription to where the link leads, if there is one.
func (i *Invitations) there(ctx context.Context, viewer User, invitation Invitation) (*Subscription, error) {
	if invitation.Room == 0 {
		return nil, nil
	}
	sub, err := i.store.Subscription(ctx, invitation.Room, viewer.ID)
	switch {
	case err == nil:
		return &sub, nil
	case CodeOf(err) == CodeNotFound:
		return nil, nil
	default:
		return nil, err
	}
}

// Accept lets the user in by a link; created is false for who is there
// already. CodeNotFound if the link leads the user nowhere, CodeForbidden if
// the user is banned from there.
func (i *Invitations) Accept(ctx context.Context, by User, token string) (sub Subscription, created bool, err error) {
	return i.accept(ctx, by, i.redemption(token))
}

// AcceptByID is Accept for an invitation that is for this user alone, by its id.
func (i *Invitations) AcceptByID(ctx context.Context, by User, id InvitationID) (sub Subscription, created bool, err error) {
	return i.accept(ctx, by, Redemption{ID: id, Room: RoomID(newID()), At: i.now()})
}

func (i *Invitations) accept(ctx context.Context, by User, r Redemption) (sub Subscription, created bool, err error) {
	sub, created, used, err := i.store.Redeem(ctx, actOf(by, nil), by.ID, r)
	if err == nil && created {
		i.tellInvitationsGone(ctx, used)
		i.welcome(ctx, by, sub)
	}
	return sub, created, err
}

// pendingMax is how many invitations Pending returns at most.
const pendingMax = 20

// Pending returns the newest invitations that are for this user alone and have not
// been answered. Their tokens are not known any more.
func (i *Invitations) Pending(ctx context.Context, user User) ([]Invited, error) {
	found, err := i.store.PendingInvitations(ctx, user.ID, i.now(), pendingMax)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var ids []RoomID
	for _, invitation := range found {
		if invitation.Room != 0 {
			ids = append(ids, invitation.Room)
		}
	}
	rooms, err := i.store.RoomsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	pending := make([]Invited, 0, len(found))
	for _, invitation := range found {
		invited := Invited{User: user.ID, ID: invitation.ID, By: invitation.By, ExpiresAt: invitation.ExpiresAt}
		if invitation.Room != 0 {
			at := slices.IndexFunc(rooms, func(r Room) bool { return r.ID == invitation.Room })
			if at < 0 {
				continue
			}
			invited.Room = joinRoom(&rooms[at])
		}
		pending = append(pending, invited)
	}
	return pending, nil
}

func (i *Invitations) redemption(token string) Redemption {
	return Redemption{TokenHash: hashToken(token), Room: RoomID(newID()), At: i.now()}
}

// welcome tells everybody concerned of who has just come in.
func (i *Invitations) welcome(ctx context.Context, user User, sub Subscription) {
	i.events.publish(ctx, subscriptionPut(user.ID, sub))
	if sub.Peer != nil {
		i.tellSubscription(context.WithoutCancel(ctx), sub.ID, sub.Peer.ID)
		return
	}
	i.events.publish(ctx, memberPut(user, sub))
	i.notify(ctx, sub.Room, user, NoticeJoined, user)
}

// welcomeNew is welcome for a user who has signed up by an invitation.
func (i *Invitations) welcomeNew(ctx context.Context, user User) {
	subs, err := i.store.Subscriptions(context.WithoutCancel(ctx), user.ID)
	if err != nil {
		return // the room hears of it when its members are read again
	}
	for _, sub := range subs {
		if sub.ID != MainRoom {
			i.welcome(ctx, user, sub)
		}
	}
}

func joinRoom(room *Room) *JoinRoom {
	if room == nil {
		return nil
	}
	return NewJoinRoom(*room)
}

// newToken draws the secret of a link.
func newToken() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashToken is what is kept of a token. It is random and long, so a fast hash
// is as good as a slow one.
func hashToken(token string) string { return hashSecret("link:" + token) }

func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func errNoInvitation() *Error {
	return ErrorIn("invitation", CodeNotFound, "This invitation is no longer valid.")
}
