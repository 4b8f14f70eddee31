package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/realserver"
)

func TestTenServersMayStartAtOnce(t *testing.T) {
	url := realserver.PostgresDatabase(t)
	stores := make([]*Store, 10)
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range stores {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			var err error
			if stores[i], err = Open(t.Context(), Options{URL: url, MaxConns: 2}); err != nil {
				t.Errorf("server %d: %v", i, err)
			}
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	for i, store := range stores {
		if store == nil {
			continue
		}
		room, err := store.RoomByID(t.Context(), chat.MainRoom)
		if err != nil || room.Name != "main" {
			t.Errorf("server %d: got room %q, %v; want main", i, room.Name, err)
		}
		_ = store.Close()
	}
}

func TestWhatWasStoredIsThereWhenOpenedAgain(t *testing.T) {
	url := realserver.PostgresDatabase(t)
	store := openAt(t, Options{URL: url})
	user := populate(t, store, 1, 0)[0]
	appendOne(t, store, chat.MainRoom, user)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openAt(t, Options{URL: url})
	appendOne(t, store, chat.MainRoom, user)
	page, err := store.Messages(t.Context(), chat.MainRoom, chat.MessagePage{Limit: 9})
	if err != nil || len(page.Messages) != 2 || page.Seq != 2 || page.Rev != 3 {
		t.Errorf("got %d messages under head %d, %v; want 2", len(page.Messages), page.Seq, err)
	}
}

func TestAServerAloneAndServersTogetherKeepEachOtherOut(t *testing.T) {
	for _, test := range []struct {
		name          string
		first, second bool // whether it is alone
		together      bool
	}{
		{"two alone", true, true, false},
		{"one that comes to one alone", true, false, false},
		{"one alone that comes to others", false, true, false},
		{"two together", false, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			url := realserver.PostgresDatabase(t)
			first := openAt(t, Options{URL: url, Alone: test.first})
			second, err := Open(t.Context(), Options{URL: url, Alone: test.second, LockWait: time.Millisecond})
			if err == nil {
				_ = second.Close()
			}
			if (err == nil) != test.together || err != nil && !strings.Contains(err.Error(), "another server has this database open") {
				t.Errorf("the second: got %v, want success %v", err, test.together)
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			openAt(t, Options{URL: url, Alone: test.second})
		})
	}
}

func TestAServerWhoseLockWasTakenMeanwhileRefusesEverythingUntilItIsFreeAgain(t *testing.T) {
	url := realserver.PostgresDatabase(t)
	store := openAt(t, Options{URL: url, Alone: true})
	other, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	// In one statement, so that the server has no time to take it again.
	const steal = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'partychat lock%' AND datname = current_database()`
	if _, err := other.Exec(t.Context(), fmt.Sprintf("%s; SELECT pg_advisory_lock(%d)", steal, guardKey)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it refuses", func() bool {
		_, err := store.RoomByID(t.Context(), chat.MainRoom)
		return chat.CodeOf(err) == chat.CodeUnavailable && errors.Is(err, errKeptOut)
	})
	m := newMessage(chat.MainRoom, chat.User{ID: 100})
	_, _, err = store.AppendMessage(t.Context(), &m)
	if chat.CodeOf(err) != chat.CodeUnavailable || chat.ErrorFrom(err).RetryAfter == 0 {
		t.Errorf("AppendMessage: got %v, want unavailable with a time to retry", err)
	}
	other.Close(context.Background())
	eventually(t, "it serves again", func() bool { return store.Ping(t.Context()) == nil })
}

func TestOpeningWhatCannotBeOpenedIsAnErrorThatSaysWhy(t *testing.T) {
	url := realserver.PostgresDatabase(t)
	foreign := realserver.PostgresDatabase(t)
	sql(t, foreign, "CREATE TABLE users (id integer)")
	latin := realserver.PostgresDatabase(t)
	sql(t, latin, `CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'`)
	t.Cleanup(func() { sql(t, latin, "DROP DATABASE latin") })
	at := strings.LastIndex(url, "/")
	for name, test := range map[string]struct{ url, want string }{
		"no URL of PostgreSQL":              {"mysql://x", "is invalid"},
		"nobody there":                      {"postgres://a@127.0.0.1:1/a?sslmode=disable", "cannot reach"},
		"no such database":                  {url[:at] + "/none?sslmode=disable", "cannot reach"},
		"another program's database":        {foreign, "upgrade the database"},
		"a database that is not in Unicode": {url[:at] + "/latin?sslmode=disable", "ENCODING 'UTF8'"},
	} {
		store, err := Open(t.Context(), Options{URL: test.url})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, test.want)
		}
		if err == nil {
			_ = store.Close()
		}
	}
}

func TestSessionsAreSetUpForDurabilityAndAgainstWaitingForEver(t *testing.T) {
	store := openAt(t, Options{URL: realserver.PostgresDatabase(t)}) // of a server whose default is off
	for _, p := range []*pool{store.reads, store.writes} {
		for setting, want := range map[string]string{
			"synchronous_commit": "on", "statement_timeout": "5s", "lock_timeout": "5s",
			"idle_in_transaction_session_timeout": "5s", "transaction_isolation": "read committed",
		} {
			var got string
			err := p.use(t.Context(), func(ctx context.Context, conn *pgx.Conn) error {
				return conn.QueryRow(ctx, "SHOW "+setting).Scan(&got)
			})
			if err != nil || got != want {
				t.Errorf("%s: got %q, %v; want %q", setting, got, err, want)
			}
		}
	}
}

func TestWritesArePlannedOnceForEachConnectionAndByIndexes(t *testing.T) {
	store := openAt(t, Options{URL: realserver.PostgresDatabase(t)})
	for setting, want := range map[string]string{
		"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
	} {
		var got string
		err := store.writes.use(t.Context(), func(ctx context.Context, conn *pgx.Conn) error {
			return conn.QueryRow(ctx, "SHOW "+setting).Scan(&got)
		})
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", setting, got, err, want)
		}
	}
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("it did not happen within a minute that %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
