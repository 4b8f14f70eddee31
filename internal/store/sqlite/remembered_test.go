package sqlite

import (
	"math/rand/v2"
	"sync"
	"testing"

	"partychat/internal/chat"
)

// What Membership answers is what the database says, whatever was done between,
// and by others at the same time.
func TestARememberedMembershipIsNeverStale(t *testing.T) {
	store := openIn(t, t.TempDir())
	users := populate(t, store, 8, 3)
	rooms := []chat.RoomID{chat.MainRoom, 100, 101, 102}
	var work sync.WaitGroup
	for _, user := range users {
		work.Go(func() {
			for range 150 {
				room := rooms[rand.IntN(len(rooms))]
				changeMembership(t, store, room, user)
				sameMembership(t, store, room, user)
			}
		})
	}
	work.Wait()
	for _, user := range users {
		for _, room := range rooms {
			sameMembership(t, store, room, user)
		}
	}
}

// changeMembership does one thing that may change it. Each user does so alone.
func changeMembership(t *testing.T, store *Store, room chat.RoomID, user chat.User) {
	t.Helper()
	var err error
	switch rand.IntN(9) {
	case 0:
		if _, _, err = store.Subscribe(t.Context(), nil, room, user.ID, chat.RoleMember, benchTime); chat.CodeOf(err) == chat.CodeForbidden {
			err = nil // banned just now
		}
	case 1:
		_, err = store.Unsubscribe(t.Context(), nil, room, user.ID)
	case 2:
		if _, _, err = store.MoveRead(t.Context(), nil, room, user.ID, rand.Int64N(200), chat.AnyMark); chat.CodeOf(err) == chat.CodeNotFound {
			err = nil // no member just now
		}
	case 3:
		_, err = store.RemoveMember(t.Context(), nil, room, user.ID)
	case 4:
		_, _, _, err = store.Ban(t.Context(), nil, chat.NewBan{Room: room, User: user.ID, By: user.ID, At: benchTime})
	case 6:
		if _, err = store.MarkUnread(t.Context(), nil, room, user.ID, 1+rand.Int64N(200)); chat.CodeOf(err) == chat.CodeNotFound {
			err = nil // no member just now
		}
	case 5:
		_, _, err = store.Unban(t.Context(), nil, room, user.ID)
	default:
		appendOne(t, store, room, user)
	}
	if err != nil {
		t.Errorf("changing the membership of %s in %d: %v", user.Username, room, err)
	}
}

func sameMembership(t *testing.T, store *Store, room chat.RoomID, user chat.User) {
	t.Helper()
	for range 2 { // the second time it may be remembered
		got, err := store.Membership(t.Context(), room, user.ID)
		var count int
		var readSeq int64
		const query = `SELECT count(*), ifnull(max(read_seq), 0) FROM memberships WHERE room = ?1 AND user = ?2`
		if err := readRow(t, store, query, []any{room, user.ID}, &count, &readSeq); err != nil {
			t.Error(err)
		}
		if member := err == nil; member != (count == 1) || got.ReadSeq != readSeq {
			t.Errorf("%s in %d: got %+v, %v; the database has %d, read up to %d", user.Username, room, got, err, count, readSeq)
		}
	}
}

func TestWhatWasReadBeforeACommitIsNotRemembered(t *testing.T) {
	var r remembered
	at := position{room: 1, user: 2}
	_, _, commits := r.find(at)
	r.committed([]*write{{}}, nil)
	r.keep(chat.Membership{Room: 1, User: 2}, commits)
	if _, known, _ := r.find(at); known {
		t.Error("a membership is remembered that may be older than the last commit")
	}
}

func TestAClosedStoreRemembersNothing(t *testing.T) {
	store := openIn(t, t.TempDir())
	users := populate(t, store, 1, 0)
	if _, err := store.Membership(t.Context(), chat.MainRoom, users[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Membership(t.Context(), chat.MainRoom, users[0].ID); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("got %v, want unavailable", err)
	}
}
