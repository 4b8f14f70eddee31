package chat

import "testing"

func TestPermissions(t *testing.T) {
	var (
		admin    = User{ID: 1, Role: RoleAdmin}
		user     = User{ID: 2, Role: RoleMember}
		guest    = User{ID: 3, Role: RoleMember, Kind: KindGuest}
		asMember = &Membership{Role: RoleMember}
		asAdmin  = &Membership{Role: RoleAdmin}
	)
	for _, test := range []struct {
		name                         string
		by                           User
		kind                         RoomKind
		membership                   *Membership
		see, post, subscribe, change bool
	}{
		{"an outsider of a public room sees and may join", user, RoomPublic, nil, true, false, true, false},
		{"a member of a public room writes", user, RoomPublic, asMember, true, true, true, false},
		{"an admin of a public room changes it", user, RoomPublic, asAdmin, true, true, true, true},
		{"the server's admin changes any public room", admin, RoomPublic, nil, true, false, true, true},
		{"a guest outside a public room sees nothing", guest, RoomPublic, nil, false, false, false, false},
		{"a guest who was let in sees and writes", guest, RoomPublic, asMember, true, true, false, false},
		{"an outsider of a private room sees nothing", user, RoomPrivate, nil, false, false, false, false},
		{"the server's admin sees no private room of others", admin, RoomPrivate, nil, false, false, false, false},
		{"a member of a private room sees and writes", user, RoomPrivate, asMember, true, true, false, false},
		{"an admin of a private room changes it", user, RoomPrivate, asAdmin, true, true, false, true},
		{"the server's admin changes private rooms joined", admin, RoomPrivate, asMember, true, true, false, true},
		{"an outsider of a conversation sees nothing", user, RoomDirect, nil, false, false, false, false},
		{"both users of a conversation see and write", user, RoomDirect, asMember, true, true, false, false},
		{"nobody changes a conversation", admin, RoomDirect, asAdmin, true, true, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			room := Room{ID: 7, Kind: test.kind}
			for _, permission := range []struct {
				name      string
				got, want bool
			}{
				{"maySee", maySee(test.by, room, test.membership), test.see},
				{"mayPost", mayPost.HeldBy(test.by, Room{}, test.membership), test.post},
				{"maySubscribe", maySubscribe(test.by, room), test.subscribe},
				{"mayChange", mayChange(test.by, room, test.membership), test.change},
			} {
				if permission.got != permission.want {
					t.Errorf("%s: got %v, want %v", permission.name, permission.got, permission.want)
				}
			}
		})
	}
}

func TestPermissionsThatGuestsLack(t *testing.T) {
	for name, may := range map[string]func(User) bool{
		"make rooms": mayMakeRooms, "begin conversations": mayConverse, "list users": mayListUsers, "list rooms": mayListRooms,
	} {
		if may(User{Kind: KindGuest}) || !may(User{Kind: KindMember}) {
			t.Errorf("%s: want it allowed to members and forbidden to guests", name)
		}
	}
}

func TestPermissionsOnMessages(t *testing.T) {
	var (
		author   = User{ID: 2, Role: RoleMember}
		other    = User{ID: 3, Role: RoleMember}
		admin    = User{ID: 1, Role: RoleAdmin}
		asMember = &Membership{Role: RoleMember}
		asAdmin  = &Membership{Role: RoleAdmin}
	)
	for _, test := range []struct {
		name         string
		by           User
		kind         RoomKind
		membership   *Membership
		message      MessageKind
		edit, remove bool
	}{
		{"a member edits and deletes their own message", author, RoomPublic, asMember, MessageText, true, true},
		{"an author who has left deletes their own message", author, RoomPublic, nil, MessageText, false, true},
		{"an author who can't see the room any more does nothing", author, RoomPrivate, nil, MessageText, false, false},
		{"only texts can be edited", author, RoomPublic, asMember, MessageLocation, false, true},
		{"a member can't change other people's messages", other, RoomPublic, asMember, MessageText, false, false},
		{"an admin of the room deletes other people's messages", other, RoomPrivate, asAdmin, MessageText, false, true},
		{"the server's admin deletes other people's messages", admin, RoomPublic, nil, MessageText, false, true},
		{"the server's admin does nothing in rooms hidden from them", admin, RoomPrivate, nil, MessageText, false, false},
		{"in a conversation users delete only their own messages", admin, RoomDirect, asAdmin, MessageText, false, false},
		{"in a conversation users edit and delete their own messages", author, RoomDirect, asMember, MessageText, true, true},
		{"nobody changes a notice", author, RoomPublic, asAdmin, MessageNotice, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			message := Message{Author: Author{ID: author.ID}, Kind: test.message}
			if got := mayEdit(test.by, test.membership, message); got != test.edit {
				t.Errorf("mayEdit: got %v, want %v", got, test.edit)
			}
			if got := mayDelete(test.by, Room{ID: 7, Kind: test.kind}, test.membership, message); got != test.remove {
				t.Errorf("mayDelete: got %v, want %v", got, test.remove)
			}
		})
	}
}

