package chat

import (
	"context"
	"time"
)

// NewConversation is a room for two about to be found or stored.
type NewConversation struct {
	Room      RoomID // if it is not there yet
	By        UserID // who opens it
	With      UserID // another one
	CreatedAt time.Time
}

// ConversationStore keeps the rooms of kind RoomDirect.
type ConversationStore interface {
	// OpenConversation gives the one room of the two, from the side of By. If
	// there is none it is stored with both as its members, in one durable
	// transaction; two that open it at the same moment get the same one, and
	// created is true for one of them only. From then on it is in the list of
	// By; it comes into that of With by its first message. It fails with
	// CodeNotFound on the field "user" if there is no such user.
	OpenConversation(ctx context.Context, act *Act, c NewConversation) (sub Subscription, created bool, err error)
	// HideConversation takes the room out of the user's list until its next
	// message, durably; Removed tells whether it was in it.
	HideConversation(ctx context.Context, act *Act, room RoomID, user UserID) (Gone, error)
}

// Converse opens the one-to-one conversation with another user, made if there
// is none. Errors: CodeInvalid on "user" for oneself; CodeNotFound on "user";
// CodeForbidden for guests.
func (r *Rooms) Converse(ctx context.Context, by User, with UserID) (sub Subscription, created bool, err error) {
	return r.converse(ctx, by, with, Access.converses)
}

// converse is Converse for whom may allows it.
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

// hide takes a conversation out of the user's list.
func (r *Rooms) hide(ctx context.Context, by User, id RoomID) error {
	gone, err := r.store.HideConversation(ctx, nil, id, by.ID)
	if err == nil {
		r.tellGone(ctx, id, by.ID, gone)
	}
	return err
}

// tellSubscription tells a user's devices of a room as it is now. What cannot
// be read now they learn when they connect again.
func (c *core) tellSubscription(ctx context.Context, room RoomID, user UserID) {
	sub, err := c.store.Subscription(ctx, room, user)
	if err == nil {
		c.events.publish(ctx, subscriptionPut(user, sub))
	}
}

// subscriptionPut tells a user of a room as it is since the subscription's rev.
func subscriptionPut(user UserID, sub Subscription) SubscriptionPut {
	return SubscriptionPut{User: user, Rev: sub.Membership.Rev, Subscription: sub}
}

// memberPut tells a room of a member who came, or got another role, at that rev.
func memberPut(user User, sub Subscription) MemberPut {
	return MemberPut{Rev: sub.Membership.RoomRev, Room: sub.ID, Member: Member{User: user, Role: sub.Membership.Role}}
}

// tellNewMember tells a room of a user who has come in as it was created.
func (c *core) tellNewMember(ctx context.Context, room RoomID, user User) {
	membership, err := c.store.Membership(context.WithoutCancel(ctx), room, user.ID)
	if err == nil {
		c.events.publish(ctx, MemberPut{
			Rev: membership.RoomRev, Room: room, Member: Member{User: user, Role: membership.Role},
		})
	}
}
