package chat

import "context"

// Remove ends the membership of another user, who may come back as anybody
// else may; to do so twice is no error. Errors: CodeNotFound for rooms that the
// remover may not see, and on "user"; CodeForbidden for who may not remove that
// user; CodeInvalid on "user" for oneself.
func (r *Rooms) Remove(ctx context.Context, by User, id RoomID, target UserID) error {
	room, user, err := r.removable(ctx, by, id, target)
	if err != nil {
		return err
	}
	removed, err := r.store.RemoveMember(ctx, id, target)
	switch {
	case err != nil:
		return err
	case removed:
		r.tellRemoved(ctx, by, room, user, GoneRemoved)
	default: // again, in case that the first event was lost
		r.events.publish(ctx, SubscriptionGone{User: target, Room: id, Reason: GoneRemoved})
	}
	return nil
}

// Ban ends the membership of another user, if there is one, and keeps the user
// out of the room until the ban is lifted; created is false if that is so
// already. Errors: those of Remove.
func (r *Rooms) Ban(ctx context.Context, by User, id RoomID, target UserID) (ban Ban, created bool, err error) {
	room, user, err := r.removable(ctx, by, id, target)
	if err != nil {
		return Ban{}, false, err
	}
	ban, created, removed, err := r.store.Ban(ctx, NewBan{Room: id, User: target, By: by.ID, At: r.now()})
	switch {
	case err != nil:
		return Ban{}, false, err
	case removed:
		r.tellRemoved(ctx, by, room, user, GoneBanned)
	default: // who looks into a public room must stop to; again too, in case that the first event was lost
		r.events.publish(ctx,
			SubscriptionGone{User: target, Room: id, Reason: GoneBanned},
			Barred{Room: id, User: target})
	}
	return ban, created, nil
}

// Unban lets a user in again who was banned from the room; to do so twice is no
// error. Errors: CodeNotFound for rooms that the asker may not see;
// CodeForbidden for who may not change the room.
func (r *Rooms) Unban(ctx context.Context, by User, id RoomID, target UserID) error {
	if _, _, err := r.changeable(ctx, by, id); err != nil {
		return err
	}
	_, err := r.store.Unban(ctx, id, target)
	return err
}

// Bans gives those who are banned from the room, by username; next continues
// the list as in Users.List. Errors: those of Unban; CodeInvalid on "limit".
func (r *Rooms) Bans(ctx context.Context, by User, id RoomID, after string, limit int) (bans []Ban, next string, err error) {
	if _, _, err := r.changeable(ctx, by, id); err != nil {
		return nil, "", err
	}
	return listBans(ctx, r.store, r.rules.limits, r.fold, id, after, limit)
}

// changeable gives a room that the user may change.
func (r *Rooms) changeable(ctx context.Context, by User, id RoomID) (Room, *Membership, error) {
	room, sub, err := r.Get(ctx, by, id)
	if err == nil && !mayChange(by, room, membershipOf(sub)) {
		err = Errorf(CodeForbidden, "Only the room's admins may do that.")
	}
	return room, membershipOf(sub), err
}

// removable gives the room, and the user who may be put out of it.
func (r *Rooms) removable(ctx context.Context, by User, id RoomID, target UserID) (Room, User, error) {
	room, own, err := r.changeable(ctx, by, id)
	if err != nil {
		return Room{}, User{}, err
	}
	if by.ID == target {
		return Room{}, User{}, ErrorIn("user", CodeInvalid, "This is you. Unsubscribe from the room instead.")
	}
	user, err := r.store.UserByID(ctx, target)
	if err != nil {
		return Room{}, User{}, err
	}
	membership, err := r.store.Membership(ctx, id, target)
	if err != nil && CodeOf(err) != CodeNotFound {
		return Room{}, User{}, err
	}
	of := &membership
	if err != nil {
		of = nil
	}
	if !mayRemove(by, room, own, user, of) {
		return Room{}, User{}, Errorf(CodeForbidden, "Admins of a room can be removed by those of the server only, and those of the server by nobody.")
	}
	return room, user, nil
}

// tellRemoved tells everybody concerned that a member was put out.
func (r *Rooms) tellRemoved(ctx context.Context, by User, room Room, user User, reason GoneReason) {
	r.events.publish(ctx,
		SubscriptionGone{User: user.ID, Room: room.ID, Reason: reason},
		MemberGone{Room: room.ID, User: user.ID, Reason: reason})
	if now, err := r.store.RoomByID(context.WithoutCancel(ctx), room.ID); err == nil {
		r.notify(ctx, now, user, NoticeRemoved, by)
	}
}

// Ban keeps a user out of the whole server until the ban is lifted, and cuts all
// sockets of the user on every node; created is false if that is so already.
// Memberships stay, for when it is lifted. Errors: CodeForbidden for who may not
// ban that user; CodeNotFound and, for oneself, CodeInvalid on "user".
func (u *Users) Ban(ctx context.Context, by User, target UserID) (ban Ban, created bool, err error) {
	if !mayBanUsers(by) {
		return Ban{}, false, errNoServerAdmin()
	}
	if by.ID == target {
		return Ban{}, false, ErrorIn("user", CodeInvalid, "This is you.")
	}
	user, err := u.store.UserByID(ctx, target)
	if err != nil {
		return Ban{}, false, err
	}
	if !mayBan(by, user) {
		return Ban{}, false, Errorf(CodeForbidden, "An admin of the server cannot be banned from it.")
	}
	ban, created, _, err = u.store.Ban(ctx, NewBan{User: target, By: by.ID, At: u.now()})
	if err != nil {
		return Ban{}, false, err
	}
	u.events.publish(ctx, UserBanned{User: target}) // again too, in case that the first was lost
	return ban, created, nil
}

// Unban lets a user in again who was banned from the server; to do so twice is
// no error. Errors: CodeForbidden.
func (u *Users) Unban(ctx context.Context, by User, target UserID) error {
	if !mayBanUsers(by) {
		return errNoServerAdmin()
	}
	_, err := u.store.Unban(ctx, 0, target)
	return err
}

// Bans gives those who are banned from the server, by username; next continues
// the list as in List. Errors: CodeForbidden; CodeInvalid on "limit".
func (u *Users) Bans(ctx context.Context, by User, after string, limit int) (bans []Ban, next string, err error) {
	if !mayBanUsers(by) {
		return nil, "", errNoServerAdmin()
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
