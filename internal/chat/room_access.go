package chat

import "context"

// notBanned is CodeForbidden to who is banned from the room.
func (c *core) notBanned(ctx context.Context, user User, id RoomID) error {
	banned, err := c.store.IsBanned(ctx, id, user.ID)
	if err == nil && banned {
		return ErrBannedFromRoom()
	}
	return err
}

// seen gives a room that the viewer may see, without looking for more than
// that needs. Its errors are those of Get.
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

// notMember says why someone who is no member may not do what only members
// may: CodeNotFound where the room may not be seen, else CodeForbidden, with
// the sentence if no ban is the reason.
func (c *core) notMember(ctx context.Context, user User, id RoomID, sentence string) error {
	if _, err := c.seen(ctx, user, id); err != nil {
		return err
	}
	return Errorf(CodeForbidden, "%s", sentence)
}

// errNoRoom is the one answer for rooms that are not there and for those that
// the asker may not see, so that nobody can tell which.
func errNoRoom() *Error {
	return ErrorIn("room", CodeNotFound, "There is no such room.")
}
