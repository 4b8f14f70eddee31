package storetest

import (
	"sync"
	"testing"

	"partychat/internal/chat"
)

// Peacock with Latin letters, and names that look like it: with one Cyrillic
// letter, with several, with a Roman numeral, and with a letter of phonetics.
const peacock = "peacock"

var likePeacock = []string{"pe\u0430cock", "\u0440\u0435\u0430\u0441\u043eck", "pea\u217dock", "pe\u0251cock", "PEACO\u0421K"}

func (f *fixture) rename(t *testing.T, id chat.RoomID, name string) error {
	t.Helper()
	folded := fold(name)
	_, err := f.ChangeRoom(t.Context(), nil, id, chat.RoomChange{Name: &name, FoldedName: &folded})
	return err
}

var lookContracts = []contract{
	{"a public room whose name looks like another one's is not created", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		f.room(t, ann, chat.RoomPublic, peacock)
		for _, name := range append(likePeacock, "pea\u200bcock", "\u2066peacock", "pea\u00adcock") {
			room := newRoom(ann, chat.RoomPublic, name)
			_, err := f.CreateRoom(t.Context(), nil, room)
			wantCode(t, "CreateRoom "+name, err, chat.CodeTaken, "name")
			_, err = f.RoomByID(t.Context(), room.ID)
			wantCode(t, "RoomByID "+name, err, chat.CodeNotFound, "")
		}
		want(t, "found", allRoomNames(t, f, "peacock", 10), []string{peacock})
	}},
	{"private rooms may look like any", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		f.room(t, ann, chat.RoomPublic, peacock)
		f.room(t, ann, chat.RoomPrivate, likePeacock[0])
		f.room(t, ann, chat.RoomPrivate, likePeacock[0])
		f.room(t, ann, chat.RoomPrivate, "attic")
		f.room(t, ann, chat.RoomPublic, "attic")
	}},
	{"a public room cannot take a name that looks like another room's, but one that looks like its own", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		f.room(t, ann, chat.RoomPublic, peacock)
		room := f.room(t, ann, chat.RoomPublic, "hall")
		wantCode(t, "like another one", f.rename(t, room.ID, likePeacock[0]), chat.CodeTaken, "name")
		want(t, "name afterwards", f.roomNow(t, room.ID).Name, "hall")
		for _, name := range []string{"Hall", "ha\u0406l", "hall", "the hall"} {
			if err := f.rename(t, room.ID, name); err != nil {
				t.Errorf("rename to %+q: %v", name, err)
			}
			want(t, "found", allRoomNames(t, f, "ha", 10), []string{name})
		}
		f.room(t, ann, chat.RoomPublic, "h\u0430ll") // the look of its old name is free again
	}},
	{"a user whose name looks like another one's is not stored", func(t *testing.T, f *fixture) {
		f.user(t, peacock)
		for _, name := range likePeacock {
			user := newUser(name)
			_, err := f.CreateUser(t.Context(), user)
			wantCode(t, "CreateUser "+name, err, chat.CodeTaken, "username")
			_, err = f.UserByID(t.Context(), user.ID)
			wantCode(t, "UserByID "+name, err, chat.CodeNotFound, "")
		}
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 1)
		f.user(t, "peacocks")
		f.room(t, f.user(t, "ann"), chat.RoomPublic, peacock) // a room may have the name of a user
	}},
	{"of concurrent names that look the same, one is stored", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		names := append([]string{peacock}, likePeacock...)
		rooms, users := make([]error, len(names)), make([]error, len(names))
		var wg sync.WaitGroup
		for i, name := range names {
			wg.Go(func() { _, rooms[i] = f.CreateRoom(t.Context(), nil, newRoom(ann, chat.RoomPublic, name)) })
			wg.Go(func() { _, users[i] = f.CreateUser(t.Context(), newUser(name)) })
		}
		wg.Wait()
		for what, errs := range map[string][]error{"rooms": rooms, "users": users} {
			stored := 0
			for i, err := range errs {
				if err == nil {
					stored++
				} else if chat.CodeOf(err) != chat.CodeTaken {
					t.Errorf("%s: %+q: got %v, want that it is taken", what, names[i], err)
				}
			}
			want(t, what+" stored", stored, 1)
		}
		want(t, "found", len(allRoomNames(t, f, "", 10)), 2) // and main
	}},
}
