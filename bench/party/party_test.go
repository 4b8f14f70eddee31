package party

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"partychat/bench/load"
	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

func TestMain(m *testing.M) {
	// scs starts a goroutine that never ends, for a memory store that is replaced
	// by another one.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

// gathered returns a store with six users in two rooms.
func gathered(t *testing.T) (*sqlite.Store, []load.Member) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "chat.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	members, err := Gather(t.Context(), store, store, 6, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	return store, members
}

func TestEveryoneHasASessionAndIsInTheirRoom(t *testing.T) {
	store, members := gathered(t)
	tokens := make(map[string]bool)
	for i, m := range members {
		tokens[m.Token] = m.Token != ""
		if m.Room != members[i%2].Room {
			t.Errorf("member %d is in room %d, want %d", i, m.Room, members[i%2].Room)
		}
	}
	if len(tokens) != 6 || members[0].Room == members[1].Room {
		t.Errorf("got %+v, want six tokens and two rooms", members)
	}
	for _, m := range members[:2] {
		room, err := store.RoomByID(t.Context(), chat.RoomID(m.Room))
		if err != nil || room.Members != 3 || room.Seq != m.Seq {
			t.Errorf("got %+v, %v, want three members and seq %d", room, err, m.Seq)
		}
	}
}

func TestVerify(t *testing.T) {
	tests := []struct {
		name   string
		change func([]load.Ack) []load.Ack
		want   error
	}{
		{"every acknowledged message is stored", func(a []load.Ack) []load.Ack { return a }, nil},
		{"a message is lost", func(a []load.Ack) []load.Ack { return append(a, load.Ack{Room: a[0].Room, Seq: 1000, Body: 9}) }, errNotThere},
		{"a message differs", func(a []load.Ack) []load.Ack { a[0].Body = 9; return a }, errNotThere},
		{"two acknowledgements have the same seq", func(a []load.Ack) []load.Ack { return append(a, a[0]) }, errNotThere},
		{"a message was not acknowledged", func(a []load.Ack) []load.Ack { return a[:2] }, errUnasked},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store, members := gathered(t)
			var acked []load.Ack
			for i := range 3 {
				message, _, err := store.AppendMessage(t.Context(), &chat.NewMessage{
					Room: chat.RoomID(members[i].Room), ClientID: uuid.NewString(), Author: author(t, store),
					Kind: chat.MessageText, Body: fmt.Sprintf("%012dxx", i),
				})
				if err != nil {
					t.Fatal(err)
				}
				acked = append(acked, load.Ack{Room: int64(message.Room), Seq: message.Seq, Body: uint64(i)})
			}
			if err := Verify(t.Context(), store, members, test.change(acked)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func author(t *testing.T, store *sqlite.Store) chat.UserID {
	t.Helper()
	user, _, err := store.Credentials(t.Context(), Name(0))
	if err != nil {
		t.Fatal(err)
	}
	return user.ID
}
