package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestPeopleChooseANameAndAStatusByREST(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	change := map[string]any{"displayName": " Anna Ærø ", "status": map[string]any{"emoji": "🌴", "text": "away", "until": until}}
	for range 2 { // the second time changes nothing
		me := want[wire.UserAnswer](anna, http.MethodPatch, "/profile", change, http.StatusOK).User
		if me.DisplayName != "Anna Ærø" || me.Status == nil || *me.Status != (wire.Status{Emoji: "🌴", Text: "away", Until: until}) || me.ProfileRev == 0 {
			t.Errorf("profile: got %+v, want the new name and status", me)
		}
	}
	anna.say(chat.MainRoom, "hello")
	list := want[wire.UserList](bert, http.MethodGet, "/users?text=aero", nil, http.StatusOK).Users
	if len(list) != 1 || list[0].Username != "anna" || list[0].DisplayName != "Anna Ærø" {
		t.Errorf("found by the display name: got %+v, want anna", list)
	}
	me := want[wire.UserAnswer](anna, http.MethodPatch, "/profile", map[string]any{"status": map[string]any{}}, http.StatusOK).User
	if me.DisplayName != "Anna Ærø" || me.Status != nil {
		t.Errorf("profile: got %+v, want the name without a status", me)
	}
	for _, test := range []struct {
		change any
		status int
		code   chat.Code
		field  string
	}{
		{map[string]any{"displayName": "bert"}, http.StatusConflict, chat.CodeTaken, "displayName"},
		{map[string]any{"displayName": "a\nb"}, http.StatusUnprocessableEntity, chat.CodeInvalid, "displayName"},
		{map[string]any{"displayName": "\u3164"}, http.StatusUnprocessableEntity, chat.CodeInvalid, "displayName"},
		{map[string]any{"displayName": strings.Repeat("a", 65)}, http.StatusRequestEntityTooLarge, chat.CodeTooLarge, "displayName"},
		{map[string]any{"status": map[string]any{"text": strings.Repeat("a", 81)}}, http.StatusRequestEntityTooLarge, chat.CodeTooLarge, "status.text"},
		{map[string]any{"status": map[string]any{"emoji": "🌴🌴"}}, http.StatusUnprocessableEntity, chat.CodeInvalid, "status.emoji"},
		{map[string]any{"status": map[string]any{"text": "x", "until": time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}}, http.StatusUnprocessableEntity, chat.CodeInvalid, "status.until"},
	} {
		wantError(t, anna.call(http.MethodPatch, "/profile", test.change), test.status, test.code, test.field)
	}
}

func TestAStatusThatHasEndedIsLeftOut(t *testing.T) {
	user := chat.User{Profile: chat.Profile{Status: chat.Status{Text: "away", Until: time.Now().Add(-time.Millisecond)}, Rev: 3}}
	if got := wire.UserOf(user); got.Status != nil || got.ProfileRev != 3 {
		t.Errorf("got %+v, want no status", got)
	}
}
