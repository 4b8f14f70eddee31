package chat

// Every permission is decided in this file. A nil membership means that the
// user is no member of the room. Who may not see a room is told that it is not
// there; who sees it but may not act is told that.

// maySee tells whether the room exists as far as the user can tell: who sees
// it may read it, unless banned from it (Rooms.notBanned). Guests see what they
// were let into.
func maySee(by User, room Room, membership *Membership) bool {
	return membership != nil || room.Kind == RoomPublic && by.Kind != KindGuest
}

// mayPost tells whether the user may write in the room.
func mayPost(membership *Membership) bool {
	return membership != nil
}

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

// mayRevoke tells whether the user may see and end a link: its maker, and who
// may change the room.
func mayRevoke(by User, invitation Invitation, room Room, membership *Membership) bool {
	return invitation.By.ID == by.ID || invitation.Room != 0 && room.ID == invitation.Room && mayChange(by, room, membership)
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
// author, only who may write in the room, and only a text.
func mayEdit(by User, membership *Membership, message Message) bool {
	return mayPost(membership) && message.Author.ID == by.ID && message.Kind == MessageText
}

// mayDelete tells whether the user may delete the message: its author, as long
// as the room can be seen, and otherwise who may change the room. What the
// server has written stays.
func mayDelete(by User, room Room, membership *Membership, message Message) bool {
	if message.Kind == MessageNotice || !maySee(by, room, membership) {
		return false
	}
	return message.Author.ID == by.ID || mayChange(by, room, membership)
}
