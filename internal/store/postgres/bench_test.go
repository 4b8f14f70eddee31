package postgres

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/realserver"
)

var benchTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// populate makes users, one after the other in the main room, and so many public
// rooms.
func populate(tb testing.TB, store *Store, users, rooms int) []chat.User {
	tb.Helper()
	made := make([]chat.User, users)
	for i := range made {
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
	}
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

// inParallel calls run for 0 … n−1 from several goroutines.
func inParallel(n int, run func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, 16) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				run(i)
			}
		})
	}
	wg.Wait()
}

func newMessage(room chat.RoomID, by chat.User) chat.NewMessage {
	return chat.NewMessage{
		Room: room, ClientID: uuid.NewString(), Author: by.ID, Kind: chat.MessageText,
		Body: "The quick brown fox jumps over the lazy dog.", CreatedAt: benchTime,
	}
}

func appendOne(tb testing.TB, store *Store, room chat.RoomID, by chat.User) {
	tb.Helper()
	m := newMessage(room, by)
	if _, _, err := store.AppendMessage(tb.Context(), &m); err != nil {
		tb.Errorf("AppendMessage: %v", err)
	}
}

// BenchmarkAppend reports durable messages from so many senders in so many
// rooms, each of whom waits for the answer before sending the next one, and how
// many times as many that is as with each message in a transaction of its own.
// The two take turns on the same server, which syncs to the disk, so that both
// have what the machine has to give just then.
func BenchmarkAppend(b *testing.B) {
	folder, err := os.MkdirTemp("", "partychat-bench-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		b.Fatal(err)
	}
	server := realserver.PostgresServer(b, realserver.PostgresOptions{Dir: folder})
	for _, rooms := range []int{1, 16} {
		for _, senders := range []int{1, 32, 256} {
			b.Run(fmt.Sprintf("rooms=%d/senders=%d", rooms, senders), func(b *testing.B) {
				benchmarkAppend(b, server, rooms, senders)
			})
		}
	}
}

func benchmarkAppend(b *testing.B, server *realserver.Postgres, rooms, senders int) {
	b.Helper()
	name := fmt.Sprintf("bench%d_%d_%d", rooms, senders, time.Now().UnixNano())
	if err := server.CreateDatabase(b.Context(), name); err != nil {
		b.Fatal(err)
	}
	grouped := openAt(b, Options{URL: server.URL(name)})
	single := openAt(b, Options{URL: server.URL(name), Batch: 1})
	users := populate(b, grouped, senders, rooms)
	const turn = 20 // messages of each sender; an eighth of it one by one
	var together, alone time.Duration
	messages, singles := 0, 0
	b.ReportAllocs()
	b.ResetTimer()
	for messages < b.N {
		n := min(turn*senders, b.N-messages)
		together += appendFrom(b, grouped, users, rooms, n)
		messages += n
		b.StopTimer()
		n = max(1, n/8)
		alone += appendFrom(b, single, users, rooms, n)
		singles += n
		b.StartTimer()
	}
	rate, oneByOne := float64(messages)/together.Seconds(), float64(singles)/alone.Seconds()
	b.ReportMetric(rate, "messages/s")
	b.ReportMetric(oneByOne, "one-by-one/s")
	b.ReportMetric(rate/oneByOne, "times")
}

// appendFrom sends n messages from all users at once and gives how long it took.
func appendFrom(b *testing.B, store *Store, users []chat.User, rooms, n int) time.Duration {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	start := time.Now()
	for i, user := range users {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				appendOne(b, store, chat.RoomID(i%rooms+100), user)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// BenchmarkSearch looks through 100,000 rooms.
func BenchmarkSearch(b *testing.B) {
	url := realserver.PostgresDatabase(b)
	store := openAt(b, Options{URL: url})
	populate(b, store, 1, 0)
	sql(b, url, `INSERT INTO rooms (id, kind, name, folded_name, topic, created_at)
		SELECT 100 + i, 'public', name, name, '', 0 FROM generate_series(0, 99999) i,
		LATERAL (SELECT w[i % 10 + 1] || ' ' || w[i / 10 % 10 + 1] || ' ' || i AS name FROM
			(SELECT '{alpha,bravo,chess,delta,echo,foxtrot,golf,hotel,india,juliet}'::text[] AS w) AS words) AS names`)
	if err := store.KeyNames(b.Context()); err != nil {
		b.Fatal(err)
	}
	sql(b, url, `VACUUM ANALYZE`)
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

// BenchmarkMoveRead is how many read positions move a second, durably: of so many
// users, each of whom waits for the answer before moving on.
func BenchmarkMoveRead(b *testing.B) {
	const head = 3000
	for _, readers := range []int{1, 64} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			store := openAt(b, Options{URL: realserver.PostgresDatabase(b)})
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
