package chat

import "context"

// Subscribe makes the user a member of a public room. Who is a member already
// gets the subscription with created false. CodeNotFound for rooms that the
// user may not see.
func (r *Rooms) Subscribe(ctx context.Context, by User, id RoomID) (sub Subscription, created bool, err error) {
	sub, err = r.store.Subscription(ctx, id, by.ID)
	if CodeOf(err) != CodeNotFound {
		return sub, false, err
	}
	sub, created, err = r.store.Subscribe(ctx, actOf(by, Access.subscribes), id, by.ID, RoleMember, r.now())
	if err != nil {
		return Subscription{}, false, err
	}
	if created {
		r.events.publish(ctx, subscriptionPut(by.ID, sub), memberPut(by, sub))
		r.notify(ctx, sub.Room, by, NoticeJoined, by)
	}
	return sub, created, nil
}

// Unsubscribe ends the user's membership; to do so twice is no error. From a
// conversation nobody can part: it leaves the list until the next message.
// CodeNotFound for rooms that the user may not see.
func (r *Rooms) Unsubscribe(ctx context.Context, by User, id RoomID) error {
	membership, err := r.store.Membership(ctx, id, by.ID)
	if err == nil && membership.Peer != 0 {
		return r.hide(ctx, by, id)
	}
	gone, err := r.store.Unsubscribe(ctx, nil, id, by.ID)
	if err != nil {
		return err
	}
	if !gone.Removed {
		_, err := r.seen(ctx, by, id)
		return err
	}
	r.tellGone(ctx, id, by.ID, gone)
	if room, err := r.store.RoomByID(context.WithoutCancel(ctx), id); err == nil {
		r.notify(ctx, room, by, NoticeLeft, by)
	}
	return nil
}

// SubscriptionPage is part of a user's list of rooms.
type SubscriptionPage struct {
	Subscriptions []Subscription
	Next          string // given as after it continues the list; "" says that it is over
}

// listMax is how many rooms a page of a user's list has at most.
const listMax = 500

// SubscriptionPage gives the rooms of the user by name, as many as
// Limits.PageBytes allow. CodeInvalid on "after".
func (r *Rooms) SubscriptionPage(ctx context.Context, user UserID, after string) (SubscriptionPage, error) {
	subs, next, err := r.store.SubscriptionPage(ctx, user, ListPage{
		After: after, Limit: listMax, Bytes: r.rules.limits.PageBytes,
	})
	return SubscriptionPage{Subscriptions: subs, Next: next}, err
}

// Subscriptions gives all rooms of the user, by name.
func (r *Rooms) Subscriptions(ctx context.Context, user UserID) ([]Subscription, error) {
	return r.store.Subscriptions(ctx, user)
}

// Members gives the members of a room by username; next continues the list as
// in Users.List. CodeNotFound for rooms that the viewer may not see.
func (r *Rooms) Members(ctx context.Context, viewer User, id RoomID, after string, limit int) (members []Member, next string, err error) {
	if limit, err = r.rules.limits.pageSize(limit, r.rules.limits.EntriesPerPage); err != nil {
		return nil, "", err
	}
	if _, err := r.seen(ctx, viewer, id); err != nil {
		return nil, "", err
	}
	members, err = r.store.Members(ctx, id, MemberPage{After: after, Limit: limit + 1})
	if err != nil {
		return nil, "", err
	}
	if len(members) > limit {
		members = members[:limit]
		next = r.fold(members[limit-1].User.Username)
	}
	return members, next, nil
}

// MarkRead moves the user's read position in the room forward to seq, at most
// to the head, and gives the membership after it. Errors: CodeInvalid on
// "seq"; CodeNotFound for rooms that the user may not see; CodeForbidden for
// others that the user is no member of.
func (r *Rooms) MarkRead(ctx context.Context, by User, id RoomID, seq int64) (Membership, error) {
	if seq < 0 {
		return Membership{}, ErrorIn("seq", CodeInvalid, "The seq must not be negative.")
	}
	membership, moved, err := r.store.MoveRead(ctx, nil, id, by.ID, seq)
	if CodeOf(err) == CodeNotFound {
		return Membership{}, r.notMember(ctx, by, id, "Join the room to save your read position.")
	}
	if err != nil || !moved {
		return membership, err
	}
	// The position has moved for good; that the other devices cannot be told
	// is no failure of this call. They learn it when they connect again.
	r.tellSubscription(context.WithoutCancel(ctx), id, by.ID)
	return membership, nil
}
