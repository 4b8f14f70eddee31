package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/realserver"
)

// traffic is senders on two servers that share a database. Each repeats a message
// until it is acknowledged, by turns on the one and the other, before it sends
// the next one.
type traffic struct {
	t      *testing.T
	url    string
	stores [2]*Store
	rooms  []chat.RoomID
	stop   chan struct{}
	work   sync.WaitGroup

	mu       sync.Mutex
	sent     map[chat.RoomID]map[int64]chat.NewMessage // by seq
	refused  int
	progress int
}

func startTraffic(t *testing.T, server *realserver.Postgres) *traffic {
	t.Helper()
	if err := server.CreateDatabase(t.Context(), "chat"); err != nil {
		t.Fatal(err)
	}
	f := &traffic{
		t: t, url: server.URL("chat"), rooms: []chat.RoomID{chat.MainRoom, 100, 101},
		stop: make(chan struct{}), sent: map[chat.RoomID]map[int64]chat.NewMessage{},
	}
	for i := range f.stores {
		f.stores[i] = openAt(t, Options{URL: f.url, Timeout: 2 * time.Second, QueueWait: 2 * time.Second, ConnectTimeout: time.Second})
	}
	for _, room := range f.rooms {
		f.sent[room] = map[int64]chat.NewMessage{}
	}
	users := populate(t, f.stores[0], 9, 2)
	for i, user := range users {
		f.work.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-f.stop:
					return
				default:
					f.send(i+n, newMessage(f.rooms[(i+n)%3], user))
				}
			}
		})
	}
	return f
}

func (f *traffic) send(turn int, m chat.NewMessage) {
	for {
		got, _, err := f.stores[turn%2].AppendMessage(context.Background(), &m)
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			if other, twice := f.sent[m.Room][got.Seq]; twice {
				f.t.Errorf("seq %d of room %d was acknowledged for %s and for %s", got.Seq, m.Room, other.ClientID, m.ClientID)
			}
			f.sent[m.Room][got.Seq] = m
			f.progress++
			return
		}
		if e := chat.ErrorFrom(err); e.Code != chat.CodeUnavailable || e.RetryAfter == 0 {
			f.t.Errorf("AppendMessage: got %v, want success, or unavailable with a time to retry", err)
			return
		}
		f.mu.Lock()
		f.refused++
		f.mu.Unlock()
		turn++
		time.Sleep(5 * time.Millisecond) // as a client does
	}
}

// flows waits until some more messages were acknowledged.
func (f *traffic) flows() {
	f.t.Helper()
	count := func() int {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.progress
	}
	before := count()
	eventually(f.t, "messages were acknowledged", func() bool { return count() >= before+30 })
}

// end stops the senders and holds what they were told against what is there.
func (f *traffic) end() {
	f.t.Helper()
	close(f.stop)
	f.work.Wait()
	for _, room := range f.rooms {
		after, stored := int64(0), 0
		for more := true; more; {
			page, err := f.stores[1].Messages(f.t.Context(), room, chat.MessagePage{Direction: chat.PageAfter, Seq: after, Limit: 500})
			if err != nil {
				f.t.Fatal(err)
			}
			for _, m := range page.Messages {
				if sent := f.sent[room][m.Seq]; sent.ClientID != m.ClientID {
					f.t.Errorf("room %d, seq %d: got %s, but %q was acknowledged for it", room, m.Seq, m.ClientID, sent.ClientID)
				}
				after, stored = m.Seq, stored+1
			}
			more = page.More
		}
		if stored != len(f.sent[room]) {
			f.t.Errorf("room %d: got %d messages, %d were acknowledged", room, stored, len(f.sent[room]))
		}
	}
	report, err := Check(f.t.Context(), f.url)
	if err != nil || len(report.Findings) > 0 {
		f.t.Errorf("check: got %q, %v; want nothing", report.Findings, err)
	}
	f.t.Logf("%d messages acknowledged, %d tries refused", f.progress, f.refused)
}

