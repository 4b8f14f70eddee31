package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// queued waits until so many messages wait for their turn.
func queued(t *testing.T, store *Store, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d messages wait", n), func() bool {
		store.appender.mu.Lock()
		defer store.appender.mu.Unlock()
		return store.appender.queued == n
	})
}

// underWay waits until a message to the main room has its turn, and no other one
// waits.
func underWay(t *testing.T, store *Store) {
	t.Helper()
	eventually(t, "the first has its turn", func() bool {
		store.appender.mu.Lock()
		defer store.appender.mu.Unlock()
		_, busy := store.appender.rooms[chat.MainRoom]
		return busy && store.appender.queued == 0
	})
}

func TestAMessageThatTheDatabaseDoesNotTakeFailsAlone(t *testing.T) {
	url := empty.Database(t)
	store := openAt(t, Options{URL: url})
	user := populate(t, store, 1, 0)[0]
	release := holdRoom(t, url, chat.MainRoom)
	errs := make([]error, 8)
	var work sync.WaitGroup
	send := func(i int, body string) {
		work.Go(func() {
			m := newMessage(chat.MainRoom, user)
			m.Body = body
			_, _, errs[i] = store.AppendMessage(t.Context(), &m)
		})
	}
	send(0, "it is tried alone, and waits for the room")
	underWay(t, store)
	for i := 1; i < len(errs); i++ {
		send(i, map[bool]string{true: "no text: \xff", false: "hello"}[i == 3])
		queued(t, store, i)
	}
	release()
	work.Wait()
	for i, err := range errs {
		if want := map[bool]chat.Code{true: chat.CodeInvalid}[i == 3]; chat.CodeOf(err) != want {
			t.Errorf("message %d: got %v, want code %q", i, err, want)
		}
	}
	room, err := store.RoomByID(t.Context(), chat.MainRoom)
	if err != nil || room.Seq != 7 || room.Rev != 8 {
		t.Errorf("head: got %d, rev %d, %v; want 7", room.Seq, room.Rev, err)
	}
}

func TestAMessageThatItsSenderLeavesBeforeItsTurnIsNeverStored(t *testing.T) {
	url := empty.Database(t)
	store := openAt(t, Options{URL: url})
	user := populate(t, store, 1, 0)[0]
	release := holdRoom(t, url, chat.MainRoom)
	var work sync.WaitGroup
	work.Go(func() { appendOne(t, store, chat.MainRoom, user) })
	underWay(t, store)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() {
		m := newMessage(chat.MainRoom, user)
		_, _, err := store.AppendMessage(ctx, &m)
		result <- err
	}()
	queued(t, store, 1)
	cancel()
	if err := <-result; chat.CodeOf(err) != chat.CodeUnavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want unavailable because of the context", err)
	}
	release()
	work.Wait()
	appendOne(t, store, chat.MainRoom, user)
	room, err := store.RoomByID(t.Context(), chat.MainRoom)
	if err != nil || room.Seq != 2 {
		t.Errorf("head: got %d, %v; want 2", room.Seq, err)
	}
}

func TestWhatTheDriverSaysAndTheDomainHears(t *testing.T) {
	server := func(code string) error { return fmt.Errorf("driver: %w", &pgconn.PgError{Code: code}) }
	for _, test := range []struct {
		name string
		err  error
		want chat.Code
	}{
		{"nothing", nil, ""},
		{"a fault", errors.New("plain"), chat.CodeInternal},
		{"what the domain knows", chat.Errorf(chat.CodeTaken, "Taken."), chat.CodeTaken},
		{"an ended context", context.DeadlineExceeded, chat.CodeUnavailable},
		{"a connection that broke", &brokenError{errors.New("EOF")}, chat.CodeUnavailable},
		{"a closed pool", puddle.ErrClosedPool, chat.CodeUnavailable},
		{"a closed store", errClosed, chat.CodeUnavailable},
		{"a queue that does not move", errQueueFull, chat.CodeUnavailable},
		{"another server's lock", errKeptOut, chat.CodeUnavailable},
		{"a write that somebody else was always faster than", sqlstore.ErrAgain, chat.CodeUnavailable},
		{"a full disk", server("53100"), chat.CodeUnavailable},
		{"too many clients", server("53300"), chat.CodeUnavailable},
		{"a shutdown", server("57P01"), chat.CodeUnavailable},
		{"a statement's time-out", server("57014"), chat.CodeUnavailable},
		{"a lock's time-out", server("55P03"), chat.CodeUnavailable},
		{"a standby", server("25006"), chat.CodeUnavailable},
		{"a deadlock", server("40P01"), chat.CodeUnavailable},
		{"text that is none", server("22021"), chat.CodeInvalid},
		{"a name that no index holds", server("54000"), chat.CodeTooLarge},
		{"a syntax error", server("42601"), chat.CodeInternal},
		{"a constraint", server("23505"), chat.CodeInternal},
	} {
		err := translate(test.err)
		if got := chat.CodeOf(err); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		if test.want == chat.CodeUnavailable && chat.ErrorFrom(err).RetryAfter == 0 {
			t.Errorf("%s: got no time to retry", test.name)
		}
	}
}
