package chat

// Every permission is defined in this file. A nil membership means that the
// user is no member of the room. Hidden rooms answer CodeNotFound; visible ones
// answer CodeForbidden. What changes something is decided by Act.May within the
// transaction that changes it, on the state that the transaction locks.

// actOf is an act of the user, who must not be banned from the server. May, if
// it is not nil, decides the rest.
func actOf(by User, may func(Access) error) *Act {
	return &Act{By: by.ID, May: func(a Access) error {
		switch {
		case a.By.ID == 0:
			return errNoUser()
		case a.By.Banned:
			return ErrBannedFromServer()
		case may == nil:
			return nil
		}
		return may(a)
	}}
}

// sees is nil if By may see the room, and otherwise what By is told.
func (a Access) sees() error {
	switch {
	case a.Room.ID == 0 || !maySee(a.By, a.Room, a.Membership):
		return errNoRoom()
	case a.Membership == nil && a.Banned:
		return ErrBannedFromRoom()
	}
	return nil
}

// changes is nil if By may change the room, and otherwise what By is told.
func (a Access) changes() error {
	if err := a.sees(); err != nil {
		return err
	}
	if !mayChange(a.By, a.Room, a.Membership) {
		return Errorf(CodeForbidden, "Only the room's admins may do that.")
	}
	return nil
}

// removes is nil if By may remove Target from the room, and otherwise what By
// is told.
func (a Access) removes() error {
	if err := a.changes(); err != nil {
		return err
	}
	switch {
	case a.Target.ID == a.By.ID:
		return ErrorIn("user", CodeInvalid, "You cannot remove yourself. Leave the room instead.")
	case a.Target.ID == 0:
		return errNoUser()
	case !mayRemove(a.By, a.Room, a.Membership, a.Target, a.Targets):
		return Errorf(CodeForbidden, "Only the server's admins can remove an admin of the room, and nobody can remove an admin of the server.")
	}
	return nil
}

// subscribes is nil if By may become a member of the room by asking for it.
func (a Access) subscribes() error {
	if err := a.sees(); err != nil || a.Membership != nil {
		return err
	}
	if !maySubscribe(a.By, a.Room) {
		return errNoRoom()
	}
	return nil
}

// edits is nil if By may edit the message.
func (a Access) edits() error {
	if err := a.sees(); err != nil || a.Message == nil {
		return err
	}
	if !mayEdit(a.By, a.Membership, *a.Message) {
		return Errorf(CodeForbidden, "Only the author may edit a message, and only as a member of the room.")
	}
	return nil
}

// deletes is nil if By may delete the message.
func (a Access) deletes() error {
	if err := a.sees(); err != nil || a.Message == nil {
		return err
	}
	if !mayDelete(a.By, a.Room, a.Membership, *a.Message) {
		return Errorf(CodeForbidden, "Only the author and admins may delete a message.")
	}
	return nil
}

// makesRooms is nil if By may make rooms.
func (a Access) makesRooms() error {
	if !mayMakeRooms(a.By) {
		return Errorf(CodeForbidden, "Guests cannot create rooms. Set a password first.")
	}
	return nil
}

// converses is nil if By may begin a conversation.
func (a Access) converses() error {
	if !mayConverse(a.By) {
		return Errorf(CodeForbidden, "Guests cannot start conversations. Set a password first.")
	}
	return nil
}

// bansUsers is nil if By may ban users from the server, and let them in again.
func (a Access) bansUsers() error {
	if !mayBanUsers(a.By) {
		return errNoServerAdmin()
	}
	return nil
}

// bansTarget is nil if By may ban Target from the server.
func (a Access) bansTarget() error {
	if err := a.bansUsers(); err != nil {
		return err
	}
	switch {
	case a.Target.ID == a.By.ID:
		return ErrorIn("user", CodeInvalid, "You cannot ban yourself.")
	case a.Target.ID == 0:
		return errNoUser()
	case !mayBan(a.By, a.Target):
		return Errorf(CodeForbidden, "An admin of the server cannot be banned.")
	}
	return nil
}

