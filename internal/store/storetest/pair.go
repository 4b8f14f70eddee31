package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"partychat/internal/chat"
)

// Pair gives two stores of the same data as one that asks the one and the other
// by turns, as if a balancer stood before two servers: what holds of a store must
// hold of it too.
func Pair(a, b chat.Store) chat.Store {
	t := &turns{stores: [2]chat.Store{a, b}}
	return &pair{
		turns:               t,
		pairedUsers:         pairedUsers{t},
		pairedCredentials:   pairedCredentials{t},
		pairedAccounts:      pairedAccounts{t},
		pairedSessions:      pairedSessions{t},
		pairedRooms:         pairedRooms{t},
		pairedRoomAdmin:     pairedRoomAdmin{t},
		pairedMemberships:   pairedMemberships{t},
		pairedConversations: pairedConversations{t},
		pairedInvitations:   pairedInvitations{t},
		pairedBans:          pairedBans{t},
		pairedMessages:      pairedMessages{t},
		pairedMentions:      pairedMentions{t},
		pairedMarks:         pairedMarks{t},
		pairedStreams:       pairedStreams{t},
		pairedSettings:      pairedSettings{t},
		pairedSearch:        pairedSearch{t},
		pairedFiles:         pairedFiles{t},
		pairedJobs:          pairedJobs{t},
		pairedPushes:        pairedPushes{t},
		pairedTrail:         pairedTrail{t},
	}
}

type pair struct {
	*turns
	pairedUsers
	pairedCredentials
	pairedAccounts
	pairedSessions
	pairedRooms
	pairedRoomAdmin
	pairedMemberships
	pairedConversations
	pairedInvitations
	pairedBans
	pairedMessages
	pairedMentions
	pairedMarks
	pairedStreams
	pairedSettings
	pairedSearch
	pairedFiles
	pairedJobs
	pairedPushes
	pairedTrail
}

// The parts of a pair, as chat.Store is composed.
type (
	pairedUsers         struct{ *turns }
	pairedCredentials   struct{ *turns }
	pairedAccounts      struct{ *turns }
	pairedSessions      struct{ *turns }
	pairedRooms         struct{ *turns }
	pairedMemberships   struct{ *turns }
	pairedConversations struct{ *turns }
	pairedInvitations   struct{ *turns }
	pairedBans          struct{ *turns }
	pairedMessages      struct{ *turns }
	pairedMentions      struct{ *turns }
	pairedMarks         struct{ *turns }
	pairedStreams       struct{ *turns }
	pairedSettings      struct{ *turns }
	pairedFiles         struct{ *turns }
)

// turns gives the two stores by turns.
type turns struct {
	stores [2]chat.Store
	calls  atomic.Uint64
}

func (p *turns) next() chat.Store { return p.stores[p.calls.Add(1)%2] }

// CreateUser asks one of the two.
func (p pairedUsers) CreateUser(ctx context.Context, user chat.NewUser) (chat.User, error) {
	return p.next().CreateUser(ctx, user)
}

// UserByID asks one of the two.
func (p pairedUsers) UserByID(ctx context.Context, id chat.UserID) (chat.User, error) {
	return p.next().UserByID(ctx, id)
}

// Credentials asks one of the two.
func (p pairedCredentials) Credentials(ctx context.Context, foldedName string) (chat.User, string, error) {
	return p.next().Credentials(ctx, foldedName)
}

// PromoteGuest asks one of the two.
func (p pairedUsers) PromoteGuest(
	ctx context.Context, id chat.UserID, passwordHash string, room chat.RoomID, at time.Time,
) (chat.User, int64, *chat.Subscription, error) {
	return p.next().PromoteGuest(ctx, id, passwordHash, room, at)
}

// PublicRoomNamed asks one of the two.
func (p pairedRooms) PublicRoomNamed(ctx context.Context, foldedName string) (chat.Room, error) {
	return p.next().PublicRoomNamed(ctx, foldedName)
}

// SetPasswordHash asks one of the two.
func (p pairedCredentials) SetPasswordHash(ctx context.Context, id chat.UserID, before, hash string) (bool, error) {
	return p.next().SetPasswordHash(ctx, id, before, hash)
}

// HasAdmin asks one of the two.
func (p pairedAccounts) HasAdmin(ctx context.Context) (bool, error) { return p.next().HasAdmin(ctx) }

// AddSetupLink asks one of the two.
func (p pairedAccounts) AddSetupLink(ctx context.Context, hash string, at time.Time) error {
	return p.next().AddSetupLink(ctx, hash, at)
}

// HasSetupLink asks one of the two.
func (p pairedAccounts) HasSetupLink(ctx context.Context, hash string, at time.Time) (bool, error) {
	return p.next().HasSetupLink(ctx, hash, at)
}

// SetRole asks one of the two.
func (p pairedAccounts) SetRole(ctx context.Context, id chat.UserID, role chat.Role) (chat.User, bool, error) {
	return p.next().SetRole(ctx, id, role)
}

