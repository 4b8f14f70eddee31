package gateway_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestI1_LevelsAndSettingsReachAllTabsAndOutlastTheConnection(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	here, there := ada.connect(), ada.connect()
	if here.ready.Settings != nil {
		t.Errorf("settings of a new user: got %+v, want none", here.ready.Settings)
	}
	if a := here.do("room:level", wire.LevelCommand{Room: chat.MainRoom, Level: chat.LevelMuted}); !a.OK {
		t.Fatalf("room:level: got %+v", a)
	}
	choice := wire.SettingsChange{Level: chat.LevelEverything, Quiet: &wire.QuietHours{From: 1320, To: 420, Zone: "Europe/Paris"}}
	if a := here.do("settings:set", wire.SettingsSetCommand{Settings: choice}); !a.OK {
		t.Fatalf("settings:set: got %+v", a)
	}
	for _, c := range []*tab{here, there} {
		var room wire.RoomPut
		c.await("room:put", &room)
		if room.Subscription.Membership.Level != chat.LevelMuted || room.Subscription.Membership.Rev != room.Rev {
			t.Errorf("room:put: got %+v, want the room muted", room)
		}
		var put wire.SettingsPut
		c.await("settings:put", &put)
		if put.Settings.Level != choice.Level || put.Settings.Quiet == nil || *put.Settings.Quiet != *choice.Quiet || put.Settings.Rev != put.Rev {
			t.Errorf("settings:put: got %+v, want %+v", put, choice)
		}
	}
	later := ada.connect().ready
	if later.Settings == nil || later.Settings.Level != choice.Level || later.Settings.Rev == 0 {
		t.Errorf("settings in ready: got %+v, want %+v", later.Settings, choice)
	}
	if level := later.Subscriptions[0].Membership.Level; level != chat.LevelMuted {
		t.Errorf("level in ready: got %q", level)
	}
	raw, err := here.Command("user:sync", wire.UserSyncCommand{Since: 0})
	if err != nil {
		t.Fatal(err)
	}
	var changes wire.UserSyncAnswer
	decode(t, raw, &changes)
	if changes.Settings == nil || changes.Settings.Settings.Level != choice.Level {
		t.Errorf("user:sync: got %+v, want the settings", changes.Settings)
	}
}

func TestI1_WrongLevelsAndSettingsAreRefusedWithTheirField(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada").connect()
	for _, test := range []struct {
		command, field string
		argument       any
	}{
		{"room:level", "room", wire.LevelCommand{Level: chat.LevelMuted}},
		{"room:level", "room", wire.LevelCommand{Room: 999, Level: chat.LevelMuted}},
		{"room:level", "level", wire.LevelCommand{Room: chat.MainRoom, Level: "loudly"}},
		{"settings:set", "level", wire.SettingsSetCommand{}},
		{"settings:set", "quiet", wire.SettingsSetCommand{Settings: wire.SettingsChange{Level: chat.LevelMentions, Quiet: &wire.QuietHours{}}}},
	} {
		if a := ada.do(test.command, test.argument); a.OK || a.Error.Field != test.field {
			t.Errorf("%s %+v: got %+v, want an error on %s", test.command, test.argument, a, test.field)
		}
	}
}
