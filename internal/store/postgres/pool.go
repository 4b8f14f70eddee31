package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pool is some connections, and those who wait for one. A connection that breaks
// is forgotten at once, and the others are then looked at before they are used:
// after a restart of the database nobody meets more than one dead connection.
type pool struct {
	conns   *pgxpool.Pool
	guard   *guard
	health  *health
	queue   int32
	wait    time.Duration
	timeout time.Duration
	waiting atomic.Int32
	broke   atomic.Int64 // when a connection was last seen to break, in Unix nanoseconds
	failing atomic.Bool  // what was last run failed, though not by its own fault
}

// grace is how much longer than the server a statement's caller waits for it, so
// that it is the server that says why it has ended.
const grace = time.Second

func newPool(ctx context.Context, options Options, size int32, settings map[string]string, guard *guard, health *health) (*pool, error) {
	config, err := parseURL(options.URL)
	if err != nil {
		return nil, err
	}
	p := &pool{guard: guard, health: health, queue: int32(options.Queue), wait: options.QueueWait, timeout: options.Timeout}
	setUp(config.ConnConfig, options)
	maps.Copy(config.ConnConfig.RuntimeParams, settings)
	config.BeforeConnect, config.ConnConfig.Tracer = health.beforeConnect, health
	config.MaxConns, config.MinConns, config.MinIdleConns = size, 0, 0
	config.PingTimeout = options.ConnectTimeout
	config.ShouldPing = func(_ context.Context, of pgxpool.ShouldPingParams) bool {
		used := time.Now().Add(-of.IdleDuration).UnixNano()
		return of.IdleDuration > time.Second || used <= p.broke.Load()
	}
	// It ends with the pool, not with the call that opens the store.
	p.conns, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	return p, err
}

// parseURL reads where the database is.
func parseURL(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL is invalid: %w", err)
	}
	return config, nil
}

// setUp makes every session safe to wait for: it commits durably, it never holds
// a lock for long, and the server ends it soon when this side has vanished.
func setUp(config *pgx.ConnConfig, options Options) {
	config.ConnectTimeout = options.ConnectTimeout
	limit := strconv.FormatInt(options.Timeout.Milliseconds(), 10)
	for name, value := range map[string]string{
		"application_name":                    "partychat",
		"synchronous_commit":                  "on",
		"partychat.streams":                   "taken", // by the program: see migration 00011
		"default_transaction_isolation":       "read committed",
		"statement_timeout":                   limit,
		"lock_timeout":                        limit,
		"idle_in_transaction_session_timeout": limit,
		"tcp_keepalives_idle":                 "10", // seconds, as the next one
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
		"tcp_user_timeout":                    "25000", // milliseconds
		"jit":                                 "off",
	} {
		config.RuntimeParams[name] = value
	}
}

// writeSettings let PostgreSQL plan what writes once for each connection: to plan
// the append statement anew takes longer than to run it for a few messages. A plan
// that is made while the tables are empty must hold when they are large, so
// it goes by indexes, from row to row; no write reads more than a few rows otherwise.
var writeSettings = map[string]string{
	"plan_cache_mode":  "force_generic_plan",
	"enable_seqscan":   "off",
	"enable_hashjoin":  "off",
	"enable_mergejoin": "off",
}

// brokenError is what failed with a connection that broke. What was under way
// may have happened or not.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return "the connection broke: " + e.err.Error() }

func (e *brokenError) Unwrap() error { return e.err }

func isBroken(err error) bool {
	var broken *brokenError
	return errors.As(err, &broken)
}

// use runs something on a connection. If ctx or the time to wait ends before
// there is one, it is not run. Once begun it is not interrupted by its caller's
// leaving, which would cost the connection, but by the pool's time-out, and by a
// deadline of ctx.
func (p *pool) use(ctx context.Context, run func(ctx context.Context, conn *pgx.Conn) error) (err error) {
	conn, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer func() { p.failing.Store(err != nil && transient(err)) }()
	limit := time.Now().Add(p.timeout + grace)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(limit) {
		limit = deadline
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), limit)
	defer cancel()
	done := false
	defer func() {
		if !done {
			conn.Release() // run has panicked
		}
	}()
	err = run(ctx, conn.Conn())
	done = true
	if !conn.Conn().IsClosed() {
		conn.Release()
		return err
	}
	p.drop(conn)
	if err == nil {
		return nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		p.health.suspect(err)
	}
	return &brokenError{err}
}

func (p *pool) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	if err := p.guard.allows(); err != nil {
		return nil, err
	}
	if p.waiting.Add(1) > p.queue {
		p.waiting.Add(-1)
		return nil, errQueueFull
	}
	defer p.waiting.Add(-1)
	patience, cancel := context.WithTimeoutCause(ctx, p.wait, errQueueFull)
	defer cancel()
	conn, err := p.conns.Acquire(patience)
	if err != nil && ctx.Err() == nil && patience.Err() != nil {
		err = fmt.Errorf("no connection became free in %v: %w", p.wait, errQueueFull)
	}
	return conn, err
}

// drop takes a connection that broke out of the pool without waiting for the
// goodbye, which a server that has vanished never answers.
func (p *pool) drop(conn *pgxpool.Conn) {
	p.broke.Store(time.Now().UnixNano())
	_ = conn.Hijack().PgConn().Conn().Close()
}
