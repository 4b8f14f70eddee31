package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// hold keeps the writer busy until release is called, so that what is written
// meanwhile gathers for one transaction.
func hold(t *testing.T, store *Store) (release func()) {
	t.Helper()
	entered, leave := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := store.write(context.Background(), func(*tx) error {
			close(entered)
			<-leave
			return nil
		})
		if err != nil {
			t.Errorf("the write that holds the writer: %v", err)
		}
	})
	<-entered
	var once sync.Once
	release = func() {
		once.Do(func() { close(leave) })
		wg.Wait()
	}
	t.Cleanup(release)
	return release
}

// queued waits until so many writes wait for the writer.
func queued(t *testing.T, store *Store, n int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for len(store.writer.queue) != n {
		if time.Now().After(deadline) {
			t.Fatalf("got %d writes queued, want %d", len(store.writer.queue), n)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAWriteThatFailsUndoesOnlyItself(t *testing.T) {
	store := openIn(t, t.TempDir())
	user := populate(t, store, 1, 0)[0]
	release := hold(t, store)
	refused := errors.New("refused")
	results := make([]error, 9)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			results[i] = store.write(t.Context(), func(tx *tx) error {
				_, err := tx.Exec(statements.PutSession, fmt.Sprint("session ", i), user.ID, []byte{}, 0, sqlstore.Millis(benchTime), 0, "")
				if i%3 == 0 {
					return errors.Join(err, refused)
				}
				if i%3 == 1 {
					_, err = tx.Exec("INSERT INTO users (id) VALUES (1)") // breaks a constraint
				}
				return err
			})
		})
		queued(t, store, i+1)
	}
	release()
	wg.Wait()
	for i, err := range results {
		if got, want := err == nil, i%3 == 2; got != want {
			t.Errorf("write %d: got %v, want success %v", i, err, want)
		}
		if i%3 == 0 && !errors.Is(err, refused) {
			t.Errorf("write %d: got %v, want its own error", i, err)
		}
	}
	sessions, err := store.SessionsOfUser(t.Context(), user.ID, time.Time{})
	if err != nil || len(sessions) != 3 {
		t.Errorf("stored: got %d sessions, %v; want 3", len(sessions), err)
	}
}

func TestAWriteThatItsCallerLeavesBeforeItsTurnIsNeverDone(t *testing.T) {
	store := openIn(t, t.TempDir())
	user := populate(t, store, 1, 0)[0]
	release := hold(t, store)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() {
		_, _, err := store.AppendMessage(ctx, &chat.NewMessage{
			Room: chat.MainRoom, Author: user.ID, ClientID: "00000000-0000-4000-8000-000000000001",
			Kind: chat.MessageText, Body: "x", CreatedAt: benchTime,
		})
		result <- err
	}()
	queued(t, store, 1)
	cancel()
	err := <-result // although the writer is still held
	if chat.CodeOf(err) != chat.CodeUnavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want unavailable because of the context", err)
	}
	release()
	appendOne(t, store, chat.MainRoom, user)
	room, err := store.RoomByID(t.Context(), chat.MainRoom)
	if err != nil || room.Seq != 1 {
		t.Errorf("head: got %d, %v; want 1", room.Seq, err)
	}
}

func TestACallerMayLeaveAFullQueue(t *testing.T) {
	store, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "chat.db"), Queue: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	release := hold(t, store)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := store.DeleteSession(context.Background(), "fills the queue"); err != nil {
			t.Errorf("DeleteSession: %v", err)
		}
	})
	queued(t, store, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	if err := store.DeleteSession(ctx, "finds no place"); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("got %v, want unavailable", err)
	}
	release()
	wg.Wait()
}

func TestAWriteWhoseTurnDoesNotComeIsGivenUpAndNeverDone(t *testing.T) {
	store, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "chat.db"), Queue: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	user := populate(t, store, 1, 0)[0]
	release := hold(t, store)
	usual := store.writer.wait
	store.writer.wait = time.Millisecond // only now: a slow disk may take longer for the others
	// The first of them fills the queue, the others find no place in it.
	for i := range 3 {
		_, _, err := store.AppendMessage(t.Context(), &chat.NewMessage{
			Room: chat.MainRoom, Author: user.ID, ClientID: fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", i),
			Kind: chat.MessageText, Body: "x", CreatedAt: benchTime,
		})
		e := chat.ErrorFrom(err)
		if e.Code != chat.CodeUnavailable || e.RetryAfter == 0 || !strings.Contains(e.Message, "too much to do") {
			t.Errorf("write %d: got %v, want unavailable with a time to retry", i, err)
		}
	}
	store.writer.wait = usual
	release()
	appendOne(t, store, chat.MainRoom, user)
	room, err := store.RoomByID(t.Context(), chat.MainRoom)
	if err != nil || room.Seq != 1 {
		t.Errorf("head: got %d, %v; want 1", room.Seq, err)
	}
}

