package storetest

import (
	"testing"

	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// quiet is an example of quiet hours.
func quiet(from int) *chat.QuietHours {
	return &chat.QuietHours{From: from, To: 420, Zone: "Europe/Paris"}
}

var settingsContracts = []contract{
	{"the level of a membership is kept, takes a rev of the user's stream, and ends with the membership", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		f.send(t, den, ann, "hello")
		roomRev := f.roomNow(t, den).Rev
		for _, level := range []chat.Level{chat.LevelMuted, chat.LevelEverything, chat.LevelDefault, chat.LevelNothing} {
			before := f.head(t, bob)
			m, changed, err := f.SetLevel(t.Context(), den, bob.ID, level)
			want(t, "error", err, nil)
			want(t, "changed", changed, true)
			want(t, "level and rev", [2]any{m.Level, m.Rev}, [2]any{level, before + 1})
			want(t, "as read", must[chat.Membership](t)(f.Membership(t.Context(), den, bob.ID)), m)
			want(t, "in the list", f.sub(t, den, bob).Subscription.Membership, m)
			want(t, "changes", f.since(t, bob, before), []chat.Event{f.sub(t, den, bob)})
			again, changed, err := f.SetLevel(t.Context(), den, bob.ID, level)
			want(t, "error of the repetition", err, nil)
			want(t, "repetition", again, m)
			want(t, "changed by the repetition", changed, false)
			want(t, "head after the repetition", f.head(t, bob), before+1)
		}
		want(t, "rev of the room", f.roomNow(t, den).Rev, roomRev)
		m, _, err := f.MoveRead(t.Context(), nil, den, bob.ID, 1, chat.AnyMark)
		want(t, "error of reading", err, nil)
		want(t, "level after reading", m.Level, chat.LevelNothing)
		want(t, "level after marking", must[chat.Membership](t)(f.MarkUnread(t.Context(), nil, den, bob.ID, 1)).Level, chat.LevelNothing)
		want(t, "level of another member", must[chat.Membership](t)(f.Membership(t.Context(), den, ann.ID)).Level, chat.LevelDefault)
		must[chat.Gone](t)(f.Store.Unsubscribe(t.Context(), nil, den, bob.ID))
		want(t, "level after coming back", f.subscribe(t, den, bob).Membership.Level, chat.LevelDefault)
		_, _, err = f.SetLevel(t.Context(), den, f.user(t, "cid").ID, chat.LevelMuted)
		wantCode(t, "no member", err, chat.CodeNotFound, "")
	}},
	{"settings are kept, and take a rev of the user's stream if they differ", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		want(t, "at first", must[chat.Settings](t)(f.Settings(t.Context(), ann.ID)), chat.DefaultSettings())
		for _, choice := range []chat.Settings{
			{Level: chat.LevelEverything},
			{Level: chat.LevelEverything, Quiet: quiet(1320)},
			{Level: chat.LevelEverything, Quiet: quiet(0)},
			{Level: chat.LevelNothing, Quiet: quiet(0)},
			{Level: chat.LevelMentions},
		} {
			before := f.head(t, ann)
			stored, changed, err := f.PutSettings(t.Context(), ann.ID, choice)
			want(t, "error", err, nil)
			want(t, "changed", changed, true)
			choice.Rev = before + 1
			want(t, "stored", stored, choice)
			want(t, "as read", must[chat.Settings](t)(f.Settings(t.Context(), ann.ID)), choice)
			want(t, "with the list", must[chat.UserHead](t)(f.ListHeads(t.Context(), ann.ID)).Settings, choice)
			want(t, "changes", f.since(t, ann, before), []chat.Event{chat.SettingsPut{User: ann.ID, Rev: choice.Rev, Settings: choice}})
			again, changed, err := f.PutSettings(t.Context(), ann.ID, choice)
			want(t, "error of the repetition", err, nil)
			want(t, "repetition", again, choice)
			want(t, "changed by the repetition", changed, false)
			want(t, "head after the repetition", f.head(t, ann), choice.Rev)
		}
		want(t, "of another user", must[chat.Settings](t)(f.Settings(t.Context(), bob.ID)), chat.DefaultSettings())
		_, _, err := f.PutSettings(t.Context(), 99, chat.DefaultSettings())
		wantCode(t, "of nobody", err, chat.CodeNotFound, "")
	}},
	{"of settings that are the same, sent at the same moment, one takes a rev", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		before := f.head(t, ann)
		together(8, func(int) {
			stored, _, err := f.PutSettings(t.Context(), ann.ID, chat.Settings{Level: chat.LevelNothing, Quiet: quiet(60)})
			if err != nil || stored.Rev != before+1 {
				t.Errorf("got rev %d, %v; want %d", stored.Rev, err, before+1)
			}
		})
		want(t, "head", f.head(t, ann), before+1)
	}},
}

func setLevel(t *rapid.T, m *model) {
	user, room := m.anyUser(t), m.anyRoom(t)
	level := rapid.SampledFrom([]chat.Level{chat.LevelDefault, chat.LevelEverything, chat.LevelMuted}).Draw(t, "level")
	got, changed, err := m.store.SetLevel(m.t.Context(), room.room.ID, user.ID, level)
	membership, there := room.members[user.ID]
	if !there {
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	}
	noError(t, err)
	if equal(t, "changed", changed, membership.Level != level); changed {
		membership.Level, membership.Rev = level, m.take(user.ID)
	}
	room.members[user.ID] = membership
	equal(t, "membership", got, membership)
}

func putSettings(t *rapid.T, m *model) {
	user := m.anyUser(t)
	choice := chat.Settings{Level: rapid.SampledFrom([]chat.Level{chat.LevelMentions, chat.LevelNothing}).Draw(t, "level")}
	if rapid.Bool().Draw(t, "quiet") {
		choice.Quiet = quiet(rapid.IntRange(1, 2).Draw(t, "from"))
	}
	got, changed, err := m.store.PutSettings(m.t.Context(), user.ID, choice)
	noError(t, err)
	u := m.also[user.ID]
	if equal(t, "changed", changed, !u.settings.Equal(choice)); changed {
		choice.Rev = m.take(user.ID)
		u.settings = choice
	}
	equal(t, "settings", got, u.settings)
}
