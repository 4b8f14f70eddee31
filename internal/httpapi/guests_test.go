package httpapi

import (
	"net/http"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestA8_GuestContinuesOnTheSameDeviceAfterTheSessionEnded(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna := s.member(t, "anna")
	den := anna.room("den", chat.RoomPrivate).ID
	link := anna.invite(wire.NewInvitation{Room: den, Guests: true})
	gwen := s.client(t)
	gwen.enter("Gwen", link.Token)
	gwen.say(den, "hello")

	s.clock.advance(29 * 24 * time.Hour)
	if me := want[wire.Account](gwen, http.MethodGet, "/session", nil, http.StatusOK).User; me.ID != gwen.me.ID {
		t.Errorf("after 29 days: got %+v, want Gwen", me)
	}
	s.clock.advance(31 * 24 * time.Hour)
	wantError(t, gwen.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	if answer := want[wire.ServerAnswer](gwen, http.MethodGet, "/server", nil, http.StatusOK); answer.Guest != "Gwen" {
		t.Errorf("the server says that this device was %q, want Gwen", answer.Guest)
	}
	if me := want[wire.Account](gwen, http.MethodPost, "/guests/again", nil, http.StatusOK).User; me.ID != gwen.me.ID {
		t.Errorf("going on: got %+v, want Gwen", me)
	}
	gwen.say(den, "again")
}

func TestA8_GuestNameCanBeReusedOnlyOnTheSameDevice(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna := s.member(t, "anna")
	first := anna.invite(wire.NewInvitation{Room: anna.room("den", chat.RoomPrivate).ID, Guests: true})
	second := anna.invite(wire.NewInvitation{Room: anna.room("attic", chat.RoomPrivate).ID, Guests: true, Uses: 1})
	gwen := s.client(t)
	gwen.enter("Gwen", first.Token)
	was := gwen.me.ID
	s.clock.advance(31 * 24 * time.Hour)

	wantError(t, s.client(t).call(http.MethodPost, "/guests", wire.NewGuest{Username: "Gwen", Invitation: second.Token}),
		http.StatusConflict, chat.CodeTaken, "username")
	wantError(t, s.client(t).call(http.MethodPost, "/guests/again", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	if sub := gwen.enter("gwen", second.Token); gwen.me.ID != was || sub.Name != "attic" {
		t.Errorf("by another link: got %+v in %q, want the same guest in the attic", gwen.me, sub.Name)
	}

	// Another guest on the same device is a different person, and a guest who logs out is gone for
	// good.
	gwen.enter("Gwenda", first.Token)
	if gwen.me.ID == was {
		t.Error("by another name: got the same guest, want a new one")
	}
	want[struct{}](gwen, http.MethodDelete, "/session", nil, http.StatusNoContent)
	wantError(t, gwen.call(http.MethodPost, "/guests/again", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	wantError(t, gwen.call(http.MethodPost, "/guests", wire.NewGuest{Username: "Gwenda", Invitation: first.Token}),
		http.StatusConflict, chat.CodeTaken, "username")
}

func TestA8_DeviceDoesNotBypassABanOrAPassword(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna := s.member(t, "anna")
	link := anna.invite(wire.NewInvitation{Room: anna.room("den", chat.RoomPrivate).ID, Guests: true})
	gwen, gus := s.client(t), s.client(t)
	gwen.enter("Gwen", link.Token)
	gus.enter("Gus", link.Token)
	if _, _, err := s.chat.Users.Ban(t.Context(), chat.User{ID: anna.me.ID, Kind: anna.me.Kind, Role: anna.me.Role}, gwen.me.ID); err != nil {
		t.Fatal(err)
	}
	wantError(t, gwen.call(http.MethodPost, "/guests/again", nil), http.StatusForbidden, chat.CodeForbidden, "")
	want[wire.UserAnswer](gus, http.MethodPatch, "/users/me", wire.UserChange{Password: password}, http.StatusOK)
	s.clock.advance(60 * 24 * time.Hour)
	wantError(t, gus.call(http.MethodPost, "/guests/again", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	if answer := want[wire.ServerAnswer](gus, http.MethodGet, "/server", nil, http.StatusOK); answer.Guest != "" {
		t.Errorf("the server says that this device was %q, want nobody", answer.Guest)
	}
}
