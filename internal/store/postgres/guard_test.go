package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// connect returns a connection that bypasses the store.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// take takes the lock like a single server, if it is free.
func take(t *testing.T, conn *pgx.Conn) (taken bool) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sqlTakeAlone, int64(guardKey)).Scan(&taken); err != nil {
		t.Fatal(err)
	}
	return taken
}

func TestCloseReleasesTheLock(t *testing.T) {
	url := empty.Database(t)
	other := connect(t, url)
	for name, openAndClose := range map[string]func() error{
		"a server": func() error {
			store, err := Open(t.Context(), Options{URL: url, MaxConns: 2})
			if err == nil {
				err = store.Close()
			}
			return err
		},
		"a move": func() error {
			move, err := OpenImport(t.Context(), Options{URL: url})
			if err == nil {
				move.Close(t.Context())
			}
			return err
		},
	} {
		for n := range 10 { // the database might end a session immediately
			if err := openAndClose(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !take(t, other) {
				t.Fatalf("%s still has the lock after closing for the %dth time", name, n+1)
			}
			if _, err := other.Exec(t.Context(), sqlLetGo); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestOpenWaitsForTheLockOfAKilledServer(t *testing.T) {
	for name, open := range map[string]func(Options) (end func(), err error){
		"by a server": func(o Options) (func(), error) {
			store, err := Open(t.Context(), o)
			return func() { _ = store.Close() }, err
		},
		"by a move": func(o Options) (func(), error) {
			move, err := OpenImport(t.Context(), o)
			return func() { move.Close(context.Background()) }, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := empty.Database(t)
			killed, looker := connect(t, url), connect(t, url)
			if !take(t, killed) {
				t.Fatal("the lock of a new database is taken")
			}
			opened := make(chan error, 1)
			go func() {
				end, err := open(Options{URL: url, MaxConns: 2, LockWait: time.Minute})
				if err == nil {
					end()
				}
				opened <- err
			}()
			eventually(t, "it was refused once, or has given up", func() (refused bool) {
				const query = `
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'partychat lock%'
    AND state = 'idle' AND query LIKE '%pg_try_advisory_lock%')`
				if err := looker.QueryRow(t.Context(), query).Scan(&refused); err != nil {
					t.Fatal(err)
				}
				return refused || len(opened) > 0
			})
			if len(opened) > 0 {
				t.Fatalf("before the lock was free: got %v, want it to wait", <-opened)
			}
			// Like a process that dies: without closing the session.
			if err := killed.PgConn().Conn().Close(); err != nil {
				t.Fatal(err)
			}
			if err := <-opened; err != nil {
				t.Errorf("got %v, want it to open once the lock is free", err)
			}
		})
	}
}
