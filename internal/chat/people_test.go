package chat_test

import (
	"strings"
	"testing"

	"partychat/internal/chat"
)

func (w *world) list(t *testing.T, query chat.UserQuery) (names, next string, there []chat.Presence) {
	t.Helper()
	page, err := w.Users.List(t.Context(), chat.User{Kind: chat.KindMember}, query)
	want(t, "error", err, nil)
	for _, user := range page.Users {
		names += user.Username + " "
	}
	return names, page.Next, page.Presence
}

func TestListingUsers(t *testing.T) {
	w := newWorld(t, chat.Limits{EntriesPerPage: 2, PageMax: 3})
	for _, name := range []string{"dora", "Ann", "bob.An", "anton", "Carl"} {
		w.user(t, name)
	}
	for _, test := range []struct {
		name  string
		query chat.UserQuery
		pages []string
	}{
		{"two at a time by default", chat.UserQuery{}, []string{"Ann anton ", "bob.An Carl ", "dora "}},
		{"at most the largest page", chat.UserQuery{Limit: 100}, []string{"Ann anton bob.An ", "Carl dora "}},
		{"the beginning of any word in any case", chat.UserQuery{Text: " AN"}, []string{"Ann anton ", "bob.An "}},
		{"nobody", chat.UserQuery{Text: "x"}, []string{""}},
	} {
		for i, page := range test.pages {
			names, next, _ := w.list(t, test.query)
			want(t, test.name, names, page)
			want(t, test.name+": ends", next == "", i == len(test.pages)-1)
			test.query.After = next
		}
	}
	for _, test := range []struct {
		name  string
		query chat.UserQuery
		code  chat.Code
		field string
	}{
		{"a negative limit", chat.UserQuery{Limit: -1}, chat.CodeInvalid, "limit"},
		{"a long text", chat.UserQuery{Text: strings.Repeat("a", 65)}, chat.CodeTooLarge, "text"},
		{"an invalid cursor", chat.UserQuery{After: "?"}, chat.CodeInvalid, "after"},
		{"an invalid cursor of the online list", chat.UserQuery{After: "?", Online: true}, chat.CodeInvalid, "after"},
	} {
		_, err := w.Users.List(t.Context(), chat.User{}, test.query)
		wantCode(t, test.name, err, test.code, test.field)
	}
}

func TestListingOnlineUsers(t *testing.T) {
	w := newWorld(t, chat.Limits{EntriesPerPage: 2})
	for _, name := range []string{"dora", "Ann", "bob.An", "anton", "Carl"} {
		user := w.user(t, name)
		state := chat.PresenceOnline
		if name == "Ann" {
			state = chat.PresenceAway
		}
		if name != "Carl" {
			want(t, "error", w.Presences.Set(t.Context(), user.ID, state), nil)
		}
	}
	names, next, there := w.list(t, chat.UserQuery{Online: true})
	want(t, "first page", names, "Ann anton ")
	want(t, "states", []chat.PresenceState{there[0].State, there[1].State}, []chat.PresenceState{chat.PresenceAway, chat.PresenceOnline})
	names, next, _ = w.list(t, chat.UserQuery{Online: true, After: next})
	want(t, "second page", names, "bob.An dora ")
	want(t, "end", next, "")
	names, _, _ = w.list(t, chat.UserQuery{Online: true, Text: "an", Limit: 9})
	want(t, "online users by a word of the name", names, "Ann anton bob.An ")
	_, _, there = w.list(t, chat.UserQuery{Text: "car"})
	want(t, "states of an offline user", len(there), 0)
}

func TestOpeningAConversation(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	sub, created, err := w.Rooms.Converse(t.Context(), ann, bob.ID)
	want(t, "error", err, nil)
	want(t, "created", created, true)
	want(t, "peer", sub.Peer, &bob)
	want(t, "events", w.events.take(), []chat.Event{chat.SubscriptionPut{User: ann.ID, Rev: 2, Subscription: sub}})
	again, created, err := w.Rooms.Converse(t.Context(), bob, ann.ID)
	want(t, "error", err, nil)
	want(t, "created when the other user opens it", created, false)
	want(t, "its room", again.ID, sub.ID)

	_, _, err = w.Rooms.Converse(t.Context(), ann, ann.ID)
	wantCode(t, "with oneself", err, chat.CodeInvalid, "user")
	_, _, err = w.Rooms.Converse(t.Context(), ann, 99)
	wantCode(t, "with nobody", err, chat.CodeNotFound, "user")
	_, _, err = w.Rooms.Converse(t.Context(), w.guest(t, "gus"), ann.ID)
	wantCode(t, "by a guest", err, chat.CodeForbidden, "")
}

