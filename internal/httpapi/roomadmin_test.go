package httpapi

import (
	"fmt"
	"net/http"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestH11_AdminsArchiveAndDeleteRooms(t *testing.T) {
	s := newServer(t)
	root, anna, bert := s.member(t, "root"), s.member(t, "anna"), s.member(t, "bert")
	sub := anna.room("Gardening", "")
	path := fmt.Sprintf("/rooms/%d", sub.ID)
	yes := true
	wantError(t, bert.call(http.MethodPatch, path, wire.RoomChange{Archived: &yes}), http.StatusForbidden, chat.CodeForbidden, "")
	room := want[wire.RoomAnswer](anna, http.MethodPatch, path, wire.RoomChange{Archived: &yes}, http.StatusOK).Room
	if room.ArchivedAt == nil {
		t.Errorf("got %+v, want an archived room", room)
	}
	name := "Other"
	wantError(t, anna.call(http.MethodPatch, path, wire.RoomChange{Name: &name}), http.StatusForbidden, chat.CodeForbidden, "room")
	wantError(t, anna.call(http.MethodPatch, path, wire.RoomChange{Name: &name, Archived: &yes}), http.StatusUnprocessableEntity, chat.CodeInvalid, "archived")
	wantError(t, bert.call(http.MethodPut, fmt.Sprintf("/subscriptions/%d", sub.ID), nil), http.StatusForbidden, chat.CodeForbidden, "room")
	wantNames(t, "found by bert", bert.search("garden"), []string{"Gardening"})
	wantError(t, root.call(http.MethodPatch, fmt.Sprintf("/rooms/%d", chat.MainRoom), wire.RoomChange{Archived: &yes}), http.StatusForbidden, chat.CodeForbidden, "")
	wantError(t, root.call(http.MethodDelete, fmt.Sprintf("/rooms/%d?name=main", chat.MainRoom), nil), http.StatusForbidden, chat.CodeForbidden, "")

	wantError(t, bert.call(http.MethodDelete, path+"?name=Gardening", nil), http.StatusForbidden, chat.CodeForbidden, "")
	wantError(t, anna.call(http.MethodDelete, path+"?name=Garden", nil), http.StatusUnprocessableEntity, chat.CodeInvalid, "name")
	if a := anna.call(http.MethodDelete, path+"?name=Gardening", nil); a.status != http.StatusNoContent {
		t.Errorf("got %d, want 204", a.status)
	}
	wantError(t, anna.call(http.MethodGet, path, nil), http.StatusNotFound, chat.CodeNotFound, "room")
	wantNames(t, "found by bert", bert.search("garden"), nil)
}

func TestH11_AdminsShareTheirRole(t *testing.T) {
	s := newServer(t)
	s.member(t, "root")
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	sub := anna.room("Gardening", "")
	member := func(user int64) string { return fmt.Sprintf("/rooms/%d/members/%d", sub.ID, user) }
	list := want[wire.MemberList](anna, http.MethodGet, fmt.Sprintf("/rooms/%d/members", chat.MainRoom), nil, http.StatusOK).Members
	annas, berts := int64(list[0].User.ID), int64(list[1].User.ID)
	wantError(t, anna.call(http.MethodPatch, member(berts), wire.RoleChange{Role: chat.RoleAdmin}), http.StatusUnprocessableEntity, chat.CodeInvalid, "user")
	bert.call(http.MethodPut, fmt.Sprintf("/subscriptions/%d", sub.ID), nil)
	wantError(t, anna.call(http.MethodPatch, member(annas), wire.RoleChange{Role: chat.RoleMember}), http.StatusUnprocessableEntity, chat.CodeInvalid, "role")
	got := want[wire.MemberAnswer](anna, http.MethodPatch, member(berts), wire.RoleChange{Role: chat.RoleAdmin}, http.StatusOK).Member
	if got.Role != chat.RoleAdmin || got.User.Username != "bert" {
		t.Errorf("got %+v, want bert as admin", got)
	}
	got = want[wire.MemberAnswer](anna, http.MethodPatch, member(annas), wire.RoleChange{Role: chat.RoleMember}, http.StatusOK).Member
	if got.Role != chat.RoleMember {
		t.Errorf("got %+v, want anna as member", got)
	}
	wantError(t, anna.call(http.MethodPatch, member(berts), wire.RoleChange{Role: chat.RoleMember}), http.StatusForbidden, chat.CodeForbidden, "")
}