// ResetPassword asks one of the two.
func (p pairedAccounts) ResetPassword(ctx context.Context, id chat.UserID, hash string) error {
	return p.next().ResetPassword(ctx, id, hash)
}

// AccountChanges asks one of the two.
func (p pairedAccounts) AccountChanges(ctx context.Context) ([]chat.AccountChange, error) {
	return p.next().AccountChanges(ctx)
}

// AccountChangeDone asks one of the two.
func (p pairedAccounts) AccountChangeDone(ctx context.Context, id int64) error {
	return p.next().AccountChangeDone(ctx, id)
}

// GuestDevice asks one of the two.
func (p pairedCredentials) GuestDevice(ctx context.Context, id chat.UserID) (string, error) {
	return p.next().GuestDevice(ctx, id)
}

// SetGuestDevice asks one of the two.
func (p pairedCredentials) SetGuestDevice(ctx context.Context, id chat.UserID, hash string) error {
	return p.next().SetGuestDevice(ctx, id, hash)
}

// RemoveMember asks one of the two.
func (p pairedBans) RemoveMember(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (chat.Gone, error) {
	return p.next().RemoveMember(ctx, act, room, user)
}

// Ban asks one of the two.
func (p pairedBans) Ban(ctx context.Context, act *chat.Act, ban chat.NewBan) (stored chat.Ban, created bool, gone chat.Gone, err error) {
	return p.next().Ban(ctx, act, ban)
}

// Unban asks one of the two.
func (p pairedBans) Unban(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (bool, int64, error) {
	return p.next().Unban(ctx, act, room, user)
}

// IsBanned asks one of the two.
func (p pairedBans) IsBanned(ctx context.Context, room chat.RoomID, user chat.UserID) (bool, error) {
	return p.next().IsBanned(ctx, room, user)
}

// Bans asks one of the two.
func (p pairedBans) Bans(ctx context.Context, room chat.RoomID, page chat.BanPage) ([]chat.Ban, error) {
	return p.next().Bans(ctx, room, page)
}

// SearchUsers asks one of the two.
func (p pairedUsers) SearchUsers(ctx context.Context, search chat.UserSearch) ([]chat.FoundUser, error) {
	return p.next().SearchUsers(ctx, search)
}

// UsersByID asks one of the two.
func (p pairedUsers) UsersByID(ctx context.Context, ids []chat.UserID) ([]chat.User, error) {
	return p.next().UsersByID(ctx, ids)
}

// SharesRoom asks one of the two.
func (p pairedUsers) SharesRoom(ctx context.Context, a, b chat.UserID) (bool, error) {
	return p.next().SharesRoom(ctx, a, b)
}

// PutSession asks one of the two.
func (p pairedSessions) PutSession(ctx context.Context, session chat.Session) error {
	return p.next().PutSession(ctx, session)
}

// SessionByID asks one of the two.
func (p pairedSessions) SessionByID(ctx context.Context, id string, now time.Time) (chat.Session, error) {
	return p.next().SessionByID(ctx, id, now)
}

// SessionUser asks one of the two.
func (p pairedSessions) SessionUser(ctx context.Context, id string, now time.Time) (chat.SessionUser, error) {
	return p.next().SessionUser(ctx, id, now)
}

// SessionsOfUser asks one of the two.
func (p pairedSessions) SessionsOfUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Session, error) {
	return p.next().SessionsOfUser(ctx, user, now)
}

// StoredSessions asks one of the two.
func (p pairedSessions) StoredSessions(ctx context.Context, ids []string) ([]chat.Session, error) {
	return p.next().StoredSessions(ctx, ids)
}

// TouchSessions asks one of the two.
func (p pairedSessions) TouchSessions(ctx context.Context, ids []string, there, seen, expiresAt time.Time) error {
	return p.next().TouchSessions(ctx, ids, there, seen, expiresAt)
}

// DeleteSession asks one of the two.
func (p pairedSessions) DeleteSession(ctx context.Context, id string) error {
	return p.next().DeleteSession(ctx, id)
}

// DeleteExpiredSessions asks one of the two.
func (p pairedSessions) DeleteExpiredSessions(ctx context.Context, now time.Time) ([]chat.Session, error) {
	return p.next().DeleteExpiredSessions(ctx, now)
}

// CreateRoom asks one of the two.
func (p pairedRooms) CreateRoom(ctx context.Context, act *chat.Act, room chat.NewRoom) (chat.Subscription, error) {
	return p.next().CreateRoom(ctx, act, room)
}

// RoomByID asks one of the two.
func (p pairedRooms) RoomByID(ctx context.Context, id chat.RoomID) (chat.Room, error) {
	return p.next().RoomByID(ctx, id)
}

// RoomsByID asks one of the two.
func (p pairedRooms) RoomsByID(ctx context.Context, ids []chat.RoomID) ([]chat.Room, error) {
	return p.next().RoomsByID(ctx, ids)
}

// Heads asks one of the two.
func (p pairedRooms) Heads(ctx context.Context, rooms []chat.RoomID) ([]chat.Head, error) {
	return p.next().Heads(ctx, rooms)
}

// ChangeRoom asks one of the two.
func (p pairedRooms) ChangeRoom(ctx context.Context, act *chat.Act, id chat.RoomID, change chat.RoomChange) (chat.Room, bool, error) {
	return p.next().ChangeRoom(ctx, act, id, change)
}

// SearchPublicRooms asks one of the two.
func (p pairedRooms) SearchPublicRooms(ctx context.Context, search chat.RoomSearch) ([]chat.FoundRoom, error) {
	return p.next().SearchPublicRooms(ctx, search)
}

// Subscribe asks one of the two.
func (p pairedMemberships) Subscribe(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, role chat.Role, at time.Time,
) (chat.Subscription, bool, error) {
	return p.next().Subscribe(ctx, act, room, user, role, at)
}

// Unsubscribe asks one of the two.
func (p pairedMemberships) Unsubscribe(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (chat.Gone, error) {
	return p.next().Unsubscribe(ctx, act, room, user)
}

// Membership asks one of the two.
func (p pairedMemberships) Membership(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Membership, error) {
	return p.next().Membership(ctx, room, user)
}

// Subscriptions asks one of the two.
func (p pairedMemberships) Subscriptions(ctx context.Context, user chat.UserID) ([]chat.Subscription, error) {
	return p.next().Subscriptions(ctx, user)
}

// SubscriptionPage asks one of the two.
func (p pairedMemberships) SubscriptionPage(ctx context.Context, user chat.UserID, page chat.ListPage) ([]chat.Subscription, string, error) {
	return p.next().SubscriptionPage(ctx, user, page)
}

// Subscription asks one of the two.
func (p pairedMemberships) Subscription(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Subscription, error) {
	return p.next().Subscription(ctx, room, user)
}

// Members asks one of the two.
func (p pairedMemberships) Members(ctx context.Context, room chat.RoomID, page chat.MemberPage) ([]chat.Member, error) {
	return p.next().Members(ctx, room, page)
}

// MoveRead asks one of the two.
func (p pairedMemberships) MoveRead(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, seq, marked int64,
) (chat.Membership, bool, error) {
	return p.next().MoveRead(ctx, act, room, user, seq, marked)
}

// MarkUnread asks one of the two.
func (p pairedMemberships) MarkUnread(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, seq int64,
) (chat.Membership, error) {
	return p.next().MarkUnread(ctx, act, room, user, seq)
}

// OpenConversation asks one of the two.
func (p pairedConversations) OpenConversation(ctx context.Context, act *chat.Act, c chat.NewConversation) (chat.Subscription, bool, error) {
	return p.next().OpenConversation(ctx, act, c)
}

// HideConversation asks one of the two.
func (p pairedConversations) HideConversation(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (chat.Gone, error) {
	return p.next().HideConversation(ctx, act, room, user)
}

// CreateInvitation asks one of the two.
func (p pairedInvitations) CreateInvitation(ctx context.Context, act *chat.Act, i chat.NewInvitation) (chat.Invitation, []chat.InvitationGone, error) {
	return p.next().CreateInvitation(ctx, act, i)
}

// InvitationByToken asks one of the two.
func (p pairedInvitations) InvitationByToken(ctx context.Context, tokenHash string, now time.Time) (chat.Invitation, error) {
	return p.next().InvitationByToken(ctx, tokenHash, now)
}

// InvitationByID asks one of the two.
func (p pairedInvitations) InvitationByID(ctx context.Context, id chat.InvitationID, now time.Time) (chat.Invitation, error) {
	return p.next().InvitationByID(ctx, id, now)
}

// InvitationsOfRoom asks one of the two.
func (p pairedInvitations) InvitationsOfRoom(ctx context.Context, room chat.RoomID, now time.Time) ([]chat.Invitation, error) {
	return p.next().InvitationsOfRoom(ctx, room, now)
}

// InvitationsToUser asks one of the two.
func (p pairedInvitations) InvitationsToUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Invitation, error) {
	return p.next().InvitationsToUser(ctx, user, now)
}

// PendingInvitations asks one of the two.
func (p pairedInvitations) PendingInvitations(ctx context.Context, user chat.UserID, now time.Time, limit int) ([]chat.Invitation, error) {
	return p.next().PendingInvitations(ctx, user, now, limit)
}

// DeleteInvitation asks one of the two.
func (p pairedInvitations) DeleteInvitation(ctx context.Context, act *chat.Act, id chat.InvitationID) ([]chat.InvitationGone, error) {
	return p.next().DeleteInvitation(ctx, act, id)
}

// Redeem asks one of the two.
func (p pairedInvitations) Redeem(ctx context.Context, act *chat.Act, user chat.UserID, r chat.Redemption) (chat.Subscription, bool, []chat.InvitationGone, error) {
	return p.next().Redeem(ctx, act, user, r)
}

// Close closes both.
func (p *pair) Close() error { return errors.Join(p.stores[0].Close(), p.stores[1].Close()) }
