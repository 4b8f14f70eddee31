package httpapi

import (
	"fmt"
	"net/http"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestI1_SettingsAndLevelsOverREST(t *testing.T) {
	s := newServer(t)
	anna, bea := s.member(t, "anna"), s.member(t, "bea")
	room := anna.room("Gardening", "").ID
	first := want[wire.SettingsAnswer](anna, http.MethodGet, "/settings", nil, http.StatusOK).Settings
	if first.Level != chat.LevelMentions || first.Quiet != nil {
		t.Errorf("settings at first: got %+v, want mentions and no quiet hours", first)
	}
	choice := wire.SettingsChange{Level: chat.LevelNothing, Quiet: &wire.QuietHours{From: 1320, To: 420, Zone: "Asia/Kathmandu"}}
	for range 2 {
		want[wire.SettingsAnswer](anna, http.MethodPut, "/settings", choice, http.StatusOK)
	}
	now := want[wire.SettingsAnswer](anna, http.MethodGet, "/settings", nil, http.StatusOK).Settings
	if now.Level != choice.Level || now.Quiet == nil || *now.Quiet != *choice.Quiet || now.Rev == 0 {
		t.Errorf("settings: got %+v, want %+v", now, choice)
	}
	wantError(t, anna.call(http.MethodPut, "/settings", wire.SettingsChange{Level: "loudly"}), http.StatusUnprocessableEntity, chat.CodeInvalid, "level")

	path := fmt.Sprintf("/subscriptions/%d/level", room)
	sub := want[wire.SubscriptionAnswer](anna, http.MethodPut, path, wire.LevelChange{Level: chat.LevelMuted}, http.StatusOK).Subscription
	if sub.Membership.Level != chat.LevelMuted {
		t.Errorf("level: got %q, want muted", sub.Membership.Level)
	}
	wantError(t, anna.call(http.MethodPut, path, wire.LevelChange{Level: "loudly"}), http.StatusUnprocessableEntity, chat.CodeInvalid, "level")
	wantError(t, bea.call(http.MethodPut, path, wire.LevelChange{Level: chat.LevelMuted}), http.StatusForbidden, chat.CodeForbidden, "")
}
