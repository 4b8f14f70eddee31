package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// guard holds the database's lock, which is taken exclusively by a single server,
// or shared by several. It has its own connection, and takes the lock again if that
// connection is lost.
type guard struct {
	config  *pgx.ConnConfig
	take    string // the statement that takes the lock
	log     *slog.Logger
	keptOut atomic.Bool // another server has taken the lock
	cancel  context.CancelFunc
	ended   chan struct{}
}

const (
	// guardKey identifies the lock among the database's advisory locks.
	guardKey = 0x7061727479 // “party”

	sqlTakeAlone    = `SELECT pg_try_advisory_lock($1)`
	sqlTakeTogether = `SELECT pg_try_advisory_lock_shared($1)`

	sqlLetGo = `SELECT pg_advisory_unlock_all()`

	// A session that is lost on this side may survive on the server, and keep the
	// lock from its owner. Nobody else knows its name.
	sqlEndLost = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()`

	// guardInterval is the interval for checking the lock's connection, and for
	// retrying a lost lock.
	guardInterval = time.Second

	// lockGlance is the interval between attempts to take the lock while Open waits
	// for it.
	lockGlance = 50 * time.Millisecond
)

// errKeptOut is the error while another server holds the lock exclusively.
var errKeptOut = errors.New("another server has this database open")

// takeGuard takes the lock and holds it until close.
func takeGuard(ctx context.Context, config *pgx.ConnConfig, options Options) (*guard, error) {
	g := newGuard(config, options)
	conn, err := g.lock(ctx, options.LockWait)
	if errors.Is(err, errKeptOut) {
		return nil, fmt.Errorf("%w; servers share a database only if all of them have the same Redis", err)
	}
	if err != nil {
		return nil, err
	}
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	g.cancel = cancel
	go g.keep(background, conn)
	return g, nil
}

func newGuard(config *pgx.ConnConfig, options Options) *guard {
	g := &guard{config: config.Copy(), take: sqlTakeTogether, log: options.Log, ended: make(chan struct{})}
	if options.Alone {
		g.take = sqlTakeAlone
	}
	setUp(g.config, options)
	g.config.RuntimeParams["application_name"] = "partychat lock " + rand.Text()
	g.config.RuntimeParams["idle_session_timeout"] = "0"
	return g
}

// lock returns a connection that holds the lock, waiting for it if necessary.
func (g *guard) lock(ctx context.Context, wait time.Duration) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*g.config.ConnectTimeout+wait)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, g.config)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the database: %w", err)
	}
	if _, err = conn.Exec(ctx, sqlEndLost, g.config.RuntimeParams["application_name"]); err == nil {
		var taken bool
		if taken, err = g.try(ctx, conn, wait); taken {
			return conn, nil
		}
	}
	hangUp(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("lock the database: %w", err)
	}
	return nil, errKeptOut
}

// try takes the lock if it is free, or becomes free within the time to wait.
func (g *guard) try(ctx context.Context, conn *pgx.Conn, wait time.Duration) (taken bool, err error) {
	for end := time.Now().Add(wait); ; {
		err = conn.QueryRow(ctx, g.take, int64(guardKey)).Scan(&taken)
		if err != nil || taken || !time.Now().Before(end) {
			return taken, err
		}
		select {
		case <-time.After(lockGlance):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// keep maintains the connection until the context ends.
func (g *guard) keep(ctx context.Context, conn *pgx.Conn) {
	defer close(g.ended)
	tick := time.NewTicker(guardInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if conn != nil {
				letGo(context.WithoutCancel(ctx), conn)
			}
			return
		case <-tick.C:
		}
		if conn != nil {
			if err := g.look(ctx, conn); err == nil || ctx.Err() != nil {
				continue
			}
			hangUp(ctx, conn)
			g.log.Warn("the connection that holds the database lock was lost")
		}
		var err error
		conn, err = g.lock(ctx, 0)
		switch {
		case err == nil:
			g.keptOut.Store(false)
			g.log.Info("the database lock was taken again")
		case errors.Is(err, errKeptOut) && !g.keptOut.Swap(true):
			g.log.Error("another server has taken the lock on the database; this server refuses all requests until that server has ended")
		}
	}
}

func (g *guard) look(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, g.config.ConnectTimeout)
	defer cancel()
	return conn.Ping(ctx)
}

// allows returns an error while another server holds the lock exclusively.
func (g *guard) allows() error {
	if g == nil { // a command beside the servers
		return nil
	}
	if g.keptOut.Load() {
		return errKeptOut
	}
	return nil
}

func (g *guard) close() {
	g.cancel()
	<-g.ended
}

// letGo releases the lock and closes the connection. Closing alone would release it
// too, but possibly only after another server has tried to take it.
func letGo(ctx context.Context, conn *pgx.Conn) {
	limited, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, _ = conn.Exec(limited, sqlLetGo) // fails only if the connection is lost, and the lock with it
	hangUp(ctx, conn)
}

// hangUp closes the connection without waiting long for an answer.
func hangUp(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = conn.Close(ctx)
	_ = conn.PgConn().Conn().Close()
}