func TestTerminatedBackEndsLoseAndDoubleNothing(t *testing.T) {
	server := realserver.PostgresServer(t, realserver.PostgresOptions{NoFsync: true})
	f := startTraffic(t, server)
	conn, err := pgx.Connect(t.Context(), server.URL("chat"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for range 20 {
		f.flows()
		if _, err := conn.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'chat' AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	f.flows()
	f.end()
}

func TestRestartsAndCrashesLoseAndDoubleNothing(t *testing.T) {
	server := realserver.PostgresServer(t, realserver.PostgresOptions{})
	f := startTraffic(t, server)
	for i := range 6 {
		f.flows()
		end := server.Kill
		if i%2 == 0 {
			end = server.Stop
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if err := server.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	f.flows()
	f.end()
}

func TestAServerThatHangsIsGivenUpAndComesBack(t *testing.T) {
	server := realserver.PostgresServer(t, realserver.PostgresOptions{NoFsync: true})
	f := startTraffic(t, server)
	for range 2 {
		f.flows()
		if err := server.Pause(); err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		before := f.refused
		f.mu.Unlock()
		eventually(t, "senders were told", func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.refused >= before+9
		})
		if err := f.stores[0].Ping(t.Context()); chat.CodeOf(err) != chat.CodeUnavailable {
			t.Errorf("Ping: got %v, want unavailable", err)
		}
		if err := server.Resume(); err != nil {
			t.Fatal(err)
		}
	}
	f.flows()
	f.end()
}

func TestWhatTheDomainHearsWhileTheDatabaseIsAway(t *testing.T) {
	server := realserver.PostgresServer(t, realserver.PostgresOptions{NoFsync: true})
	if err := server.CreateDatabase(t.Context(), "chat"); err != nil {
		t.Fatal(err)
	}
	store := openAt(t, Options{URL: server.URL("chat"), Alone: true})
	user := populate(t, store, 1, 0)[0]
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"Ping":     func() error { return store.Ping(t.Context()) },
		"RoomByID": func() error { _, err := store.RoomByID(t.Context(), chat.MainRoom); return err },
		"AppendMessage": func() error {
			m := newMessage(chat.MainRoom, user)
			_, _, err := store.AppendMessage(t.Context(), &m)
			return err
		},
		"DeleteSession": func() error { return store.DeleteSession(t.Context(), "s") },
		"Subscribe": func() error {
			_, _, err := store.Subscribe(t.Context(), nil, chat.MainRoom, user.ID, chat.RoleMember, benchTime)
			return err
		},
	} {
		e := chat.ErrorFrom(call())
		if e.Code != chat.CodeUnavailable || e.RetryAfter == 0 || !strings.Contains(e.Message, "again") {
			t.Errorf("%s: got %v, want unavailable, and when to try again", name, e)
		}
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the store answers", func() bool { return store.Ping(t.Context()) == nil })
	appendOne(t, store, chat.MainRoom, user)
	room, err := store.RoomByID(t.Context(), chat.MainRoom)
	if err != nil || room.Seq != 1 {
		t.Errorf("head: got %d, %v; want 1", room.Seq, err)
	}
	eventually(t, "the lock was taken again", func() bool {
		report, err := Check(t.Context(), server.URL("chat"))
		return err == nil && report.Running
	})
}

// holdRoom keeps the room's row locked, as another node that hangs would.
func holdRoom(t *testing.T, url string, room chat.RoomID) (release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), fmt.Sprintf("BEGIN; SELECT 1 FROM rooms WHERE id = %d FOR UPDATE", room)); err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() { _ = conn.Close(context.Background()) })
	t.Cleanup(release)
	return release
}

func TestARoomThatIsLockedFailsItsMessagesOnlyAndRecovers(t *testing.T) {
	url := empty.Database(t)
	store := openAt(t, Options{URL: url, Timeout: 3 * time.Second, Queue: 8, QueueWait: 3 * time.Second})
	user := populate(t, store, 1, 1)[0]
	release := holdRoom(t, url, chat.MainRoom)
	var work sync.WaitGroup
	for i := range 20 { // more than may wait
		work.Go(func() {
			m := newMessage(chat.MainRoom, user)
			_, _, err := store.AppendMessage(t.Context(), &m)
			if e := chat.ErrorFrom(err); e.Code != chat.CodeUnavailable || e.RetryAfter == 0 {
				t.Errorf("message %d to the locked room: got %v, want unavailable with a time to retry", i, err)
			}
		})
	}
	work.Wait()
	appendOne(t, store, 100, user)
	release()
	eventually(t, "the room is free", func() bool {
		m := newMessage(chat.MainRoom, user)
		_, _, err := store.AppendMessage(t.Context(), &m)
		return err == nil
	})
	report, err := Check(t.Context(), url)
	if err != nil || len(report.Findings) > 0 || report.Messages != 2 {
		t.Errorf("got %d messages, %q, %v; want 2 and nothing wrong", report.Messages, report.Findings, err)
	}
}

func TestARetryOnAnotherServerWhileTheFirstTryCommitsGetsTheOriginal(t *testing.T) {
	url := empty.Database(t)
	a, b := openAt(t, Options{URL: url}), openAt(t, Options{URL: url})
	user := populate(t, a, 1, 0)[0]
	for range 10 {
		release := holdRoom(t, url, chat.MainRoom)
		m := newMessage(chat.MainRoom, user)
		messages, created := [2]*chat.Message{}, [2]bool{}
		var work sync.WaitGroup
		for i, store := range []*Store{a, b} {
			work.Go(func() {
				var err error
				if messages[i], created[i], err = store.AppendMessage(t.Context(), &m); err != nil {
					t.Errorf("AppendMessage: %v", err)
				}
			})
		}
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "both wait for the room", func() bool {
			var n int
			err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
			return err == nil && n == 2
		})
		_ = conn.Close(t.Context())
		release()
		work.Wait()
		if !cmp.Equal(messages[0], messages[1]) || created[0] == created[1] {
			t.Errorf("got %v (created %v) and %v (created %v), want the same message, made once", messages[0], created[0], messages[1], created[1])
		}
	}
	room, err := a.RoomByID(t.Context(), chat.MainRoom)
	if err != nil || room.Seq != 10 || room.Rev != 11 {
		t.Errorf("head: got %d, rev %d, %v; want 10", room.Seq, room.Rev, err)
	}
}
