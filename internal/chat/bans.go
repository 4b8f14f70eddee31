package chat

import "context"

// Remove ends another user's membership. The user may join again. Removing a user
// twice is not an error. Errors: CodeNotFound for rooms that by may not see, and on
// "user"; CodeForbidden if by may not remove that user; CodeInvalid on "user" for
// oneself.
func (r *Rooms) Remove(ctx context.Context, by User, id RoomID, target UserID) error {
	var at Access
	gone, err := r.store.RemoveMember(ctx, actOf(by, at.keep(Access.removes)), id, target)
	if err == nil {
		r.tellRemoved(ctx, by, at, gone)
	}
	return err
}

// Ban ends another user's membership, if there is one, and excludes the user from
// the room until the ban is lifted; created is false if the user is banned already.
// Errors: those of Remove.
func (r *Rooms) Ban(ctx context.Context, by User, id RoomID, target UserID) (ban Ban, created bool, err error) {
	var at Access
	ban, created, gone, err := r.store.Ban(ctx, actOf(by, at.keep(Access.removes)), NewBan{Room: id, User: target, By: by.ID, At: r.now()})
	if err != nil {
		return Ban{}, false, err
	}
	r.tellRemoved(ctx, by, at, gone)
	return ban, created, nil
}

// Unban lifts a user's ban from the room. Lifting it twice is not an error. Errors:
// CodeNotFound for rooms that by may not see; CodeForbidden if by may not change
// the room.
func (r *Rooms) Unban(ctx context.Context, by User, id RoomID, target UserID) error {
	_, _, err := r.store.Unban(ctx, actOf(by, Access.changes), id, target)
	return err
}

// Bans returns the users who are banned from the room, by username; next continues
// the list as in Users.List. Errors: those of Unban; CodeInvalid on "limit".
func (r *Rooms) Bans(ctx context.Context, by User, id RoomID, after string, limit int) (bans []Ban, next string, err error) {
	if _, err := r.changeable(ctx, by, id); err != nil {
		return nil, "", err
	}
	return listBans(ctx, r.store, r.rules.limits, r.fold, id, after, limit)
}

// changeable returns a room that the user may change.
func (r *Rooms) changeable(ctx context.Context, by User, id RoomID) (Room, error) {
	room, sub, err := r.Get(ctx, by, id)
	if err != nil {
		return Room{}, err
	}
	return room, Access{By: by, Room: room, Membership: membershipOf(sub)}.changes()
}

// tellRemoved publishes the removal or ban of the target.
func (r *Rooms) tellRemoved(ctx context.Context, by User, at Access, gone Gone) {
	r.tellGone(ctx, at.Room.ID, at.Target.ID, gone)
	if !gone.Removed {
		return
	}
	if now, err := r.store.RoomByID(context.WithoutCancel(ctx), at.Room.ID); err == nil {
		r.notify(ctx, now, at.Target, NoticeRemoved, by)
	}
}

// tellGone publishes the end of a membership, even if it had ended before, because
// the server that ended it may have died before it published.
func (c *core) tellGone(ctx context.Context, room RoomID, user UserID, gone Gone) {
	if gone.Rev != 0 {
		c.events.publish(ctx, SubscriptionGone{User: user, Rev: gone.Rev, Room: room, Reason: gone.Reason})
	}
	if gone.RoomRev != 0 {
		c.events.publish(ctx, MemberGone{Rev: gone.RoomRev, Room: room, User: user, Reason: gone.Reason})
	}
	c.tellInvitationsGone(ctx, gone.Withdrawn)
	if gone.Heir != nil {
		c.tellAppointed(ctx, *gone.Heir)
	}
}

// tellInvitationsGone publishes the end of invitations.
func (c *core) tellInvitationsGone(ctx context.Context, gone []InvitationGone) {
	for _, invitation := range gone {
		c.events.publish(ctx, invitation)
	}
}

// Ban excludes a user from the whole server until the ban is lifted, and closes all
// of the user's sockets on every node; created is false if the user is banned
// already. The user's memberships remain, for when the ban is lifted. Errors:
// CodeForbidden if by may not ban that user; CodeNotFound and, for oneself,
// CodeInvalid on "user".
func (u *Users) Ban(ctx context.Context, by User, target UserID) (ban Ban, created bool, err error) {
	ban, created, gone, err := u.store.Ban(ctx, actOf(by, Access.bansTarget), NewBan{User: target, By: by.ID, At: u.now()})
	if err != nil {
		return Ban{}, false, err
	}
	u.events.publish(ctx, UserBanned{User: target, Rev: gone.Rev}) // again if retried, in case the first event was lost
	u.tellInvitationsGone(ctx, gone.Withdrawn)
	return ban, created, nil
}

// Unban lifts a user's ban from the server. Lifting it twice is not an error.
// Errors: CodeForbidden.
func (u *Users) Unban(ctx context.Context, by User, target UserID) error {
	lifted, rev, err := u.store.Unban(ctx, actOf(by, Access.bansUsers), 0, target)
	if err != nil || !lifted {
		return err
	}
	if now, err := u.store.UserByID(context.WithoutCancel(ctx), target); err == nil {
		u.events.publish(ctx, UserPut{User: now, Rev: rev})
	}
	return nil
}

// Bans returns the users who are banned from the server, by username; next
// continues the list as in List. Errors: CodeForbidden; CodeInvalid on "limit".
func (u *Users) Bans(ctx context.Context, by User, after string, limit int) (bans []Ban, next string, err error) {
	if err := (Access{By: by}).bansUsers(); err != nil {
		return nil, "", err
	}
	return listBans(ctx, u.store, u.rules.limits, u.fold, 0, after, limit)
}

func errNoServerAdmin() *Error {
	return Errorf(CodeForbidden, "Only the server's admins may do that.")
}

func listBans(
	ctx context.Context, store BanStore, limits Limits, fold FoldName, room RoomID, after string, limit int,
) (bans []Ban, next string, err error) {
	if limit, err = limits.pageSize(limit, limits.EntriesPerPage); err != nil {
		return nil, "", err
	}
	bans, err = store.Bans(ctx, room, BanPage{After: after, Limit: limit + 1})
	if err != nil {
		return nil, "", err
	}
	if len(bans) > limit {
		bans = bans[:limit]
		next = fold(bans[limit-1].User.Username)
	}
	return bans, next, nil
}
