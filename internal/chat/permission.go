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

// sees returns nil if By may see the room, and otherwise the error to answer.
func (a Access) sees() error {
	switch {
	case a.Room.ID == 0 || !maySee(a.By, a.Room, a.Membership):
		return errNoRoom()
	case a.Membership == nil && a.Banned:
		return ErrBannedFromRoom()
	}
	return nil
}

// changes returns nil if By may change the room, and otherwise the error to answer.
func (a Access) changes() error {
	if err := a.sees(); err != nil {
		return err
	}
	if !mayChange(a.By, a.Room, a.Membership) {
		return Errorf(CodeForbidden, "Only the room's admins may do that.")
	}
	return nil
}

// alters returns nil if By may change the room's name or topic, and otherwise the error
// to answer.
func (a Access) alters() error {
	if err := a.changes(); err != nil {
		return err
	}
	return a.isOpen()
}

// isOpen returns ErrArchived if the room is archived.
func (a Access) isOpen() error {
	if a.Room.Archived() {
		return ErrArchived()
	}
	return nil
}

// closes returns nil if By may archive or delete the room, and otherwise the error to
// answer.
func (a Access) closes() error {
	if err := a.changes(); err != nil {
		return err
	}
	if a.Room.ID == MainRoom {
		return Errorf(CodeForbidden, "The main room cannot be archived or deleted.")
	}
	return nil
}

// appoints returns nil if By may give Target the role in the room, and otherwise the
// error to answer.
func (a Access) appoints(role Role) error {
	if err := a.changes(); err != nil {
		return err
	}
	switch {
	case a.Target.ID == 0:
		return errNoUser()
	case a.Targets == nil:
		return ErrorIn("user", CodeInvalid, "This user is not a member of the room.")
	case role == RoleAdmin && a.Target.Kind == KindGuest:
		return ErrorIn("user", CodeInvalid, "Guests cannot be admins of a room.")
	}
	return nil
}

// removes returns nil if By may remove Target from the room, and otherwise the
// error to answer.
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

// subscribes returns nil if By may join the room without an invitation.
func (a Access) subscribes() error {
	if err := a.sees(); err != nil || a.Membership != nil {
		return err
	}
	if !maySubscribe(a.By, a.Room) {
		return errNoRoom()
	}
	return a.isOpen()
}

// edits returns nil if By may edit the message.
func (a Access) edits() error {
	if err := a.sees(); err != nil || a.Message == nil {
		return err
	}
	if !mayEdit(a.By, a.Membership, *a.Message) {
		return Errorf(CodeForbidden, "Only the author may edit a message, and only as a member of the room.")
	}
	return a.isOpen()
}

// deletes returns nil if By may delete the message.
func (a Access) deletes() error {
	if err := a.sees(); err != nil || a.Message == nil {
		return err
	}
	if !mayDelete(a.By, a.Room, a.Membership, *a.Message) {
		return Errorf(CodeForbidden, "Only the author and admins may delete a message.")
	}
	return nil
}

// reacts returns nil if By may react to messages of the room.
func (a Access) reacts() error {
	if err := a.sees(); err != nil {
		return err
	}
	if !mayPost.HeldBy(a.By, Room{}, a.Membership) {
		return Errorf(CodeForbidden, "Join the room to react to its messages.")
	}
	return a.isOpen()
}

// pins returns nil if By may pin messages to the room.
func (a Access) pins() error {
	if err := a.sees(); err != nil {
		return err
	}
	if !mayPin(a.By, a.Room, a.Membership) {
		return Errorf(CodeForbidden, "Only the room's admins may pin messages.")
	}
	return a.isOpen()
}

// bookmarks returns nil if By may bookmark messages of the room.
func (a Access) bookmarks() error { return a.sees() }

// follows returns nil if By may follow threads of the room.
func (a Access) follows() error {
	if err := a.sees(); err != nil {
		return err
	}
	if a.Membership == nil {
		return Errorf(CodeForbidden, "Join the room to follow its threads.")
	}
	return nil
}

// makesRooms returns nil if By may create rooms.
func (a Access) makesRooms() error {
	if !mayMakeRooms(a.By) {
		return Errorf(CodeForbidden, "Guests cannot create rooms. Set a password first.")
	}
	return nil
}

// converses returns nil if By may start a conversation.
func (a Access) converses() error {
	if !mayConverse(a.By) {
		return Errorf(CodeForbidden, "Guests cannot start conversations. Set a password first.")
	}
	return nil
}

// bansUsers returns nil if By may ban users from the server, and lift those bans.
func (a Access) bansUsers() error {
	if !mayBanUsers(a.By) {
		return errNoServerAdmin()
	}
	return nil
}

