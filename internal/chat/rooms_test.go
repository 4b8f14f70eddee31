package chat_test

import (
	"fmt"
	"strings"
	"testing"

	"partychat/internal/chat"
)

func TestCreatingARoom(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	sub, err := w.Rooms.Create(t.Context(), ann, chat.NewRoomInput{Name: " Den ", Topic: " what we do "})
	want(t, "error", err, nil)
	want(t, "subscription", sub, chat.Subscription{
		Room: chat.Room{
			ID: sub.ID, Kind: chat.RoomPublic, Name: "Den", Topic: "what we do", CreatedAt: now, Members: 1,
		},
		Membership: chat.Membership{Room: sub.ID, User: ann.ID, Role: chat.RoleAdmin, JoinedAt: now, Rev: 2},
	})
	want(t, "events", w.events.take(), []chat.Event{chat.SubscriptionPut{User: ann.ID, Rev: 2, Subscription: sub}})
	for _, test := range []struct {
		name  string
		input chat.NewRoomInput
		code  chat.Code
		field string
	}{
		{"a taken name", chat.NewRoomInput{Name: "DEN"}, chat.CodeTaken, "name"},
		{"no name", chat.NewRoomInput{Name: " "}, chat.CodeInvalid, "name"},
		{"a long name", chat.NewRoomInput{Name: strings.Repeat("x", 65)}, chat.CodeTooLarge, "name"},
		{"a long topic", chat.NewRoomInput{Name: "x", Topic: strings.Repeat("x", 257)}, chat.CodeTooLarge, "topic"},
		{"a conversation", chat.NewRoomInput{Name: "x", Kind: chat.RoomDirect}, chat.CodeInvalid, "kind"},
	} {
		_, err := w.Rooms.Create(t.Context(), ann, test.input)
		wantCode(t, test.name, err, test.code, test.field)
	}
	want(t, "events of failures", len(w.events.take()), 0)
}

func TestChangingARoom(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	server, ann, bob := w.user(t, "server"), w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	secret := w.room(t, ann, chat.RoomPrivate, "secret")
	name, topic := "Lair", "news"

	changed, err := w.Rooms.Change(t.Context(), ann, den.ID, &name, nil)
	want(t, "error", err, nil)
	want(t, "name", changed.Name, "Lair")
	want(t, "events", w.events.take(), []chat.Event{chat.RoomChanged{Rev: 1, Room: changed}})
	changed, err = w.Rooms.Change(t.Context(), server, den.ID, nil, &topic)
	want(t, "error for the server's admin", err, nil)
	want(t, "topic", changed.Topic, "news")
	w.events.take()
	same, err := w.Rooms.Change(t.Context(), ann, den.ID, nil, nil)
	want(t, "error of no change", err, nil)
	want(t, "no change", same, changed)
	want(t, "events of no change", len(w.events.take()), 0)

	empty, taken, long := " ", "MAIN", strings.Repeat("x", 257)
	for _, test := range []struct {
		test        string
		by          chat.User
		room        chat.RoomID
		name, topic *string
		code        chat.Code
		field       string
	}{
		{"an outsider", bob, den.ID, &name, nil, chat.CodeForbidden, ""},
		{"an outsider of a private room", bob, secret.ID, &name, nil, chat.CodeNotFound, "room"},
		{"the server's admin in a private room of others", server, secret.ID, &name, nil, chat.CodeNotFound, "room"},
		{"an unknown room", ann, 99, &name, nil, chat.CodeNotFound, "room"},
		{"no name", ann, den.ID, &empty, nil, chat.CodeInvalid, "name"},
		{"a taken name", ann, den.ID, &taken, nil, chat.CodeTaken, "name"},
		{"a long topic", ann, den.ID, nil, &long, chat.CodeTooLarge, "topic"},
	} {
		_, err := w.Rooms.Change(t.Context(), test.by, test.room, test.name, test.topic)
		wantCode(t, test.test, err, test.code, test.field)
	}
	want(t, "events of failures", len(w.events.take()), 0)
}

