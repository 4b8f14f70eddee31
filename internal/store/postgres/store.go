// Package postgres keeps everything in a PostgreSQL database that any number of
// servers may share. What has queued up for a room on this server is committed
// together; the lock on the room's row gives the order among servers.
package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// Options say where the database is and how much is asked of it at once. Only
// URL is required.
type Options struct {
	// URL is a postgres:// URL or a list of key=value, as libpq takes them.
	URL string
	// MaxConns is how many connections are held at most, half of them for
	// reading; default 16. One more keeps the lock on the database.
	MaxConns int32
	// Queue is how many may wait for a connection, and how many messages to be
	// stored, before further ones are refused; default 4,096.
	Queue int
	// QueueWait is how long anything waits for its turn until it is given up;
	// default 5 s.
	QueueWait time.Duration
	// Batch is how many messages one commit takes at most; default 512.
	Batch int
	// ConnectTimeout is how long a connection may take to be made; default 3 s.
	ConnectTimeout time.Duration
	// Timeout is how long a statement may take, and how long a transaction
	// waits for a lock or for its next statement; default 5 s.
	Timeout time.Duration
	// Alone keeps all other servers out: without a broker that reaches them
	// they would not hear of what happens on this one.
	Alone bool
	// Beside opens a database that is there already, beside all servers, for what
	// chat.AccountStore allows. It neither takes the lock nor changes the schema.
	Beside bool
	// LockWait is how long Open waits for the lock on the database, which a
	// server that was killed has until PostgreSQL sees that it has gone;
	// default 3 s.
	LockWait time.Duration
	// LogMax is how many ends of memberships, invitations and sessions the stream of
	// each room and user remembers; default 1,000.
	LogMax int
	// ReactionUsers is how many users are listed of each reaction; default 10.
	ReactionUsers int
	// KeyInterval is how often to look for names that servers of an older version
	// have written; default 30 s.
	KeyInterval time.Duration
	// Log is told when the database goes and comes; default none.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	o.MaxConns = max(2, cmp.Or(o.MaxConns, 16))
	o.Queue = cmp.Or(o.Queue, 4096)
	o.QueueWait = cmp.Or(o.QueueWait, 5*time.Second)
	o.Batch = cmp.Or(o.Batch, 512)
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, 3*time.Second)
	o.Timeout = cmp.Or(o.Timeout, 5*time.Second)
	o.LockWait = cmp.Or(o.LockWait, 3*time.Second)
	o.LogMax = cmp.Or(o.LogMax, sqlstore.DefaultLogMax)
	o.ReactionUsers = cmp.Or(o.ReactionUsers, sqlstore.DefaultReactionUsers)
	o.KeyInterval = cmp.Or(o.KeyInterval, 30*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Store implements chat.Store, by the parts that all databases share and by those
// that are PostgreSQL's own.
type Store struct {
	*core
	sqlstore.Store
	appendStore
	positionStore
	searchStore
}

// newStore composes the parts.
func newStore(c *core, options Options) *Store {
	c.changed = sqlstore.NewChanged()
	shared := sqlstore.New(database{c}, dialect, derivedNames, sqlstore.Streams{LogMax: options.LogMax},
		sqlstore.NewExtras(dialect, options.ReactionUsers), sqlstore.Search{Index: messageIndex{c}, Changed: c.changed})
	return &Store{c, shared, appendStore{c, shared}, positionStore{c, shared}, searchStore{c}}
}

// core is what the parts share: the connections and what runs on them.
type core struct {
	guard    *guard
	reads    *pool
	writes   *pool
	appender *appender
	keyer    *keyer
	changed  *sqlstore.Changed // rooms that the search index lags behind, as far as this node knows
	close    sync.Once
}

var _ chat.Store = (*Store)(nil)

// Open connects to the database, takes the lock that Options.Alone asks for, and
// brings the schema up to date, one server at a time. Its errors say what is in
// the way.
func Open(ctx context.Context, options Options) (_ *Store, err error) {
	options = options.withDefaults()
	parsed, err := parseURL(options.URL)
	if err != nil {
		return nil, err
	}
	config := parsed.ConnConfig
	s := newStore(&core{}, options)
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	if options.Beside {
		err = checkVersion(ctx, config)
	} else {
		s.guard, err = takeGuard(ctx, config, options)
	}
	if err != nil {
		return nil, err
	}
	if !options.Beside {
		if err := migrate(ctx, config, options); err != nil {
			return nil, fmt.Errorf("upgrade the database: %w", err)
		}
	}
	health := &health{log: options.Log}
	if s.reads, err = newPool(ctx, options, options.MaxConns/2, nil, s.guard, health); err != nil {
		return nil, err
	}
	if s.writes, err = newPool(ctx, options, options.MaxConns-options.MaxConns/2, writeSettings, s.guard, health); err != nil {
		return nil, err
	}
	s.appender = newAppender(s.writes, options, s.changed)
	if err := s.look(ctx, options.Log); err != nil {
		return nil, err
	}
	if options.Beside { // names are for servers to look after
		return s, s.Ping(ctx)
	}
	if err := s.KeyNames(ctx); err != nil {
		return nil, fmt.Errorf("update the names: %w", err)
	}
	if err := s.Ping(ctx); err != nil {
		return nil, err
	}
	s.keyer = startKeyer(ctx, s, options)
	return s, nil
}

// look makes sure that the database can be served, and warns of one that does
// not keep what it says it has.
func (s *core) look(ctx context.Context, log *slog.Logger) error {
	var unfinished bool
	var fsync string
	if err := s.readRow(ctx, sqlIsMarked, &unfinished); err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	if unfinished {
		return errUnfinished
	}
	if err := s.readRow(ctx, "SHOW fsync", &fsync); err != nil {
		return fmt.Errorf("read the database's settings: %w", err)
	}
	if fsync == "off" {
		log.Warn("PostgreSQL runs with fsync=off: when its machine crashes, acknowledged messages are lost")
	}
	return nil
}

// Close finishes the writes that are under way or queued, closes the connections
// and lets go of the lock. Whatever is called afterwards fails with
// chat.CodeUnavailable. Closing twice is no error.
func (s *core) Close() error {
	s.close.Do(func() {
		if s.keyer != nil {
			s.keyer.close()
		}
		if s.appender != nil {
			s.appender.close()
		}
		for _, p := range []*pool{s.writes, s.reads} {
			if p != nil {
				p.conns.Close()
			}
		}
		if s.guard != nil {
			s.guard.close()
		}
	})
	return nil
}

var (
	// errClosed is the cause of all failures after Close.
	errClosed = errors.New("the store is closed")
	// errQueueFull is the cause when a turn does not come.
	errQueueFull = errors.New("too many requests are waiting for the database")
)