func TestReadersDoNotWaitForTheWriter(t *testing.T) {
	store := openIn(t, t.TempDir())
	user := populate(t, store, 1, 0)[0]
	release := hold(t, store)
	if _, err := store.Subscriptions(t.Context(), user.ID); err != nil {
		t.Errorf("Subscriptions: %v", err)
	}
	if _, err := store.Messages(t.Context(), chat.MainRoom, chat.MessagePage{Limit: 5}); err != nil {
		t.Errorf("Messages: %v", err)
	}
	release()
}

func TestADiskThatIsFullFailsEachWriteAndRecovers(t *testing.T) {
	store := openIn(t, t.TempDir())
	user := populate(t, store, 1, 0)[0]
	appendOne(t, store, chat.MainRoom, user)
	limit := func(pages string) {
		t.Helper()
		var now int
		err := store.write(t.Context(), func(tx *tx) error {
			_, err := tx.Row("PRAGMA max_page_count = "+pages, nil, &now)
			return err
		})
		if err != nil {
			t.Fatalf("max_page_count: %v", err)
		}
	}
	limit("1") // SQLite makes that the present size
	release := hold(t, store)
	const n = 20
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, _, errs[i] = store.AppendMessage(t.Context(), &chat.NewMessage{
				Room: chat.MainRoom, Author: user.ID, ClientID: "00000000-0000-4000-8000-0000000000" + string([]byte{'a' + byte(i/16), "0123456789abcdef"[i%16]}),
				Kind: chat.MessageText, Body: strings.Repeat("x", 8000), CreatedAt: benchTime,
			})
		})
	}
	queued(t, store, n)
	release()
	wg.Wait()
	for i, err := range errs {
		if e := chat.ErrorFrom(err); e.Code != chat.CodeUnavailable || !strings.Contains(e.Message, "disk is full") || e.RetryAfter == 0 {
			t.Errorf("write %d on a full disk: got %v, want unavailable, and why", i, err)
		}
	}
	for range 2 {
		if err := store.Ping(t.Context()); chat.CodeOf(err) != chat.CodeUnavailable {
			t.Errorf("Ping on a full disk: got %v, want unavailable", err)
		}
	}
	limit("1000000")
	for range 3 { // the failure before, and what was given up, are forgotten by themselves
		if err := store.Ping(t.Context()); err != nil {
			t.Errorf("Ping when there is room again: %v", err)
		}
	}
	appendOne(t, store, chat.MainRoom, user)
	page, err := store.Messages(t.Context(), chat.MainRoom, chat.MessagePage{Limit: 100})
	if err != nil || len(page.Messages) != 2 || page.Seq != 2 || page.Rev != 3 {
		t.Errorf("afterwards: got %d messages under head %d, %v; want 2", len(page.Messages), page.Seq, err)
	}
}

func TestADatabaseThatIsLockedFailsEachWriteAndRecovers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chat.db")
	store, err := Open(t.Context(), Options{Path: path, BusyTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	user := populate(t, store, 1, 0)[0]
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	_, _, err = store.AppendMessage(t.Context(), &chat.NewMessage{
		Room: chat.MainRoom, Author: user.ID, ClientID: "00000000-0000-4000-8000-000000000001",
		Kind: chat.MessageText, Body: "x", CreatedAt: benchTime,
	})
	if chat.CodeOf(err) != chat.CodeUnavailable || chat.ErrorFrom(err).RetryAfter == 0 {
		t.Errorf("a write while another program has locked the database: got %v, want unavailable with a time to retry", err)
	}
	if _, err := store.RoomByID(t.Context(), chat.MainRoom); err != nil {
		t.Errorf("a read meanwhile: %v", err)
	}
	if err := store.Ping(t.Context()); chat.CodeOf(err) != chat.CodeUnavailable || !strings.Contains(chat.ErrorFrom(err).Message, "locked") {
		t.Errorf("Ping meanwhile: got %v, want unavailable, and why", err)
	}
	if _, err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := store.Ping(t.Context()); err != nil {
		t.Errorf("Ping when the lock is gone: %v", err)
	}
	appendOne(t, store, chat.MainRoom, user)
}

func TestWhatTheDriverSaysAndTheDomainHears(t *testing.T) {
	plain := errors.New("plain")
	known := chat.Errorf(chat.CodeTaken, "Taken.")
	for _, test := range []struct {
		name string
		err  error
		want chat.Code
	}{
		{"nothing", nil, ""},
		{"a fault", plain, chat.CodeInternal},
		{"what the domain knows", known, chat.CodeTaken},
		{"an ended context", context.DeadlineExceeded, chat.CodeUnavailable},
		{"a closed connection", sql.ErrConnDone, chat.CodeUnavailable},
		{"a closed store", errClosed, chat.CodeUnavailable},
		{"a queue that does not move", errQueueFull, chat.CodeUnavailable},
	} {
		if got := chat.CodeOf(translate(test.err)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
