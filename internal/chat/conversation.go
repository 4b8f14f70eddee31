package chat

import (
	"context"
	"time"
)

// NewConversation describes a conversation to find or create.
type NewConversation struct {
	Room      RoomID // used if it doesn't exist yet
	By        UserID // the user who opens it
	With      UserID // the other user
	CreatedAt time.Time
}

// ConversationStore stores rooms of kind RoomDirect.
type ConversationStore interface {
	// OpenConversation returns the only conversation of the two users, as a
	// subscription of By. If there is none, it creates it with both as members, in
	// one durable transaction. If both open it concurrently, they get the same one,
	// and created is true for only one of them. The conversation is in the list of
	// By from then on, and in the list of With from its first message on. It fails
	// with CodeNotFound on the field "user" if there is no such user.
	OpenConversation(ctx context.Context, act *Act, c NewConversation) (sub Subscription, created bool, err error)
	// HideConversation removes the room from the user's list until its next
	// message, durably. Removed is false if it wasn't in the list.
	HideConversation(ctx context.Context, act *Act, room RoomID, user UserID) (Gone, error)
	// ConversationsWith returns the rooms of the user's conversations with any of the
	// others, listed or not.
	ConversationsWith(ctx context.Context, user UserID, others []UserID) ([]RoomID, error)
}

// Converse opens the conversation with another user, and creates it if necessary.
// Errors: CodeInvalid on "user" for oneself; CodeNotFound on "user"; CodeForbidden
// for guests.
func (r *Rooms) Converse(ctx context.Context, by User, with UserID) (sub Subscription, created bool, err error) {
	return r.converse(ctx, by, with, Access.converses)
}

// converse is Converse with its own permission check.
func (c *core) converse(
	ctx context.Context, by User, with UserID, may func(Access) error,
) (sub Subscription, created bool, err error) {
	if by.ID == with {
		return Subscription{}, false, ErrorIn("user", CodeInvalid, "You cannot start a conversation with yourself.")
	}
	sub, created, err = c.store.OpenConversation(ctx, actOf(by, may), NewConversation{
		Room: RoomID(newID()), By: by.ID, With: with, CreatedAt: c.now(),
	})
	if err != nil {
		return Subscription{}, false, err
	}
	c.events.publish(ctx, subscriptionPut(by.ID, sub))
	return sub, created, nil
}

// hide removes a conversation from the user's list.
func (r *Rooms) hide(ctx context.Context, by User, id RoomID) error {
	gone, err := r.store.HideConversation(ctx, nil, id, by.ID)
	if err == nil {
		r.tellGone(ctx, id, by.ID, gone)
	}
	return err
}

// tellSubscription publishes a room's present state to a user's devices. If it
// can't be read now, they learn it when they reconnect.
func (c *core) tellSubscription(ctx context.Context, room RoomID, user UserID) {
	sub, err := c.store.Subscription(ctx, room, user)
	if err == nil {
		c.events.publish(ctx, subscriptionPut(user, sub))
	}
}

// subscriptionPut returns the event for a subscription at its rev.
func subscriptionPut(user UserID, sub Subscription) SubscriptionPut {
	return SubscriptionPut{User: user, Rev: sub.Membership.Rev, Subscription: sub}
}

// memberPut returns the event for a member who has joined, or whose role has
// changed, at that rev.
func memberPut(user User, sub Subscription) MemberPut {
	return MemberPut{Rev: sub.Membership.RoomRev, Room: sub.ID, Member: Member{User: user, Role: sub.Membership.Role}}
}

// tellNewMember publishes the membership of a user who was created together with
// it.
func (c *core) tellNewMember(ctx context.Context, room RoomID, user User) {
	membership, err := c.store.Membership(context.WithoutCancel(ctx), room, user.ID)
	if err == nil {
		c.events.publish(ctx, MemberPut{
			Rev: membership.RoomRev, Room: room, Member: Member{User: user, Role: membership.Role},
		})
	}
}