// revokes is nil if By may end the link. One that By may not end is not found.
func (a Access) revokes() error {
	if a.Invitation == nil || !mayRevoke(a.By, *a.Invitation, a.Room, a.Membership) {
		return errNoInvitation()
	}
	return nil
}

// maySee tells whether the room exists as far as the user can tell: who sees
// it may read it, unless banned from it (Rooms.notBanned). Guests see what they
// were let into.
func maySee(by User, room Room, membership *Membership) bool {
	return membership != nil || room.Kind == RoomPublic && by.Kind != KindGuest
}

// mayPost is what must hold of who writes in a room. The store checks it as it
// stores a message.
var mayPost = Standing{Member: true, Unbanned: true}

// maySubscribe tells whether the user may become a member by asking for it.
func maySubscribe(by User, room Room) bool {
	return room.Kind == RoomPublic && by.Kind != KindGuest
}

// mayMakeRooms tells whether the user may make rooms.
func mayMakeRooms(by User) bool { return by.Kind != KindGuest }

// mayListRooms tells whether the user may look at all public rooms.
func mayListRooms(by User) bool { return by.Kind != KindGuest }

// mayConverse tells whether the user may begin conversations.
func mayConverse(by User) bool { return by.Kind != KindGuest }

// mayInvite tells whether the user may make links into a room.
func mayInvite(by User, membership *Membership) bool {
	return membership != nil && by.Kind != KindGuest
}

// mayRevoke tells whether the user may see and end a link: its maker, the one it is
// for alone, and who may change the room.
func mayRevoke(by User, invitation Invitation, room Room, membership *Membership) bool {
	return invitation.By.ID == by.ID || invitation.ForUser != 0 && invitation.ForUser == by.ID || invitation.Room != 0 && room.ID == invitation.Room && mayChange(by, room, membership)
}

// mayListUsers tells whether the user may look at all users. Guests see those
// with whom they share a room.
func mayListUsers(by User) bool { return by.Kind != KindGuest }

// mayChange tells whether the user may give the room another name or topic:
// its own admins and those of the server, if they can see it. A one-to-one
// conversation has neither name nor topic.
func mayChange(by User, room Room, membership *Membership) bool {
	if room.Kind == RoomDirect || !maySee(by, room, membership) {
		return false
	}
	return by.Role == RoleAdmin || membership != nil && membership.Role == RoleAdmin
}

// mayRemove tells whether the user may put another one out of the room, with or
// without a ban: who may change the room, as long as the other one could not do
// the same. Target is the other one's membership.
func mayRemove(by User, room Room, membership *Membership, user User, target *Membership) bool {
	switch {
	case by.ID == user.ID || user.Role == RoleAdmin || !mayChange(by, room, membership):
		return false
	case target != nil && target.Role == RoleAdmin:
		return by.Role == RoleAdmin
	default:
		return true
	}
}

// mayBanUsers tells whether the user may ban others from the whole server.
func mayBanUsers(by User) bool { return by.Role == RoleAdmin }

// mayBan tells whether the user may ban that other one from the whole server.
func mayBan(by, user User) bool {
	return mayBanUsers(by) && by.ID != user.ID && user.Role != RoleAdmin
}

// mayEdit tells whether the user may give the message another body: only its
// author, only who may write in the room, and only if its kind is editable.
func mayEdit(by User, membership *Membership, message Message) bool {
	return mayPost.HeldBy(by, membership) && message.Author.ID == by.ID && kinds[message.Kind].editable
}

// mayDelete tells whether the user may delete the message: its author, as long
// as the room can be seen, and otherwise who may change the room. Kinds that are
// not deletable stay.
func mayDelete(by User, room Room, membership *Membership, message Message) bool {
	if !kinds[message.Kind].deletable || !maySee(by, room, membership) {
		return false
	}
	return message.Author.ID == by.ID || mayChange(by, room, membership)
}