// bansTarget returns nil if By may ban Target from the server.
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

// revokes returns nil if By may revoke the invitation, and otherwise CodeNotFound.
func (a Access) revokes() error {
	if a.Invitation == nil || !mayRevoke(a.By, *a.Invitation, a.Room, a.Membership) {
		return errNoInvitation()
	}
	return nil
}

// maySee reports whether the user may see the room. Whoever sees a room may read
// it, unless banned from it (Rooms.notBanned). Guests see only rooms that they are
// a member of.
func maySee(by User, room Room, membership *Membership) bool {
	return membership != nil || room.Kind == RoomPublic && by.Kind != KindGuest
}

// mayPost is what a user needs to write in a room, and to react to its messages. The
// store checks it in the transaction that stores the message.
var mayPost = Standing{Member: true, Unbanned: true, Open: true}

// MayMentionRoom reports whether By may mention everyone in the room. A store decides
// it in the transaction that stores the message; without the right, @room is plain text.
func (a Access) MayMentionRoom() bool { return mayMentionRoom(a.By, a.Room, a.Membership) }

// mayMentionRoom reports whether the user may mention everyone in the room: its
// admins, and the server's if they are members.
func mayMentionRoom(by User, room Room, membership *Membership) bool {
	return membership != nil && mayChange(by, room, membership)
}

// mayUpload reports whether the user may go on with an upload, and read it before it is
// sent: only its owner.
func mayUpload(by User, file File) bool { return file.Owner == by.ID }

// maySubscribe reports whether the user may join the room without an invitation.
func maySubscribe(by User, room Room) bool {
	return room.Kind == RoomPublic && by.Kind != KindGuest
}

// mayMakeRooms reports whether the user may create rooms.
func mayMakeRooms(by User) bool { return by.Kind != KindGuest }

// mayListRooms reports whether the user may list all public rooms.
func mayListRooms(by User) bool { return by.Kind != KindGuest }

// mayConverse reports whether the user may start conversations.
func mayConverse(by User) bool { return by.Kind != KindGuest }

// mayInvite reports whether the user may create invitations to a room.
func mayInvite(by User, membership *Membership) bool {
	return membership != nil && by.Kind != KindGuest
}

// mayRevoke reports whether the user may see and revoke an invitation: its creator,
// the only user it is for, and everyone who may change the room.
func mayRevoke(by User, invitation Invitation, room Room, membership *Membership) bool {
	return invitation.By.ID == by.ID || invitation.ForUser != 0 && invitation.ForUser == by.ID || invitation.Room != 0 && room.ID == invitation.Room && mayChange(by, room, membership)
}

// mayListUsers reports whether the user may list all users. Guests see only people
// with whom they share a room.
func mayListUsers(by User) bool { return by.Kind != KindGuest }

// mayChange reports whether the user may change the room's name or topic: the
// room's admins, and the server's if they can see the room. A conversation has
// neither name nor topic.
func mayChange(by User, room Room, membership *Membership) bool {
	if room.Kind == RoomDirect || !maySee(by, room, membership) {
		return false
	}
	return by.Role == RoleAdmin || membership != nil && membership.Role == RoleAdmin
}

// mayPin reports whether the user may pin messages to the room: everyone who may change
// it, and both people in a conversation.
func mayPin(by User, room Room, membership *Membership) bool {
	return mayChange(by, room, membership) || room.Kind == RoomDirect && membership != nil
}

// mayRemove reports whether the user may remove another one from the room, with or
// without a ban. Everyone who may change the room may remove users who could not do
// the same. Target is the membership of the other user.
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

// mayBanUsers reports whether the user may ban people from the server.
func mayBanUsers(by User) bool { return by.Role == RoleAdmin }

// mayBan reports whether by may ban user from the server.
func mayBan(by, user User) bool {
	return mayBanUsers(by) && by.ID != user.ID && user.Role != RoleAdmin
}

// mayEdit reports whether the user may edit the message: only its author may, only
// as a member of the room, and only if its kind is editable.
func mayEdit(by User, membership *Membership, message Message) bool {
	return mayPost.HeldBy(by, Room{}, membership) && message.Author.ID == by.ID && kinds[message.Kind].editable
}

// mayDelete reports whether the user may delete the message: its author, as long as
// the author can see the room, and everyone who may change the room. Kinds that are
// not deletable stay.
func mayDelete(by User, room Room, membership *Membership, message Message) bool {
	if !kinds[message.Kind].deletable || !maySee(by, room, membership) {
		return false
	}
	return message.Author.ID == by.ID || mayChange(by, room, membership)
}
