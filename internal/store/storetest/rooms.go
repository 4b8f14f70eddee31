package storetest

import (
	"cmp"
	"slices"
	"testing"

	"partychat/internal/chat"
)

var roomContracts = []contract{
	{"the main room exists from the start", func(t *testing.T, f *fixture) {
		main := f.roomNow(t, chat.MainRoom)
		if main.CreatedAt.IsZero() {
			t.Error("the main room has no time of creation")
		}
		main.CreatedAt = now
		want(t, "main", main,
			chat.Room{ID: chat.MainRoom, Kind: chat.RoomPublic, Name: "main", CreatedAt: now})
	}},
	{"heads have the seq and rev of rooms", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den, attic := f.room(t, ann, chat.RoomPublic, "den"), f.room(t, ann, chat.RoomPrivate, "attic")
		f.sendMany(t, den.ID, ann, 3)
		_, _, err := f.DeleteMessage(t.Context(), nil, den.ID, 2)
		want(t, "error", err, nil)
		f.send(t, chat.MainRoom, ann, "hi")
		heads := must[[]chat.Head](t)(f.Heads(t.Context(), []chat.RoomID{den.ID, 99, attic.ID}))
		slices.SortFunc(heads, func(a, b chat.Head) int { return cmp.Compare(b.Seq, a.Seq) })
		want(t, "heads", heads, []chat.Head{{Room: den.ID, Seq: 3, Rev: 4}, {Room: attic.ID}})
		want(t, "heads of no rooms", must[[]chat.Head](t)(f.Heads(t.Context(), nil)), []chat.Head{})
	}},
	{"rooms are returned together, without unknown ones", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den, attic := f.room(t, ann, chat.RoomPublic, "den"), f.room(t, ann, chat.RoomPrivate, "attic")
		rooms := must[[]chat.Room](t)(f.RoomsByID(t.Context(), []chat.RoomID{den.ID, 99, attic.ID}))
		slices.SortFunc(rooms, func(a, b chat.Room) int { return cmp.Compare(b.Name, a.Name) })
		want(t, "rooms", rooms, []chat.Room{f.roomNow(t, den.ID), f.roomNow(t, attic.ID)})
		want(t, "of none", must[[]chat.Room](t)(f.RoomsByID(t.Context(), nil)), []chat.Room{})
	}},
	{"a room is stored with its creator as its admin", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		input := newRoom(ann, chat.RoomPrivate, "Den")
		sub := must[chat.Subscription](t)(f.CreateRoom(t.Context(), nil, input))
		want(t, "subscription", sub, chat.Subscription{
			Room: chat.Room{
				ID: input.ID, Kind: chat.RoomPrivate, Name: "Den", Topic: "about Den", CreatedAt: now, Members: 1,
			},
			Membership: chat.Membership{Room: input.ID, User: ann.ID, Role: chat.RoleAdmin, JoinedAt: now, Rev: 2},
		})
		want(t, "room", f.roomNow(t, input.ID), sub.Room)
	}},
	{"the name of another public room is taken, in any case", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		f.room(t, ann, chat.RoomPublic, "Den")
		input := newRoom(ann, chat.RoomPublic, "DEN")
		_, err := f.CreateRoom(t.Context(), nil, input)
		wantCode(t, "CreateRoom", err, chat.CodeTaken, "name")
		_, err = f.RoomByID(t.Context(), input.ID)
		wantCode(t, "RoomByID", err, chat.CodeNotFound, "")
		_, err = f.CreateRoom(t.Context(), nil, newRoom(ann, chat.RoomPublic, "Main"))
		wantCode(t, "a second main", err, chat.CodeTaken, "name")
	}},
	{"private names may repeat", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		f.room(t, ann, chat.RoomPrivate, "Den")
		f.room(t, ann, chat.RoomPublic, "Den")
		f.room(t, ann, chat.RoomPrivate, "Den")
	}},
	{"a room of an unknown user is not stored", func(t *testing.T, f *fixture) {
		input := newRoom(chat.User{ID: 99}, chat.RoomPublic, "Den")
		_, err := f.CreateRoom(t.Context(), nil, input)
		wantCode(t, "CreateRoom", err, chat.CodeNotFound, "")
		_, err = f.RoomByID(t.Context(), input.ID)
		wantCode(t, "RoomByID", err, chat.CodeNotFound, "")
	}},
	{"an unknown room is not found", func(t *testing.T, f *fixture) {
		_, err := f.RoomByID(t.Context(), 99)
		wantCode(t, "RoomByID", err, chat.CodeNotFound, "")
		topic := "t"
		_, err = f.ChangeRoom(t.Context(), nil, 99, chat.RoomChange{Topic: &topic})
		wantCode(t, "ChangeRoom", err, chat.CodeNotFound, "")
	}},
	{"a change affects the fields that it names and nothing else", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		room := f.room(t, ann, chat.RoomPublic, "Den")
		topic := ""
		room.Topic, room.Rev = topic, 1
		changed := must[chat.Room](t)(f.ChangeRoom(t.Context(), nil, room.ID, chat.RoomChange{Topic: &topic}))
		want(t, "with another topic", changed, room)
		name, folded := "Lair", "lair"
		room.Name, room.Rev = name, 2
		changed = must[chat.Room](t)(
			f.ChangeRoom(t.Context(), nil, room.ID, chat.RoomChange{Name: &name, FoldedName: &folded}))
		want(t, "with another name", changed, room)
		want(t, "as read", f.roomNow(t, room.ID), room)
		f.room(t, ann, chat.RoomPublic, "den") // the old name is free again
	}},
	{"a change to the name of another public room fails with taken and changes nothing", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		f.room(t, ann, chat.RoomPublic, "Den")
		room := f.room(t, ann, chat.RoomPublic, "Lair")
		name, folded, topic := "DEN", "den", "other"
		_, err := f.ChangeRoom(t.Context(), nil, room.ID, chat.RoomChange{Name: &name, FoldedName: &folded, Topic: &topic})
		wantCode(t, "ChangeRoom", err, chat.CodeTaken, "name")
		want(t, "room", f.roomNow(t, room.ID), room)
	}},
	{"a room's name may change its case", func(t *testing.T, f *fixture) {
		room := f.room(t, f.user(t, "ann"), chat.RoomPublic, "Den")
		name, folded := "DEN", "den"
		changed := must[chat.Room](t)(
			f.ChangeRoom(t.Context(), nil, room.ID, chat.RoomChange{Name: &name, FoldedName: &folded}))
		want(t, "name", changed.Name, name)
	}},
	{"an id is never used twice", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		room := f.room(t, ann, chat.RoomPublic, "Den")
		again := newRoom(ann, chat.RoomPublic, "Lair")
		again.ID = room.ID
		if _, err := f.CreateRoom(t.Context(), nil, again); err == nil {
			t.Error("the second use of an id was accepted")
		}
		want(t, "the first", f.roomNow(t, room.ID), room)
	}},
}
