package gateway_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestH11_AnArchivedRoomIsReadOnlyForEverySocket(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("garden", chat.RoomPublic)
	bob.subscribe(room)
	tab := bob.connect()
	tab.send(room, "before")
	if _, err := s.chat.RoomAdmin.Archive(t.Context(), ada.User, room, true); err != nil {
		t.Fatal(err)
	}
	var told wire.RoomChanged
	tab.await("room:changed", &told)
	if told.Room.ArchivedAt == nil {
		t.Errorf("room:changed: got %+v, want an archived room", told.Room)
	}
	refused := map[string]answer{
		"a message":  tab.do("message:send", wire.SendCommand{Room: room, ClientID: "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a11", Body: "late"}),
		"a reaction": tab.do("message:react", wire.ReactCommand{Room: room, Seq: 1, Emoji: "👍", On: true}),
	}
	for what, a := range refused {
		if a.OK || a.Error.Code != chat.CodeForbidden {
			t.Errorf("%s in an archived room: got %+v, want forbidden", what, a)
		}
	}
	if got := bob.connect().ready.Subscriptions; len(got) != 2 {
		t.Errorf("a new socket has %d rooms, want main and the archived one", len(got))
	}
}

func TestH11_ADeletedRoomLeavesEveryListWithTheReason(t *testing.T) {
	s := newServer(t)
	ada, bob, cleo := s.signUp("ada"), s.signUp("bob"), s.signUp("cleo")
	room := ada.room("garden", chat.RoomPublic)
	bob.subscribe(room)
	member, watcher := bob.connect(), cleo.connect()
	watcher.look(room)
	if err := s.chat.RoomAdmin.Delete(t.Context(), ada.User, room, "other"); chat.CodeOf(err) != chat.CodeInvalid {
		t.Errorf("with another name: got %v, want invalid", err)
	}
	if err := s.chat.RoomAdmin.Delete(t.Context(), ada.User, room, "garden"); err != nil {
		t.Fatal(err)
	}
	member.gone(room, chat.GoneDeleted)
	watcher.gone(room, chat.GoneDeleted)
	if a := watcher.do("room:watch", wire.RoomCommand{Room: room}); a.OK || a.Error.Code != chat.CodeNotFound {
		t.Errorf("room:watch: got %+v, want not_found", a)
	}
	s.balanced(member, watcher)
}

func TestH11_ANewRoleReachesTheRoomAndItsMember(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("garden", chat.RoomPublic)
	bob.subscribe(room)
	admin, member := ada.connect(), bob.connect()
	ada.unsubscribe(room) // the last admin leaves
	var put wire.RoomPut
	member.await("room:put", &put)
	if put.Subscription.ID != room || put.Subscription.Membership.Role != chat.RoleAdmin {
		t.Errorf("room:put: got %+v, want bob as admin", put.Subscription.Membership)
	}
	var changed wire.MemberPut
	member.await("member:put", &changed)
	if changed.Member.User.ID != bob.ID || changed.Member.Role != chat.RoleAdmin {
		t.Errorf("member:put: got %+v, want bob as admin", changed.Member)
	}
	admin.gone(room, chat.GoneLeft)
}