func TestRoomsAreHiddenFromOutsiders(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	secret := w.room(t, ann, chat.RoomPrivate, "secret")

	room, sub, err := w.Rooms.Get(t.Context(), bob, den.ID)
	want(t, "error", err, nil)
	want(t, "a public room", room, den.Room)
	want(t, "without a subscription", sub == nil, true)
	room, sub, err = w.Rooms.Get(t.Context(), ann, secret.ID)
	want(t, "error for a member", err, nil)
	want(t, "a private room", room, secret.Room)
	want(t, "with the subscription", sub, &secret)

	// An outsider gets the same error for every call about a private room as for an
	// unknown room.
	for name, ask := range map[string]func(chat.RoomID) error{
		"Get":         func(id chat.RoomID) error { _, _, err := w.Rooms.Get(t.Context(), bob, id); return err },
		"Subscribe":   func(id chat.RoomID) error { _, _, err := w.Rooms.Subscribe(t.Context(), bob, id); return err },
		"Unsubscribe": func(id chat.RoomID) error { return w.Rooms.Unsubscribe(t.Context(), bob, id) },
		"Members":     func(id chat.RoomID) error { _, _, err := w.Rooms.Members(t.Context(), bob, id, "", 0); return err },
		"MarkRead": func(id chat.RoomID) error {
			_, err := w.Rooms.MarkRead(t.Context(), bob, id, 1, chat.AnyMark)
			return err
		},
		"Send": func(id chat.RoomID) error { _, _, err := w.Messages.Send(t.Context(), bob, input(id, "x")); return err },
		"Page": func(id chat.RoomID) error {
			_, err := w.Messages.Page(t.Context(), bob, id, chat.MessagePage{})
			return err
		},
		"ChangesSince": func(id chat.RoomID) error { _, err := w.Messages.ChangesSince(t.Context(), bob, id, 0); return err },
	} {
		unknown, private := ask(99), ask(secret.ID)
		wantCode(t, name+" of an unknown room", unknown, chat.CodeNotFound, "room")
		want(t, name+" of a private room", private.Error(), unknown.Error())
	}
	want(t, "events", len(w.events.take()), 0)
}

func TestSubscribing(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	w.send(t, ann, den.ID, "hello")

	sub, created, err := w.Rooms.Subscribe(t.Context(), bob, den.ID)
	want(t, "error", err, nil)
	want(t, "created", created, true)
	want(t, "members", sub.Members, 2)
	want(t, "unread", sub.Unread, 0)
	joined := w.last(t, ann, den.ID)
	want(t, "notice", joined.Notice, &chat.Notice{Kind: chat.NoticeJoined, User: bob.Author()})
	want(t, "events", w.events.take(), []chat.Event{
		chat.SubscriptionPut{User: bob.ID, Rev: 2, Subscription: sub},
		chat.MemberPut{Rev: 2, Room: den.ID, Member: chat.Member{User: bob, Role: chat.RoleMember}},
		chat.MessagePut{Message: &joined},
	})
	again, created, err := w.Rooms.Subscribe(t.Context(), bob, den.ID)
	want(t, "error of the second", err, nil)
	want(t, "created by the second", created, false)
	want(t, "last of the second", again.Last, &joined)
	want(t, "unread of the second", again.Unread, 0)
	want(t, "events of the second", len(w.events.take()), 0)

	want(t, "error of leaving", w.Rooms.Unsubscribe(t.Context(), bob, den.ID), nil)
	left := w.last(t, ann, den.ID)
	want(t, "events of leaving", w.events.take(), []chat.Event{
		chat.SubscriptionGone{User: bob.ID, Rev: 3, Room: den.ID, Reason: chat.GoneLeft},
		chat.MemberGone{Rev: 4, Room: den.ID, User: bob.ID, Reason: chat.GoneLeft},
		chat.MessagePut{Message: &left},
	})
	want(t, "notice of leaving", left.Notice, &chat.Notice{Kind: chat.NoticeLeft, User: bob.Author()})
	want(t, "error of leaving again", w.Rooms.Unsubscribe(t.Context(), bob, den.ID), nil)
	want(t, "events of leaving again", len(w.events.take()), 0)
}

func TestSubscribingAgainToAPrivateRoomChangesNothing(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	secret := w.room(t, ann, chat.RoomPrivate, "secret")
	sub, created, err := w.Rooms.Subscribe(t.Context(), ann, secret.ID)
	want(t, "error", err, nil)
	want(t, "created", created, false)
	want(t, "subscription", sub, secret)
}

func TestListingMembers(t *testing.T) {
	w := newWorld(t, chat.Limits{EntriesPerPage: 2})
	for _, name := range []string{"Carl", "ann", "Bob"} {
		w.user(t, name)
	}
	viewer := w.user(t, "zoe")
	var names []string
	after := ""
	for range 2 {
		members, next, err := w.Rooms.Members(t.Context(), viewer, chat.MainRoom, after, 0)
		want(t, "error", err, nil)
		for _, member := range members {
			names = append(names, member.User.Username)
		}
		after = next
	}
	want(t, "names", names, []string{"ann", "Bob", "Carl", "zoe"})
	want(t, "next at the end", after, "")
	_, _, err := w.Rooms.Members(t.Context(), viewer, chat.MainRoom, "", -1)
	wantCode(t, "a negative limit", err, chat.CodeInvalid, "limit")
}

