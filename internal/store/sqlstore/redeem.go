package sqlstore

import (
	"context"

	"partychat/internal/chat"
)

// Redeem is specified by chat.InvitationStore.
func (s invitationStore) Redeem(
	ctx context.Context, act *chat.Act, user chat.UserID, r chat.Redemption,
) (sub chat.Subscription, created bool, used []chat.InvitationGone, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		_, err := s.allow(tx, act, object{})
		if err != nil {
			return err
		}
		sub, created, used, err = s.redeem(tx, user, r)
		return err
	})
	if err != nil {
		return chat.Subscription{}, false, nil, err
	}
	return sub, created, used, nil
}

// redeem is Redeem as a part of a transaction.
func (c *Core) redeem(
	tx Tx, user chat.UserID, r chat.Redemption,
) (sub chat.Subscription, created bool, used []chat.InvitationGone, err error) {
	i, room, err := c.redeemable(tx, user, r)
	if err != nil {
		return chat.Subscription{}, false, nil, err
	}
	sub, err = c.subscription(tx, room, user)
	if err == nil && sub.Membership.Hidden {
		if err = c.show(tx, room, user); err == nil {
			sub, err = c.subscription(tx, room, user)
		}
	}
	if chat.CodeOf(err) != chat.CodeNotFound {
		return sub, false, nil, err
	}
	n, err := tx.Exec(c.sql.UseInvitation, i.ID)
	if err == nil && n == 0 {
		err = noInvitation()
	}
	if err == nil {
		err = c.letIn(tx, user, i, room, r)
	}
	if err == nil && i.ForUser != 0 && i.Uses == 0 {
		used, err = c.streams.InvitationsGone(tx, []chat.InvitationGone{{User: user, ID: i.ID}})
	}
	if err != nil {
		return chat.Subscription{}, false, nil, err
	}
	sub, err = c.subscription(tx, room, user)
	return sub, true, used, err
}

// redeemable reads the invitation, and the room that it leads the user into. It fails
// if the invitation is not for the user.
func (c *Core) redeemable(tx Tx, user chat.UserID, r chat.Redemption) (i chat.Invitation, room chat.RoomID, err error) {
	if r.ID != 0 {
		i, err = invitation(tx, c.sql.LockInvitationForUser, r.ID, Millis(r.At), user)
	} else {
		i, err = invitation(tx, c.sql.LockInvitationByToken, r.TokenHash, Millis(r.At))
	}
	if err == nil && (i.ForUser != 0 && i.ForUser != user || i.Room == 0 && i.By.ID == user) {
		err = noInvitation()
	}
	if err != nil || i.Room != 0 {
		return i, i.Room, err
	}
	found, err := tx.Row(c.sql.Conversation, []any{user, i.By.ID}, (*int64)(&room))
	if err == nil && !found {
		room = r.Room
	}
	return i, room, err
}

// letIn makes the user a member, who was none a moment ago.
func (c *Core) letIn(tx Tx, user chat.UserID, i chat.Invitation, room chat.RoomID, r chat.Redemption) error {
	if i.Room != 0 {
		added, err := c.subscribe(tx, room, user, chat.RoleMember, r.At)
		if err == nil && !added {
			return ErrAgain // joined another way; then no use is taken
		}
		return err
	}
	opening := chat.NewConversation{Room: room, By: user, With: i.By.ID, CreatedAt: r.At}
	if _, _, err := c.openConversation(tx, opening); err != nil {
		return err
	}
	return c.show(tx, room, i.By.ID) // the link's creator shall see that it was used
}
