package chat

import (
	"context"
	"math"
)

// Subscribe makes the user a member of a public room. If the user is a member
// already, created is false. CodeNotFound for rooms that the user may not see.
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

// Unsubscribe ends the user's membership. Doing it twice is not an error. Nobody
// can leave a conversation; it is hidden from the list until its next message.
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

// SubscriptionPage is a page of a user's list of rooms.
type SubscriptionPage struct {
	Subscriptions []Subscription
	Next          string // pass it as after to continue the list; "": this is the last page
}

// listMax is the maximum number of rooms on a page of a user's list.
const listMax = 500

// SubscriptionPage returns the user's rooms by name, as many as Limits.PageBytes
// allow. CodeInvalid on "after".
func (r *Rooms) SubscriptionPage(ctx context.Context, user UserID, after string) (SubscriptionPage, error) {
	subs, next, err := r.store.SubscriptionPage(ctx, user, ListPage{
		After: after, Limit: listMax, Bytes: r.rules.limits.PageBytes,
	})
	return SubscriptionPage{Subscriptions: subs, Next: next}, err
}

// Subscriptions returns all of the user's rooms by name.
func (r *Rooms) Subscriptions(ctx context.Context, user UserID) ([]Subscription, error) {
	return r.store.Subscriptions(ctx, user)
}

// Members returns the members of a room by username; next continues the list as in
// Users.List. CodeNotFound for rooms that the viewer may not see.
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

// AnyMark is the mark of a reader who does not say which one is known: the read
// position moves in any case.
const AnyMark int64 = math.MaxInt64

// MarkRead moves the user's read position in the room forward to seq, at most to
// the head, and returns the resulting membership. Marked is the Membership.Marked
// that the reader knew, or AnyMark. If the user has marked messages as unread since,
// nothing changes: what a device has shown before the mark does not undo it. Errors: CodeInvalid on "seq";
// CodeNotFound for rooms that the user may not see; CodeForbidden for other rooms
// that the user isn't a member of.
func (r *Rooms) MarkRead(ctx context.Context, by User, id RoomID, seq, marked int64) (Membership, error) {
	if seq < 0 {
		return Membership{}, ErrorIn("seq", CodeInvalid, "The seq must not be negative.")
	}
	membership, moved, err := r.store.MoveRead(ctx, nil, id, by.ID, seq, marked)
	if CodeOf(err) == CodeNotFound {
		return Membership{}, r.notMember(ctx, by, id, "Join the room to save your read position.")
	}
	if err != nil || !moved {
		return membership, err
	}
	r.store.NoteRead(by.ID)
	// The change is durable, so that this call succeeds even if the user's other
	// devices can't be told. They learn it when they reconnect.
	r.tellSubscription(context.WithoutCancel(ctx), id, by.ID)
	return membership, nil
}

// MarkUnread makes the message of that seq, and those after it, unread for the user,
// and returns the resulting membership. Errors: CodeInvalid on "seq"; CodeNotFound
// for rooms that the user may not see; CodeForbidden for other rooms that the user
// isn't a member of.
func (r *Rooms) MarkUnread(ctx context.Context, by User, id RoomID, seq int64) (Membership, error) {
	if seq < 1 {
		return Membership{}, ErrorIn("seq", CodeInvalid, "The seq must be that of a message.")
	}
	membership, err := r.store.MarkUnread(ctx, nil, id, by.ID, seq)
	if CodeOf(err) == CodeNotFound {
		return Membership{}, r.notMember(ctx, by, id, "Join the room to mark messages as unread.")
	}
	if err != nil {
		return membership, err
	}
	r.tellSubscription(context.WithoutCancel(ctx), id, by.ID)
	return membership, nil
}
