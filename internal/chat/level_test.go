package chat_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"partychat/internal/chat"
)

// notifiesCase is an example in notifies.json, by which the client's own decision is tested, too.
type notifiesCase struct {
	What    string
	Message struct {
		Mine, Deleted, Mentions, MentionsRoom, InRoom bool
		Kind                                          chat.MessageKind
		Thread                                        int64
	}
	Level, Default  chat.Level
	Direct, Follows bool
	Quiet           *chat.QuietHours
	At              time.Time
	Notifies        bool
}

func TestI1_WhichMessagesNotify(t *testing.T) {
	text, err := os.ReadFile("../../web/src/testing/notifies.json")
	want(t, "error", err, nil)
	var cases []notifiesCase
	want(t, "error of the JSON", json.Unmarshal(text, &cases), nil)
	for _, c := range cases {
		const me, other = 7, 8
		m := chat.Message{Author: chat.Author{ID: other}, Kind: chat.MessageText, Deleted: c.Message.Deleted, MentionsRoom: c.Message.MentionsRoom, Thread: c.Message.Thread, InRoom: c.Message.InRoom}
		if c.Message.Mine {
			m.Author.ID = me
		}
		if c.Message.Kind != "" {
			m.Kind = c.Message.Kind
		}
		if c.Message.Mentions {
			m.Mentions = []chat.Mention{{User: other}, {User: me}}
		}
		r := chat.Recipient{User: me, Level: c.Level, Settings: chat.DefaultSettings(), Direct: c.Direct, Follows: c.Follows}
		if r.Settings.Quiet = c.Quiet; c.Default != "" {
			r.Settings.Level = c.Default
		}
		want(t, c.What, r.Notifies(m, c.At), c.Notifies)
	}
}

func TestI1_SettingTheLevelOfARoom(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	attic := w.room(t, ann, chat.RoomPrivate, "attic")
	w.events.take()
	m, err := w.Notifications.SetLevel(t.Context(), bob, chat.MainRoom, chat.LevelMuted)
	want(t, "error", err, nil)
	want(t, "level", m.Level, chat.LevelMuted)
	events := w.events.take()
	want(t, "events", len(events), 1)
	put := events[0].(chat.SubscriptionPut)
	want(t, "level of the event", put.Subscription.Membership.Level, chat.LevelMuted)
	want(t, "rev of the event", put.Rev, m.Rev)
	_, err = w.Notifications.SetLevel(t.Context(), bob, chat.MainRoom, chat.LevelMuted)
	want(t, "error of the repetition", err, nil)
	want(t, "events of the repetition", len(w.events.take()), 0)
	for _, level := range []chat.Level{"loudly", "Muted", " "} {
		_, err = w.Notifications.SetLevel(t.Context(), bob, chat.MainRoom, level)
		wantCode(t, "the level "+string(level), err, chat.CodeInvalid, "level")
	}
	_, err = w.Notifications.SetLevel(t.Context(), bob, den.ID, chat.LevelMuted)
	wantCode(t, "no member", err, chat.CodeForbidden, "")
	_, err = w.Notifications.SetLevel(t.Context(), bob, attic.ID, chat.LevelMuted)
	wantCode(t, "a room that the user may not see", err, chat.CodeNotFound, "room")
}

func TestI1_ChangingSettings(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	first, err := w.Notifications.Settings(t.Context(), ann.ID)
	want(t, "error of reading", err, nil)
	want(t, "settings at first", first, chat.DefaultSettings())
	choice := chat.Settings{Level: chat.LevelEverything, Quiet: &chat.QuietHours{From: 1320, To: 420, Zone: "Europe/Paris"}}
	stored, err := w.Notifications.PutSettings(t.Context(), ann.ID, choice)
	want(t, "error", err, nil)
	want(t, "stored", stored.Equal(choice), true)
	want(t, "events", w.events.take(), []chat.Event{chat.SettingsPut{User: ann.ID, Rev: stored.Rev, Settings: stored}})
	again, err := w.Notifications.PutSettings(t.Context(), ann.ID, choice)
	want(t, "error of the repetition", err, nil)
	want(t, "repetition", again, stored)
	want(t, "events of the repetition", len(w.events.take()), 0)
	for what, wrong := range map[string]chat.Settings{
		"level": {Level: chat.LevelMuted},
	} {
		_, err := w.Notifications.PutSettings(t.Context(), ann.ID, wrong)
		wantCode(t, what, err, chat.CodeInvalid, "level")
	}
	for what, quiet := range map[string]chat.QuietHours{
		"from before midnight": {From: -1, To: 5, Zone: "UTC"},
		"to after the day":     {From: 5, To: 1440, Zone: "UTC"},
		"no time at all":       {From: 5, To: 5, Zone: "UTC"},
		"no zone":              {From: 5, To: 6},
		"the server's zone":    {From: 5, To: 6, Zone: "Local"},
		"an unknown zone":      {From: 5, To: 6, Zone: "Mars/Olympus"},
		"a path":               {From: 5, To: 6, Zone: "../Europe/Paris"},
		"a folder":             {From: 5, To: 6, Zone: "Europe"},
	} {
		_, err := w.Notifications.PutSettings(t.Context(), ann.ID, chat.Settings{Level: chat.LevelMentions, Quiet: &quiet})
		wantCode(t, what, err, chat.CodeInvalid, "quiet")
	}
	want(t, "events of refused choices", len(w.events.take()), 0)
}
