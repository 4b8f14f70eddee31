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

// ground is what everything else stands on: embedded for a node that is alone,
// PostgreSQL and Redis for many.
type ground struct {
	store        chat.Store
	broker       chat.Broker
	sessionStore chat.SessionStore // the store itself, unless there is a Redis
	presence     chat.PresenceLeases
	redis        *redis.Client // nil for a node that is alone
	clock        *clock.Steady // by which sessions go, on all nodes

	database string // where everything is kept, for the log
	others   string // by what other nodes are reached, for the log
}

// open opens what the options ask for. Its errors are sentences for the operator.
func open(ctx context.Context, c config.Config, log *slog.Logger) (g ground, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	if g.store, g.database, err = openStore(ctx, c, log); err != nil {
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
		return g, fmt.Errorf("cannot read the time from the Redis at %s: %w", place(c.RedisURL), err)
	}
	g.broker = redis.NewBroker(g.redis, redis.BrokerOptions{Log: log}) //nolint:contextcheck // it outlives the start
	g.presence = redis.NewPresence(g.redis, redis.PresenceOptions{})
	g.sessionStore = redis.NewSessions(g.redis)
	g.others = "those that share the Redis at " + place(c.RedisURL) + ", which keeps the sessions"
	return g, nil
}

func openStore(ctx context.Context, c config.Config, log *slog.Logger) (store chat.Store, where string, err error) {
	if c.DatabaseURL == "" {
		store, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(c.Data, databaseFile), Log: log})
		if err != nil {
			return nil, "", fmt.Errorf("cannot use the data folder %s: %w", c.Data, err)
		}
		return store, "the data folder " + c.Data, nil
	}
	where = "the PostgreSQL database at " + place(c.DatabaseURL)
	store, err = postgres.Open(ctx, postgres.Options{
		URL: c.DatabaseURL, MaxConns: int32(c.DatabaseConnections),
		Alone: c.RedisURL == "", Log: log,
	})
	if err != nil {
		// The driver writes a line for each address it has tried.
		return nil, "", fmt.Errorf("cannot use %s: %s", where, strings.Join(strings.Fields(err.Error()), " "))
	}
	return store, where, nil
}

// place is where an address leads, without what is secret in it.
func place(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Host + u.Path
}

// close releases what open has got hold of, the store last.
func (g ground) close() error {
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