func TestAConversationIsHiddenFromEveryoneElse(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	admin, ann, bob := w.user(t, "admin"), w.user(t, "ann"), w.user(t, "bob")
	sub, _, err := w.Rooms.Converse(t.Context(), ann, bob.ID)
	want(t, "error", err, nil)
	_, _, err = w.Rooms.Get(t.Context(), admin, sub.ID)
	wantCode(t, "Get", err, chat.CodeNotFound, "room")
	_, _, err = w.Rooms.Subscribe(t.Context(), admin, sub.ID)
	wantCode(t, "Subscribe", err, chat.CodeNotFound, "room")
	_, _, err = w.Messages.Send(t.Context(), admin, input(sub.ID, "hi"))
	wantCode(t, "Send", err, chat.CodeNotFound, "room")
	rooms, _, err := w.Rooms.Search(t.Context(), ann, "", "", 0)
	want(t, "error", err, nil)
	want(t, "rooms found", len(rooms), 1) // main
	_, err = w.Rooms.Change(t.Context(), ann, sub.ID, &bob.Username, nil)
	wantCode(t, "Change", err, chat.CodeForbidden, "")
}

func TestTheFirstMessageAddsAConversationToTheOthersList(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	sub, _, err := w.Rooms.Converse(t.Context(), ann, bob.ID)
	want(t, "error", err, nil)
	w.events.take()
	told := func(user chat.User) (told []chat.UserID) {
		t.Helper()
		_, _, err := w.Messages.Send(t.Context(), user, input(sub.ID, "hi"))
		want(t, "error", err, nil)
		for _, event := range w.events.take() {
			if e, ok := event.(chat.SubscriptionPut); ok {
				told = append(told, e.User)
			}
		}
		return told
	}
	want(t, "users whose lists change with the first message", told(ann), []chat.UserID{bob.ID})
	want(t, "users whose lists change with the second", told(bob), []chat.UserID(nil))

	want(t, "error", w.Rooms.Unsubscribe(t.Context(), ann, sub.ID), nil)
	want(t, "events", w.events.take(), []chat.Event{chat.SubscriptionGone{User: ann.ID, Rev: 3, Room: sub.ID, Reason: chat.GoneLeft}})
	want(t, "error of unsubscribing again", w.Rooms.Unsubscribe(t.Context(), ann, sub.ID), nil)
	want(t, "events", len(w.events.take()), 0)
	want(t, "users whose lists change with the next message", told(bob), []chat.UserID{ann.ID})
	want(t, "error", w.Rooms.Unsubscribe(t.Context(), ann, sub.ID), nil)
	want(t, "users whose lists change with one's own message", told(ann), []chat.UserID{ann.ID})
	members, _, err := w.Rooms.Members(t.Context(), bob, sub.ID, "", 0)
	want(t, "error", err, nil)
	want(t, "members", len(members), 2)
}

func TestGuestsSeeThePeopleOfTheirRooms(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, guest := w.user(t, "ann"), w.guest(t, "gus")
	den := w.room(t, ann, chat.RoomPrivate, "den")
	_, err := w.Users.List(t.Context(), guest, chat.UserQuery{})
	wantCode(t, "List", err, chat.CodeForbidden, "")
	_, err = w.Users.Get(t.Context(), guest, ann.ID)
	wantCode(t, "Get", err, chat.CodeNotFound, "user")
	may, err := w.Presences.Watchable(t.Context(), guest, []chat.UserID{ann.ID, guest.ID})
	want(t, "error", err, nil)
	want(t, "may watch", may, []chat.UserID{guest.ID})
	if _, _, err := w.store.Subscribe(t.Context(), nil, den.ID, guest.ID, chat.RoleMember, now); err != nil {
		t.Fatal(err)
	}
	got, err := w.Users.Get(t.Context(), guest, ann.ID)
	want(t, "error of Get in a shared room", err, nil)
	want(t, "user", got, ann)
	may, err = w.Presences.Watchable(t.Context(), guest, []chat.UserID{ann.ID})
	want(t, "error", err, nil)
	want(t, "may watch", may, []chat.UserID{ann.ID})
	rooms, _, err := w.Rooms.Search(t.Context(), guest, "", "", 0)
	want(t, "error", err, nil)
	if len(rooms) != 1 || rooms[0].ID != den.ID {
		t.Errorf("rooms found by a guest: got %+v, want the den", rooms)
	}
	_, err = w.Rooms.Create(t.Context(), guest, chat.NewRoomInput{Name: "mine"})
	wantCode(t, "Create", err, chat.CodeForbidden, "")
	_, _, err = w.Rooms.Subscribe(t.Context(), guest, chat.MainRoom)
	wantCode(t, "Subscribe", err, chat.CodeNotFound, "room")
}
