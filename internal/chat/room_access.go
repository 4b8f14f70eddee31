package chat

import "context"

// notBanned returns CodeForbidden if the user is banned from the room.
func (c *core) notBanned(ctx context.Context, user User, id RoomID) error {
	banned, err := c.store.IsBanned(ctx, id, user.ID)
	if err == nil && banned {
		return ErrBannedFromRoom()
	}
	return err
}

// seen returns a room that the viewer may see, with as few queries as possible. Its
// errors are those of Get.
func (c *core) seen(ctx context.Context, viewer User, id RoomID) (Room, error) {
	room, err := c.store.RoomByID(ctx, id)
	if CodeOf(err) == CodeNotFound {
		return Room{}, errNoRoom()
	}
	if err != nil {
		return Room{}, err
	}
	if maySee(viewer, room, nil) {
		if err := c.notBanned(ctx, viewer, id); err != nil {
			return Room{}, err
		}
		return room, nil
	}
	membership, err := c.store.Membership(ctx, id, viewer.ID)
	if CodeOf(err) == CodeNotFound || err == nil && !maySee(viewer, room, &membership) {
		return Room{}, errNoRoom()
	}
	return room, err
}

// notMember returns why a non-member may not do what only members may: CodeNotFound
// if the user may not see the room; otherwise CodeForbidden, about the ban if there
// is one, or else with the given sentence.
func (c *core) notMember(ctx context.Context, user User, id RoomID, sentence string) error {
	if _, err := c.seen(ctx, user, id); err != nil {
		return err
	}
	return Errorf(CodeForbidden, "%s", sentence)
}

// ErrArchived is the error of what an archived room does not allow.
func ErrArchived() *Error {
	return ErrorIn("room", CodeForbidden, "This room is archived: you can only read it.")
}

// errNoRoom is the error both for rooms that don't exist and for rooms that the
// user may not see, so that the two can't be told apart.
func errNoRoom() *Error {
	return ErrorIn("room", CodeNotFound, "There is no such room.")
}
