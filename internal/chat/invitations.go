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
	// expiryMax is the longest lifetime that an invitation can have.
	expiryMax = 10 * 365 * 24 * time.Hour
	usesMax   = 1_000_000
	// insideMax is the number of members whose names a link shows.
	insideMax = 5
)

// Invitations is the service for the links by which people join.
type Invitations struct {
	*core
	rooms *Rooms
}

// Policy is what the operator allows.
type Policy struct {
	SignUp   SignUpMode // who may sign up; SignUpOpen
	Guests   bool       // whether guests are allowed
	JoinPage bool       // whether guests may enter public rooms without an invitation
	Classic  bool       // whether clients of the classic events can enter with only a name
}

// InviteInput describes an invitation to create.
type InviteInput struct {
	Room      RoomID // 0: a conversation with the creator
	User      UserID // if not 0, only for this user, who is notified
	ExpiresIn time.Duration
	Uses      int // 0: unlimited
	Guests    bool
}

// Invite is an invitation with its token, which is not stored.
type Invite struct {
	Invitation Invitation
	Token      string
	Told       bool // whether the user was online to receive it
}

// Make creates an invitation. One for a user replaces the earlier one from the same
// creator to the same place. Errors: CodeInvalid on "user", "expiresIn", "uses" or
// "guests"; CodeNotFound on "room" or "user"; CodeForbidden if the user may not
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
	invite.Told = err == nil && len(there) > 0 // if false, the creator must pass the link on
	return invite, nil
}

// invitable returns the room if the user may invite people to it, and nil for a
// conversation.
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
	case room.Archived():
		return nil, ErrArchived()
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

// List returns the valid invitations that the user may revoke: to a room's admins,
// all of the room's; to its other members, their own; without a room, those to
// conversations with the user.
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

// Revoke revokes an invitation. Errors: CodeNotFound, also if the user may not
// revoke it.
func (i *Invitations) Revoke(ctx context.Context, by User, id InvitationID) error {
	gone, err := i.store.DeleteInvitation(ctx, actOf(by, Access.revokes), id)
	if err == nil {
		i.tellInvitationsGone(ctx, gone)
	}
	return err
}

// Destination is what a link leads to.
type Destination struct {
	Room         *JoinRoom // nil: a conversation with By
	By           Author
	Members      []string      // the usernames of some members of the room
	Guests       bool          // whether it admits guests at present
	Subscription *Subscription // set if the viewer is a member already
}

// Look returns what a link leads to; viewer is nil if not logged in. Errors:
// CodeNotFound if the viewer can't use the link; CodeForbidden if the viewer is
// banned from the room.
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

// inside returns the names of some members of the room; none for a conversation.
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

// there returns the viewer's subscription to the link's room, if there is one.
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

// Accept joins by a link; created is false if the user is a member already. Errors:
// CodeNotFound if the user can't use the link; CodeForbidden if the user is banned
// from the room.
func (i *Invitations) Accept(ctx context.Context, by User, token string) (sub Subscription, created bool, err error) {
	return i.accept(ctx, by, i.redemption(token))
}

// AcceptByID is Accept, by id, for an invitation that is for only this user.
func (i *Invitations) AcceptByID(ctx context.Context, by User, id InvitationID) (sub Subscription, created bool, err error) {
	return i.accept(ctx, by, Redemption{ID: id, Room: RoomID(newID()), At: i.now()})
}

func (i *Invitations) accept(ctx context.Context, by User, r Redemption) (sub Subscription, created bool, err error) {
	sub, created, used, err := i.store.Redeem(ctx, actOf(by, nil), by.ID, r)
	switch {
	case err != nil:
	case created:
		i.tellInvitationsGone(ctx, used)
		i.welcome(ctx, by, sub)
	case sub.Peer != nil: // it may have been out of the list
		i.events.publish(ctx, subscriptionPut(by.ID, sub))
	}
	return sub, created, err
}

// pendingMax is the maximum number of invitations that Pending returns.
const pendingMax = 20

// Pending returns the newest unanswered invitations for only this user, without
// tokens, which are not stored.
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

// welcome publishes the membership of a user who has joined by an invitation.
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
		return // the room's clients learn of it when they reload its members
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

// newToken returns a random secret for a link.
func newToken() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashToken is the stored form of a token. Tokens are long and random, so that a
// fast hash is as safe as a slow one.
func hashToken(token string) string { return hashSecret("link:" + token) }

func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func errNoInvitation() *Error {
	return ErrorIn("invitation", CodeNotFound, "This invitation is no longer valid.")
}
