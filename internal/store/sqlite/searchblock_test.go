package sqlite

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// talk stores messages in the order of the times, in several rooms in turn.
func talk(t *testing.T, store *Store, rooms []chat.RoomID, times ...time.Duration) {
	t.Helper()
	for i, after := range times {
		message := &chat.NewMessage{
			Room: rooms[i%len(rooms)], Author: 100, ClientID: uuid.NewString(), Kind: chat.MessageText,
			Body: fmt.Sprintf("tea %d", i), CreatedAt: time.UnixMilli(1_700_000_000_000).Add(after),
		}
		if _, _, err := store.AppendMessage(t.Context(), message); err != nil {
			t.Fatal(err)
		}
	}
}

// tearoom returns a store with rooms, and its database.
func tearoom(t *testing.T, rooms int) (store *Store, ids []chat.RoomID, path string) {
	t.Helper()
	dir := t.TempDir()
	store, path = openIn(t, dir), filepath.Join(dir, "partychat.db")
	ann := chat.NewUser{User: chat.User{ID: 100, Username: "ann", Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: time.Now()}, FoldedName: "ann"}
	if _, err := store.CreateUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	for i := range rooms {
		name := fmt.Sprint("room ", i)
		room := chat.NewRoom{ID: chat.RoomID(1000 + i), Kind: chat.RoomPublic, Name: name, FoldedName: name, CreatedAt: time.Now(), CreatedBy: 100}
		if _, err := store.CreateRoom(t.Context(), nil, room); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, room.ID)
	}
	return store, ids, path
}

// indexInto indexes everything, in batches, and returns how many messages each block has.
func indexInto(t *testing.T, store *Store, batch int) (sizes []int) {
	t.Helper()
	if err := store.CompareIndex(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n := 1; n > 0; {
		var err error
		if n, err = store.IndexMessages(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	query := `SELECT (SELECT count(*) FROM search_docs d WHERE d.doc = b.doc) FROM search_blocks b ORDER BY first`
	err := store.readers.each(t.Context(), query, nil, func(r sqlstore.Scanner) error {
		var n int
		err := r.Scan(&n)
		sizes = append(sizes, n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sizes
}

func seconds(from, n int) (times []time.Duration) {
	for i := range n {
		times = append(times, time.Duration(from+i)*time.Second)
	}
	return times
}

// The history of many rooms is indexed in the order of time, so that blocks are full
// and none is larger.
func TestHistoryFillsTheBlocksOfTheSearchIndex(t *testing.T) {
	store, rooms, _ := tearoom(t, 30)
	talk(t, store, rooms, seconds(0, 10*blockSize)...)
	for _, batch := range []int{7, 100} {
		if err := store.ResetIndex(t.Context()); err != nil {
			t.Fatal(err)
		}
		sizes := indexInto(t, store, batch)
		if want := slices.Repeat([]int{blockSize}, 10); !slices.Equal(sizes, want) {
			t.Errorf("in batches of %d: got blocks of %v messages, want %v", batch, sizes, want)
		}
	}
}

// Messages that are indexed late find their block, and new blocks in a gap of time.
func TestLateMessagesFindTheirBlocks(t *testing.T) {
	store, rooms, path := tearoom(t, 3)
	talk(t, store, rooms, seconds(0, blockSize)...)
	talk(t, store, rooms, seconds(3600, blockSize)...) // the clock was ahead
	indexInto(t, store, 100)
	talk(t, store, rooms, seconds(blockSize, 3*blockSize)...)
	sizes := indexInto(t, store, 100)
	if want := slices.Repeat([]int{blockSize}, 5); !slices.Equal(sizes, want) {
		t.Errorf("got blocks of %v messages, want %v", sizes, want)
	}
	talk(t, store, rooms, 0, time.Second/2)
	if sizes = indexInto(t, store, 100); sizes[0] != blockSize+2 {
		t.Errorf("got blocks of %v messages, want two more in the first", sizes)
	}
	hits, err := store.FindMessages(t.Context(), chat.MessageSearch{
		By: 100, Rooms: rooms, Terms: []chat.SearchTerm{{Text: "tea"}}, Limit: 1000, Candidates: 1000, Tail: 1,
	})
	if err != nil || len(hits.Hits) != 5*blockSize+2 || hits.Next != "" {
		t.Fatalf("got %d messages, next %q, %v; want all", len(hits.Hits), hits.Next, err)
	}
	if !slices.IsSortedFunc(hits.Hits, func(a, b chat.MessageHit) int { return b.Message.CreatedAt.Compare(a.Message.CreatedAt) }) {
		t.Error("the results are not in the order of time")
	}
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("the doctor finds %v, %v", report.Findings, err)
	}
}

// A member of very many rooms whose messages are few gets short pages that go on.
func TestASearchGivesUpAmongBlocksOfOtherRooms(t *testing.T) {
	store, rooms, _ := tearoom(t, maxRoomTokens+2)
	mine := append([]chat.RoomID{rooms[0]}, make([]chat.RoomID, maxRoomTokens)...)
	for i := range maxRoomTokens {
		mine[i+1] = chat.RoomID(5000 + i) // empty ones
	}
	talk(t, store, rooms[:1], 0)
	talk(t, store, rooms[1:2], seconds(1, 20*blockSize)...)
	indexInto(t, store, 1000)
	search := chat.MessageSearch{By: 100, Rooms: mine, Terms: []chat.SearchTerm{{Text: "tea"}}, Limit: 20, Candidates: 1000, Tail: 1}
	hits, err := store.FindMessages(t.Context(), search)
	for n := 0; err == nil && len(hits.Hits) == 0 && hits.Next != "" && n < 10; n++ {
		search.After = hits.Next
		hits, err = store.FindMessages(t.Context(), search)
	}
	if err != nil || len(hits.Hits) != 1 {
		t.Errorf("got %d messages, %v; want the oldest", len(hits.Hits), err)
	}
}
