//go:build unix

package realserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is the PostgreSQL of all tests of this program.
var shared struct {
	sync.Mutex
	postgres  *Postgres
	databases int
}

// Main runs the tests and then ends the PostgreSQL that they have shared. A
// TestMain of tests that use PostgresDatabase exits with its code.
func Main(m *testing.M) (code int) {
	code = m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.postgres != nil {
		if err := shared.postgres.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
		shared.postgres = nil
	}
	return code
}

// PostgresDatabase gives the test an empty database of its own, on a server that
// all tests of this program share and that does not sync: it is as fast as it
// can be. The database ends with the test.
func PostgresDatabase(tb testing.TB) (url string) {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.postgres == nil {
		p, err := startPostgres(tb.Context(), PostgresOptions{NoFsync: true})
		if err != nil {
			tb.Fatal(err)
		}
		shared.postgres = p
	}
	p := shared.postgres
	shared.databases++
	name := fmt.Sprintf("test%d", shared.databases)
	if err := p.CreateDatabase(tb.Context(), name); err != nil {
		tb.Fatalf("%v\n%s", err, p.Log())
	}
	tb.Cleanup(func() {
		if err := p.DropDatabase(context.Background(), name); err != nil {
			tb.Errorf("the test's database was not dropped: %v", err)
		}
	})
	return p.URL(name)
}

// PostgresServer gives the test a PostgreSQL of its own, to be killed or paused.
// It has started, and ends with the test.
func PostgresServer(tb testing.TB, o PostgresOptions) *Postgres {
	tb.Helper()
	p, err := startPostgres(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { closed(tb, p.Log, p.Close) })
	return p
}

func startPostgres(ctx context.Context, o PostgresOptions) (*Postgres, error) {
	p, err := NewPostgres(o)
	if err != nil {
		return nil, err
	}
	if err := p.Start(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// RedisServer gives the test a Redis of its own. It has started, and ends with
// the test.
func RedisServer(tb testing.TB, o RedisOptions) *Redis {
	tb.Helper()
	r, err := NewRedis(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { closed(tb, r.Log, r.Close) })
	if err := r.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return r
}

// closed ends a server, and shows its log if the test has failed.
func closed(tb testing.TB, log func() string, end func() error) {
	tb.Helper()
	if tb.Failed() {
		tb.Logf("the end of the server's log:\n%s", log())
	}
	if err := end(); err != nil {
		tb.Errorf("ending the server: %v", err)
	}
}
