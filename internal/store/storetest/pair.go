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
func Pair(a, b chat.Store) chat.Store { return &pair{stores: [2]chat.Store{a, b}} }

type pair struct {
	stores [2]chat.Store
	calls  atomic.Uint64
}

func (p *pair) next() chat.Store { return p.stores[p.calls.Add(1)%2] }

func (p *pair) CreateUser(ctx context.Context, user chat.NewUser) (chat.User, error) {
	return p.next().CreateUser(ctx, user)
}

func (p *pair) UserByID(ctx context.Context, id chat.UserID) (chat.User, error) {
	return p.next().UserByID(ctx, id)
}

func (p *pair) Credentials(ctx context.Context, foldedName string) (chat.User, string, error) {
	return p.next().Credentials(ctx, foldedName)
}

func (p *pair) PromoteGuest(
	ctx context.Context, id chat.UserID, passwordHash string, room chat.RoomID, at time.Time,
) (chat.User, chat.Subscription, error) {
	return p.next().PromoteGuest(ctx, id, passwordHash, room, at)
}

func (p *pair) SearchUsers(ctx context.Context, search chat.UserSearch) ([]chat.FoundUser, error) {
	return p.next().SearchUsers(ctx, search)
}

func (p *pair) UsersByID(ctx context.Context, ids []chat.UserID) ([]chat.User, error) {
	return p.next().UsersByID(ctx, ids)
}

func (p *pair) SharesRoom(ctx context.Context, a, b chat.UserID) (bool, error) {
	return p.next().SharesRoom(ctx, a, b)
}

func (p *pair) PutSession(ctx context.Context, session chat.Session) error {
	return p.next().PutSession(ctx, session)
}

func (p *pair) SessionByID(ctx context.Context, id string, now time.Time) (chat.Session, error) {
	return p.next().SessionByID(ctx, id, now)
}

func (p *pair) SessionsOfUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Session, error) {
	return p.next().SessionsOfUser(ctx, user, now)
}

func (p *pair) TouchSessions(ctx context.Context, ids []string, now, expiresAt time.Time) error {
	return p.next().TouchSessions(ctx, ids, now, expiresAt)
}

func (p *pair) DeleteSession(ctx context.Context, id string) error {
	return p.next().DeleteSession(ctx, id)
}

func (p *pair) DeleteExpiredSessions(ctx context.Context, now time.Time) ([]chat.Session, error) {
	return p.next().DeleteExpiredSessions(ctx, now)
}

func (p *pair) CreateRoom(ctx context.Context, room chat.NewRoom) (chat.Subscription, error) {
	return p.next().CreateRoom(ctx, room)
}

func (p *pair) RoomByID(ctx context.Context, id chat.RoomID) (chat.Room, error) {
	return p.next().RoomByID(ctx, id)
}

func (p *pair) Heads(ctx context.Context, rooms []chat.RoomID) ([]chat.Head, error) {
	return p.next().Heads(ctx, rooms)
}

func (p *pair) ChangeRoom(ctx context.Context, id chat.RoomID, change chat.RoomChange) (chat.Room, error) {
	return p.next().ChangeRoom(ctx, id, change)
}

func (p *pair) SearchPublicRooms(ctx context.Context, search chat.RoomSearch) ([]chat.FoundRoom, error) {
	return p.next().SearchPublicRooms(ctx, search)
}

func (p *pair) Subscribe(
	ctx context.Context, room chat.RoomID, user chat.UserID, role chat.Role, at time.Time,
) (chat.Subscription, bool, error) {
	return p.next().Subscribe(ctx, room, user, role, at)
}

func (p *pair) Unsubscribe(ctx context.Context, room chat.RoomID, user chat.UserID) (bool, error) {
	return p.next().Unsubscribe(ctx, room, user)
}

func (p *pair) Membership(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Membership, error) {
	return p.next().Membership(ctx, room, user)
}

func (p *pair) Subscriptions(ctx context.Context, user chat.UserID) ([]chat.Subscription, error) {
	return p.next().Subscriptions(ctx, user)
}

func (p *pair) Subscription(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Subscription, error) {
	return p.next().Subscription(ctx, room, user)
}

func (p *pair) Members(ctx context.Context, room chat.RoomID, page chat.MemberPage) ([]chat.Member, error) {
	return p.next().Members(ctx, room, page)
}

func (p *pair) MoveRead(
	ctx context.Context, room chat.RoomID, user chat.UserID, seq int64,
) (chat.Membership, bool, error) {
	return p.next().MoveRead(ctx, room, user, seq)
}

func (p *pair) OpenConversation(ctx context.Context, c chat.NewConversation) (chat.Subscription, bool, error) {
	return p.next().OpenConversation(ctx, c)
}

func (p *pair) HideConversation(ctx context.Context, room chat.RoomID, user chat.UserID) (bool, error) {
	return p.next().HideConversation(ctx, room, user)
}

func (p *pair) CreateInvitation(ctx context.Context, i chat.NewInvitation) (chat.Invitation, error) {
	return p.next().CreateInvitation(ctx, i)
}

func (p *pair) InvitationByToken(ctx context.Context, tokenHash string, now time.Time) (chat.Invitation, error) {
	return p.next().InvitationByToken(ctx, tokenHash, now)
}

func (p *pair) InvitationByID(ctx context.Context, id chat.InvitationID, now time.Time) (chat.Invitation, error) {
	return p.next().InvitationByID(ctx, id, now)
}

func (p *pair) InvitationsOfRoom(ctx context.Context, room chat.RoomID, now time.Time) ([]chat.Invitation, error) {
	return p.next().InvitationsOfRoom(ctx, room, now)
}

func (p *pair) InvitationsToUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Invitation, error) {
	return p.next().InvitationsToUser(ctx, user, now)
}

func (p *pair) DeleteInvitation(ctx context.Context, id chat.InvitationID) error {
	return p.next().DeleteInvitation(ctx, id)
}

func (p *pair) Redeem(ctx context.Context, user chat.UserID, r chat.Redemption) (chat.Subscription, bool, error) {
	return p.next().Redeem(ctx, user, r)
}

func (p *pair) AppendMessage(ctx context.Context, m chat.NewMessage) (chat.Message, bool, error) {
	return p.next().AppendMessage(ctx, m)
}

func (p *pair) MessageByClientID(
	ctx context.Context, room chat.RoomID, author chat.UserID, clientID string,
) (chat.Message, error) {
	return p.next().MessageByClientID(ctx, room, author, clientID)
}

func (p *pair) Message(ctx context.Context, room chat.RoomID, seq int64) (chat.Message, error) {
	return p.next().Message(ctx, room, seq)
}

func (p *pair) EditMessage(
	ctx context.Context, room chat.RoomID, seq int64, body string, at time.Time,
) (chat.Message, bool, error) {
	return p.next().EditMessage(ctx, room, seq, body, at)
}

func (p *pair) DeleteMessage(ctx context.Context, room chat.RoomID, seq int64) (chat.Message, bool, error) {
	return p.next().DeleteMessage(ctx, room, seq)
}

func (p *pair) Messages(ctx context.Context, room chat.RoomID, page chat.MessagePage) (chat.Page, error) {
	return p.next().Messages(ctx, room, page)
}

func (p *pair) ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit int) (chat.Changes, error) {
	return p.next().ChangesSince(ctx, room, rev, limit)
}

func (p *pair) Ping(ctx context.Context) error { return p.next().Ping(ctx) }

func (p *pair) Close() error { return errors.Join(p.stores[0].Close(), p.stores[1].Close()) }
