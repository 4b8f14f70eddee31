package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
)

var benchTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// populate makes users, each in the main room, and so many public rooms.
func populate(tb testing.TB, store *Store, users, rooms int) []chat.User {
	tb.Helper()
	made := make([]chat.User, users)
	inParallel(users, func(i int) {
		name := fmt.Sprintf("user%d", i)
		user, err := store.CreateUser(tb.Context(), chat.NewUser{
			User: chat.User{
				ID: chat.UserID(i + 100), Username: name, Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: benchTime,
			},
			FoldedName: name, PasswordHash: "hash", Rooms: []chat.RoomID{chat.MainRoom},
		})
		if err != nil {
			tb.Errorf("CreateUser: %v", err)
		}
		made[i] = user
	})
	words := []string{"alpha", "bravo", "chess", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"}
	inParallel(rooms, func(i int) {
		name := fmt.Sprintf("%s %s %d", words[i%10], words[i/10%10], i)
		_, err := store.CreateRoom(tb.Context(), nil, chat.NewRoom{
			ID: chat.RoomID(i + 100), Kind: chat.RoomPublic, Name: name, FoldedName: name,
			CreatedAt: benchTime, CreatedBy: made[0].ID,
		})
		if err != nil {
			tb.Errorf("CreateRoom: %v", err)
		}
	})
	return made
}

// inParallel calls run for 0 … n−1 from as many goroutines as fill the
// writer's transactions.
func inParallel(n int, run func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, 512) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				run(i)
			}
		})
	}
	wg.Wait()
}

func appendOne(tb testing.TB, store *Store, room chat.RoomID, by chat.User) {
	tb.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		tb.Error(err)
	}
	_, _, err = store.AppendMessage(tb.Context(), &chat.NewMessage{
		Room: room, ClientID: id.String(), Author: by.ID, Kind: chat.MessageText,
		Body: "The quick brown fox jumps over the lazy dog.", CreatedAt: benchTime,
	})
	if err != nil {
		tb.Errorf("AppendMessage: %v", err)
	}
}

// BenchmarkAppend reports durable messages from so many senders, each of which
// waits for its answer before it sends the next one, and how many times as many
// that is as with each message in a transaction of its own. The two take turns
// on the same disk, so that both have what the machine has to give just then.
func BenchmarkAppend(b *testing.B) {
	for _, senders := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("senders=%d", senders), func(b *testing.B) {
			grouped := openIn(b, b.TempDir())
			single, err := Open(b.Context(), Options{Path: filepath.Join(b.TempDir(), "chat.db"), Batch: 1})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = single.Close() })
			users := populate(b, grouped, senders, 10)
			populate(b, single, senders, 10)
			const turn = 20 // messages of each sender; an eighth of it one by one
			var together, alone time.Duration
			messages, singles := 0, 0
			b.ReportAllocs()
			b.ResetTimer()
			for messages < b.N {
				n := min(turn*senders, b.N-messages)
				together += appendFrom(b, grouped, users, n)
				messages += n
				b.StopTimer()
				n = max(1, n/8)
				alone += appendFrom(b, single, users, n)
				singles += n
				b.StartTimer()
			}
			rate, oneByOne := float64(messages)/together.Seconds(), float64(singles)/alone.Seconds()
			b.ReportMetric(rate, "messages/s")
			b.ReportMetric(oneByOne, "one-by-one/s")
			b.ReportMetric(rate/oneByOne, "times")
		})
	}
}

// appendFrom sends n messages from all users at once and gives how long it took.
func appendFrom(b *testing.B, store *Store, users []chat.User, n int) time.Duration {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	start := time.Now()
	for i, user := range users {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				appendOne(b, store, chat.RoomID(i%10+100), user)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// BenchmarkMembership is the read that comes before each send, under a context
// with a deadline as commands have it.
func BenchmarkMembership(b *testing.B) {
	store := openIn(b, b.TempDir())
	users := populate(b, store, 1000, 0)
	ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
	defer cancel()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := store.Membership(ctx, chat.MainRoom, users[i%len(users)].ID); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHistoryPage(b *testing.B) {
	const messages = 50_000
	store := openIn(b, b.TempDir())
	users := populate(b, store, 100, 0)
	inParallel(messages, func(i int) { appendOne(b, store, chat.MainRoom, users[i%len(users)]) })
	for _, page := range []struct {
		name string
		page chat.MessagePage
	}{
		{"latest", chat.MessagePage{Limit: 50}},
		{"before", chat.MessagePage{Direction: chat.PageBefore, Seq: messages / 2, Limit: 50}},
		{"after", chat.MessagePage{Direction: chat.PageAfter, Seq: messages / 2, Limit: 50}},
	} {
		b.Run(page.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := store.Messages(b.Context(), chat.MainRoom, page.page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("changes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := store.ChangesSince(b.Context(), chat.MainRoom, messages/2, 50, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSearch looks through 100,000 rooms.
func BenchmarkSearch(b *testing.B) {
	store := openIn(b, b.TempDir())
	populate(b, store, 1, 100_000)
	for _, text := range []string{"", "c", "chess", "chess echo 4", "echo 4242", "99999", "hess", "zzz"} {
		b.Run("text="+text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := store.SearchPublicRooms(b.Context(), chat.RoomSearch{Text: text, Limit: 50}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkListHeads reads the lists of users who are in 20 rooms.
func BenchmarkListHeads(b *testing.B) {
	store := openIn(b, b.TempDir())
	users := populate(b, store, 101, 100)[1:] // the first one is in all rooms
	inParallel(len(users), func(i int) {
		for k := range 20 {
			if _, _, err := store.Subscribe(b.Context(), nil, chat.RoomID((i+k)%100+100), users[i].ID, chat.RoleMember, benchTime); err != nil {
				b.Errorf("Subscribe: %v", err)
			}
		}
	})
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		head, err := store.ListHeads(b.Context(), users[i%len(users)].ID)
		if err != nil || len(head.Rooms) != 21 {
			b.Fatalf("%d rooms, %v", len(head.Rooms), err)
		}
		i++
	}
}

// BenchmarkMoveRead is how many read positions move a second, durably: of so many
// users, each of whom waits for the answer before moving on.
func BenchmarkMoveRead(b *testing.B) {
	const head = 3000
	for _, readers := range []int{1, 64} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			store := openIn(b, b.TempDir())
			users := populate(b, store, readers, 0)
			inParallel(head, func(int) { appendOne(b, store, chat.MainRoom, users[0]) })
			other, err := store.CreateUser(b.Context(), chat.NewUser{
				User:       chat.User{ID: 9000, Username: "other", Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: benchTime},
				FoldedName: "other", Rooms: []chat.RoomID{chat.MainRoom},
			})
			if err != nil {
				b.Fatal(err)
			}
			inParallel(head, func(int) { appendOne(b, store, chat.MainRoom, other) })
			var left atomic.Int64
			left.Store(int64(b.N))
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for _, user := range users {
				wg.Go(func() {
					for at := int64(1); left.Add(-1) >= 0; at++ {
						if _, _, err := store.MoveRead(b.Context(), nil, chat.MainRoom, user.ID, head+at, chat.AnyMark); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "moves/s")
		})
	}
}
