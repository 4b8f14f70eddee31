package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"

	"partychat/internal/broker/local"
	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/clock"
	"partychat/internal/config"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlite"
)

// databaseFile is the embedded database's name within the data folder.
const databaseFile = "partychat.db"

// backends are the services that the server depends on: embedded ones for a single
// node, PostgreSQL and Redis for several.
type backends struct {
	store        chat.Store
	epoch        string // of the store
	broker       chat.Broker
	sessionStore chat.SessionStore // the store itself, unless there is a Redis
	presence     chat.PresenceLeases
	redis        *redis.Client // nil on a single node, and so are the next three
	seats        chat.SeatLeases
	names        chat.NameLeases
	count        chat.Counter
	clock        *clock.Steady // for sessions; all nodes agree on it

	keeper   chat.FileKeeper // nil: nobody can upload files
	filesAt  string          // where files are kept, for the log
	database string          // where the data is stored, for the log
	others   string          // the other nodes, for the log
}

// open opens the backends that the options ask for. Its errors are sentences for
// the operator.
func open(ctx context.Context, c config.Config, log *slog.Logger) (g backends, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	if g.store, g.database, err = openStore(ctx, c, log); err != nil {
		return g, err
	}
	if g.epoch, err = g.store.Epoch(ctx); err != nil {
		return g, fmt.Errorf("cannot read the database's epoch: %w", err)
	}
	if g.keeper, g.filesAt, err = openFiles(ctx, c); err != nil {
		return g, err
	}
	if c.RedisURL == "" {
		g.sessionStore, g.broker, g.presence, g.others = g.store, local.New(), local.NewPresence(), "none"
		g.clock = clock.NewSteady()
		return g, nil
	}
	if g.redis, err = redis.Connect(ctx, redis.Options{URL: c.RedisURL, Log: log}); err != nil {
		return g, err
	}
	if g.clock, err = clock.NewShared(ctx, g.redis.Time); err != nil {
		return g, fmt.Errorf("cannot read the time from the Redis at %s: %w", redacted(c.RedisURL), err)
	}
	g.broker = redis.NewBroker(g.redis, redis.BrokerOptions{Log: log}) //nolint:contextcheck // it outlives the start
	g.presence = redis.NewPresence(g.redis, redis.PresenceOptions{Lease: c.NodeLease})
	g.seats = redis.NewSeats(g.redis, redis.SeatOptions{Lease: c.NodeLease})
	g.names = redis.NewNames(g.redis, redis.NameOptions{Lease: c.NodeLease})
	g.count = redis.NewCounter(g.redis, "classic")
	g.sessionStore = redis.NewSessions(g.redis)
	g.others = "those that share the Redis at " + redacted(c.RedisURL) + ", which keeps the sessions"
	return g, nil
}

func openStore(ctx context.Context, c config.Config, log *slog.Logger) (store chat.Store, where string, err error) {
	if c.DatabaseURL == "" {
		store, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(c.Data, databaseFile), LogMax: c.StreamLogMax, ReactionUsers: c.ReactionUsers, Log: log})
		if err != nil {
			return nil, "", fmt.Errorf("cannot use the data folder %s: %w", c.Data, err)
		}
		return store, "the data folder " + c.Data, nil
	}
	where = "the PostgreSQL database at " + redacted(c.DatabaseURL)
	store, err = postgres.Open(ctx, postgres.Options{
		LogMax: c.StreamLogMax, ReactionUsers: c.ReactionUsers,
		URL: c.DatabaseURL, MaxConns: int32(c.DatabaseConnections),
		Alone: c.RedisURL == "", Log: log,
	})
	if err != nil {
		// The driver's error has one line per address tried.
		return nil, "", fmt.Errorf("cannot use %s: %s", where, strings.Join(strings.Fields(err.Error()), " "))
	}
	return store, where, nil
}

// redacted returns an address without its secrets: host and path.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Host + u.Path
}

// close closes what open has opened, the store last.
func (g backends) close() error {
	var errs []error
	if g.broker != nil {
		errs = append(errs, g.broker.Close())
	}
	if g.redis != nil {
		g.redis.Close()
	}
	if g.store != nil {
		errs = append(errs, g.store.Close())
	}
	return errors.Join(errs...)
}