func TestMarkingAsRead(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	for range 3 {
		w.send(t, ann, chat.MainRoom, "x")
	}
	m, err := w.Rooms.MarkRead(t.Context(), bob, chat.MainRoom, 2, chat.AnyMark)
	want(t, "error", err, nil)
	want(t, "position", m.ReadSeq, 2)
	events := w.events.take()
	if len(events) != 1 {
		t.Fatalf("events: got %+v, want one", events)
	}
	put := events[0].(chat.SubscriptionPut)
	want(t, "topic of the event", put.Topic(), chat.Topic{User: bob.ID})
	want(t, "unread of the event", put.Subscription.Unread, 1)

	m, err = w.Rooms.MarkRead(t.Context(), bob, chat.MainRoom, 1, chat.AnyMark)
	want(t, "error of going back", err, nil)
	want(t, "position after going back", m.ReadSeq, 2)
	want(t, "events of going back", len(w.events.take()), 0)

	m, err = w.Rooms.MarkUnread(t.Context(), bob, chat.MainRoom, 2)
	want(t, "error of marking as unread", err, nil)
	want(t, "position after marking as unread", m.ReadSeq, 1)
	put = w.events.take()[0].(chat.SubscriptionPut)
	want(t, "unread after marking", put.Subscription.Unread, 2)
	want(t, "mark of the event", put.Subscription.Membership.Marked, put.Rev)
	m, err = w.Rooms.MarkRead(t.Context(), bob, chat.MainRoom, 3, 0)
	want(t, "error of a read from before", err, nil)
	want(t, "position after a read from before", m.ReadSeq, 1)
	want(t, "events of a read from before", len(w.events.take()), 0)
	_, err = w.Rooms.MarkUnread(t.Context(), bob, chat.MainRoom, 0)
	wantCode(t, "no message", err, chat.CodeInvalid, "seq")
	_, err = w.Rooms.MarkUnread(t.Context(), bob, den.ID, 1)
	wantCode(t, "no member of the room to mark", err, chat.CodeForbidden, "")

	_, err = w.Rooms.MarkRead(t.Context(), bob, chat.MainRoom, -1, chat.AnyMark)
	wantCode(t, "a negative seq", err, chat.CodeInvalid, "seq")
	_, err = w.Rooms.MarkRead(t.Context(), bob, den.ID, 1, chat.AnyMark)
	wantCode(t, "no member", err, chat.CodeForbidden, "")
}

func TestSearching(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	for _, name := range []string{"chess", "Chat", "old chess", "team chat", "match"} {
		w.room(t, bob, chat.RoomPublic, name)
	}
	for _, name := range []string{"chef's secret", "Chat", "my charts", "x chat", "unrelated"} {
		w.room(t, ann, chat.RoomPrivate, name)
	}
	search := func(viewer chat.User, text string, limit int) []string {
		t.Helper()
		names, after := []string{}, ""
		for range 50 {
			rooms, next, err := w.Rooms.Search(t.Context(), viewer, text, after, limit)
			want(t, "error", err, nil)
			for _, room := range rooms {
				names = append(names, string(room.Kind)+" "+room.Name)
			}
			if next == "" {
				return names
			}
			want(t, "size of a page before the last", len(rooms), limit)
			after = next
		}
		t.Fatalf("the search for %q does not end: %q", text, names)
		return nil
	}
	outsider := []string{"public Chat", "public chess", "public team chat", "public old chess", "public match"}
	for limit := 1; limit <= 5; limit++ {
		want(t, fmt.Sprintf("an outsider, in pages of %d", limit), search(bob, " CH ", limit), outsider)
	}
	for limit := 1; limit <= 9; limit++ {
		got := search(ann, "ch", limit)
		// The two rooms of the same name are next to each other, in the order of
		// their ids.
		if got[0] > got[1] {
			got[0], got[1] = got[1], got[0]
		}
		if got[5] > got[6] {
			got[5], got[6] = got[6], got[5]
		}
		want(t, fmt.Sprintf("a member, in pages of %d", limit), got, []string{
			"private Chat", "public Chat", "private chef's secret", "public chess",
			"private my charts", "private x chat", "public team chat", "public old chess",
			"public match",
		})
	}
	want(t, "within a word", search(ann, "har", 9), []string{"private my charts"})
	want(t, "an ignored character", search(ann, "'", 9), []string{})
	want(t, "everything for an outsider", len(search(bob, "", 3)), 6)
	want(t, "everything for the member", len(search(ann, "", 3)), 11)

	_, _, err := w.Rooms.Search(t.Context(), bob, "x", "?", 0)
	wantCode(t, "a malformed cursor", err, chat.CodeInvalid, "after")
	_, _, err = w.Rooms.Search(t.Context(), bob, "x", "bm9uZQ", 0)
	wantCode(t, "another malformed cursor", err, chat.CodeInvalid, "after")
	_, _, err = w.Rooms.Search(t.Context(), bob, strings.Repeat("x", 65), "", 0)
	wantCode(t, "a long text", err, chat.CodeTooLarge, "text")
	_, _, err = w.Rooms.Search(t.Context(), bob, "x", "", -1)
	wantCode(t, "a negative limit", err, chat.CodeInvalid, "limit")
}
