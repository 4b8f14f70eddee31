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

// shared is the PostgreSQL server that all tests of this program share.
var shared struct {
	sync.Mutex
	postgres  *Postgres
	databases int
}

// Main runs the tests, then ends the shared PostgreSQL server. A package whose
// tests use PostgresDatabase needs a TestMain that exits with the code returned.
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

// PostgresDatabase creates an empty database for the test, on a server that all
// tests of this program share. That server doesn't sync, which makes it as fast as
// possible. The database is dropped when the test ends.
func PostgresDatabase(tb testing.TB) (url string) {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	p, err := sharedPostgres(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return testDatabase(tb, p, "")
}

// sharedPostgres gives the shared server, behind its lock.
func sharedPostgres(ctx context.Context) (*Postgres, error) {
	if shared.postgres == nil {
		p, err := startPostgres(ctx, PostgresOptions{NoFsync: true})
		if err != nil {
			return nil, err
		}
		shared.postgres = p
	}
	return shared.postgres, nil
}

// testDatabase creates a database on the shared server, behind its lock: a copy of
// the template, or an empty one.
func testDatabase(tb testing.TB, p *Postgres, template string) (url string) {
	tb.Helper()
	shared.databases++
	name := fmt.Sprintf("test%d", shared.databases)
	create := func() error { return p.CreateDatabase(tb.Context(), name) }
	if template != "" {
		create = func() error { return p.CopyDatabase(tb.Context(), name, template) }
	}
	if err := create(); err != nil {
		tb.Fatalf("%v\n%s", err, p.Log())
	}
	tb.Cleanup(func() {
		if err := p.DropDatabase(context.Background(), name); err != nil {
			tb.Errorf("the test's database was not dropped: %v", err)
		}
	})
	return p.URL(name)
}

// PostgresServer starts a PostgreSQL server for this test only, which the test may
// kill or pause. It is closed when the test ends.
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

// RedisServer starts a Redis server for this test only. It is closed when the test
// ends.
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

// closed closes a server, and shows its log if the test has failed.
func closed(tb testing.TB, log func() string, end func() error) {
	tb.Helper()
	if tb.Failed() {
		tb.Logf("the end of the server's log:\n%s", log())
	}
	if err := end(); err != nil {
		tb.Errorf("ending the server: %v", err)
	}
}