func TestPermissionsOnInvitations(t *testing.T) {
	var (
		maker   = User{ID: 1, Role: RoleMember}
		admin   = User{ID: 2, Role: RoleMember}
		server  = User{ID: 3, Role: RoleAdmin}
		guest   = User{ID: 4, Role: RoleMember, Kind: KindGuest}
		den     = Room{ID: 7, Kind: RoomPrivate}
		asAdmin = &Membership{Role: RoleAdmin}
		as      = &Membership{Role: RoleMember}
		link    = Invitation{Room: 7, By: maker.Author()}
		talk    = Invitation{By: maker.Author()}
	)
	for _, test := range []struct {
		name      string
		got, want bool
	}{
		{"a member invites", mayInvite(maker, as), true},
		{"an outsider invites", mayInvite(maker, nil), false},
		{"a guest invites", mayInvite(guest, as), false},
		{"the maker revokes", mayRevoke(maker, link, den, as), true},
		{"the maker revokes after leaving", mayRevoke(maker, link, Room{}, nil), true},
		{"the room's admin revokes", mayRevoke(admin, link, den, asAdmin), true},
		{"another member revokes", mayRevoke(admin, link, den, as), false},
		{"the server's admin revokes outside their rooms", mayRevoke(server, link, Room{}, nil), false},
		{"a third user revokes a link into a conversation", mayRevoke(server, talk, Room{}, nil), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, test.got, test.want)
		}
	}
}

func TestPermissionsToRemoveFromARoom(t *testing.T) {
	var (
		server   = User{ID: 1, Role: RoleAdmin}
		other    = User{ID: 2, Role: RoleAdmin}
		user     = User{ID: 3, Role: RoleMember}
		victim   = User{ID: 4, Role: RoleMember}
		guest    = User{ID: 5, Role: RoleMember, Kind: KindGuest}
		asMember = &Membership{Role: RoleMember}
		asAdmin  = &Membership{Role: RoleAdmin}
	)
	for _, test := range []struct {
		name       string
		by         User
		kind       RoomKind
		membership *Membership
		user       User
		target     *Membership
		want       bool
	}{
		{"an admin of the room removes a member", user, RoomPublic, asAdmin, victim, asMember, true},
		{"an admin of the room bans a non-member", user, RoomPrivate, asAdmin, victim, nil, true},
		{"an admin of the room removes a guest", user, RoomPrivate, asAdmin, guest, asMember, true},
		{"a member removes nobody", user, RoomPublic, asMember, victim, asMember, false},
		{"an outsider removes nobody", user, RoomPublic, nil, victim, asMember, false},
		{"nobody removes themselves", user, RoomPublic, asAdmin, user, asAdmin, false},
		{"an admin of the room removes no other admin", user, RoomPublic, asAdmin, victim, asAdmin, false},
		{"the server's admin removes an admin of the room", server, RoomPublic, nil, victim, asAdmin, true},
		{"the server's admin removes members of public rooms", server, RoomPublic, nil, victim, asMember, true},
		{"the server's admin removes members of private rooms they joined", server, RoomPrivate, asMember, victim, asAdmin, true},
		{"the server's admin removes nobody from other people's private rooms", server, RoomPrivate, nil, victim, asMember, false},
		{"an admin of the room does not remove the server's admin", user, RoomPublic, asAdmin, server, asMember, false},
		{"the server's admins do not remove each other", server, RoomPublic, asAdmin, other, asMember, false},
		{"nobody is removed from a conversation", server, RoomDirect, asAdmin, victim, asMember, false},
	} {
		if got := mayRemove(test.by, Room{ID: 7, Kind: test.kind}, test.membership, test.user, test.target); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestPermissionsToBanFromTheServer(t *testing.T) {
	admin, other, user := User{ID: 1, Role: RoleAdmin}, User{ID: 2, Role: RoleAdmin}, User{ID: 3, Role: RoleMember}
	for _, test := range []struct {
		name      string
		got, want bool
	}{
		{"an admin may ban users", mayBanUsers(admin), true},
		{"a member may ban users", mayBanUsers(user), false},
		{"an admin bans a member", mayBan(admin, user), true},
		{"an admin bans a guest", mayBan(admin, User{ID: 4, Kind: KindGuest}), true},
		{"an admin bans another admin", mayBan(admin, other), false},
		{"an admin bans themselves", mayBan(admin, admin), false},
		{"a member bans another", mayBan(user, User{ID: 4}), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, test.got, test.want)
		}
	}
}
