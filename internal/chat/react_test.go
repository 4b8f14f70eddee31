package chat_test

import (
	"fmt"
	"sync"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/store/sqlitetest"
)

func TestReactingToAMessage(t *testing.T) {
	w := newWorld(t, chat.Limits{Reactions: 2})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	sent := w.send(t, ann, chat.MainRoom, "tea?")

	got, err := w.Messages.React(t.Context(), bob, chat.MainRoom, sent.Seq, "❤", true)
	want(t, "error", err, nil)
	want(t, "answer", got, chat.Reacted{Rev: sent.Rev + 1, Count: 1, Changed: true})
	wanted := sent
	wanted.Rev = sent.Rev + 1
	wanted.Reactions = []chat.Reaction{{Emoji: "❤\ufe0f", Count: 1, Users: []chat.Author{bob.Author()}}}
	seen, err := w.Messages.Message(t.Context(), ann, chat.MainRoom, sent.Seq)
	want(t, "error of reading", err, nil)
	want(t, "message", seen, wanted)
	event := chat.ReactionsPut{Room: chat.MainRoom, Rev: got.Rev, Changes: []chat.ReactionPut{
		{Seq: sent.Seq, User: bob.Author(), Emoji: "❤\ufe0f", On: true, Count: 1},
	}}
	want(t, "events", w.events.take(), []chat.Event{event})
	again, err := w.Messages.React(t.Context(), bob, chat.MainRoom, sent.Seq, "❤\ufe0f", true)
	want(t, "error of the same reaction", err, nil)
	want(t, "answer to the same reaction", again, chat.Reacted{Rev: got.Rev, Count: 1})
	want(t, "events of the same reaction", len(w.events.take()), 0)

	for _, emoji := range []string{"👍", "🎉"} {
		_, err = w.Messages.React(t.Context(), ann, chat.MainRoom, sent.Seq, emoji, true)
	}
	wantCode(t, "a third emoji", err, chat.CodeTooLarge, "emoji")
	w.events.take()
	back, err := w.Messages.React(t.Context(), bob, chat.MainRoom, sent.Seq, "❤", false)
	want(t, "error of taking it back", err, nil)
	want(t, "answer to it", back, chat.Reacted{Rev: event.Rev + 2, Changed: true})
	event.Rev += 2
	event.Changes[0].On, event.Changes[0].Count = false, 0
	want(t, "events of taking it back", w.events.take(), []chat.Event{event})
}

func TestForbiddenReactionsReturnTheReason(t *testing.T) {
	w := newWorld(t, chat.Limits{NoticeMembers: -1})
	w.user(t, "admin")
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den, attic := w.room(t, ann, chat.RoomPublic, "den").ID, w.room(t, ann, chat.RoomPrivate, "attic").ID
	w.send(t, ann, den, "hello")
	w.send(t, ann, attic, "hello")
	if _, err := w.Messages.Delete(t.Context(), ann, den, w.send(t, ann, den, "gone").Seq); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		by    chat.User
		room  chat.RoomID
		seq   int64
		emoji string
		code  chat.Code
		field string
	}{
		"no emoji":                  {ann, den, 1, "a", chat.CodeInvalid, "emoji"},
		"a room that is not joined": {bob, den, 1, "👍", chat.CodeForbidden, ""},
		"a hidden room":             {bob, attic, 1, "👍", chat.CodeNotFound, "room"},
		"no message":                {ann, den, 9, "👍", chat.CodeNotFound, ""},
		"a deleted message":         {ann, den, 2, "👍", chat.CodeNotFound, ""},
	} {
		_, err := w.Messages.React(t.Context(), test.by, test.room, test.seq, test.emoji, true)
		wantCode(t, name, err, test.code, test.field)
	}
	if _, _, err := w.Rooms.Ban(t.Context(), ann, den, bob.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.Messages.React(t.Context(), bob, den, 1, "👍", true)
	wantCode(t, "a banned user", err, chat.CodeForbidden, "room")
}

// Those who react while others are being stored share an event; none is lost or doubled.
func TestReactionsAtOnceAreToldInTheOrderOfTheirRevs(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	sent := w.send(t, ann, chat.MainRoom, "tea?")
	const people, each = 6, 20
	users := make([]chat.User, people)
	for i := range users {
		users[i] = w.user(t, fmt.Sprint("user", i))
	}
	before := w.rev(t, ann)
	var work sync.WaitGroup
	for _, user := range users {
		work.Go(func() {
			for i := range each {
				if done, err := w.Messages.React(t.Context(), user, chat.MainRoom, sent.Seq, "👍", i%2 == 0); err != nil || !done.Changed {
					t.Errorf("got %+v, %v, want a change", done, err)
				}
			}
		})
	}
	work.Wait()
	changes := make(map[int64]chat.ReactionPut)
	for _, event := range w.events.take() {
		put := event.(chat.ReactionsPut)
		for i, change := range put.Changes {
			changes[put.FirstRevision()+int64(i)] = change
		}
	}
	count := 0
	for rev := before + 1; rev <= before+people*each; rev++ {
		change, told := changes[rev]
		if count--; change.On {
			count += 2
		}
		if !told || change.Count != count {
			t.Fatalf("rev %d: got %+v, told %t, want the count %d", rev, change, told, count)
		}
	}
	want(t, "changes", len(changes), people*each)
	want(t, "rev of the room", w.rev(t, ann), before+people*each)
}

// rev returns the rev of the main room.
func (w *world) rev(t *testing.T, viewer chat.User) int64 {
	t.Helper()
	page, err := w.Messages.Page(t.Context(), viewer, chat.MainRoom, chat.MessagePage{Limit: 1})
	want(t, "error of the page", err, nil)
	return page.Rev
}

// More people react than a message lists.
func TestEverybodyIsToldWhichReactionsAreTheirs(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	sent := w.send(t, ann, chat.MainRoom, "tea?")
	var last chat.User
	for i := range 5 {
		last = w.user(t, fmt.Sprint("user", i))
		if _, err := w.Messages.React(t.Context(), last, chat.MainRoom, sent.Seq, "👍", true); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		viewer chat.User
		mine   bool
	}{"a user who reacted and is not listed": {last, true}, "a user without a reaction": {ann, false}} {
		page, err := w.Messages.Page(t.Context(), test.viewer, chat.MainRoom, chat.MessagePage{})
		want(t, "error", err, nil)
		changes, err := w.Messages.ChangesSince(t.Context(), test.viewer, chat.MainRoom, sent.Rev)
		want(t, "error", err, nil)
		for where, messages := range map[string][]chat.Message{"page": page.Messages, "changes": changes.Messages} {
			got := messages[len(messages)-1].Reactions[0]
			want(t, name+", "+where, []any{got.Count, len(got.Users), got.Mine}, []any{5, sqlitetest.ReactionUsers, test.mine})
		}
	}
	edited, err := w.Messages.Edit(t.Context(), ann, chat.MainRoom, sent.Seq, "coffee?")
	want(t, "error", err, nil)
	want(t, "reactions after an edit", []any{edited.Reactions[0].Count, edited.Reactions[0].Mine}, []any{5, false})
}
