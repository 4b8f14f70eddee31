// Package redis keeps the state that nodes share beside the database in Redis 7,
// Redis Cluster or Valkey: events, presence and sessions. The database holds the
// truth, and lost state is repaired from it.
//
// All keys and channels begin with "partychat" and carry one of a few hash tags,
// so that data that is used together lives on one shard of a cluster.
package redis

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"partychat/internal/chat"
)

const (
	// connectTimeout limits the time to establish a connection.
	connectTimeout = 3 * time.Second
	// answerTimeout limits the time for an answer of Redis. If nothing arrives on
	// a connection for keepAlive, and then no answer either, the connection
	// counts as dead.
	answerTimeout = 2 * time.Second
	keepAlive     = time.Second
	// bufferSize is the size of the buffers of each connection, per direction, in bytes.
	bufferSize = 64 << 10
)

// Options configure Connect.
type Options struct {
	// URL is redis://user:password@host:port/db, or rediss:// for TLS. For a
	// cluster, any node is sufficient; add more with ?addr=host:port&addr=….
	URL string
	Log *slog.Logger
}

// Client is this node's access to Redis. The Broker, Presence and Sessions that
// are created with it share it.
type Client struct {
	redis  rueidis.Client
	node   string // id of this process; never reused
	prefix string // of channels, which all databases share
	log    *slog.Logger

	health health
	doubt  chan struct{} // asks watch to ping now
	stop   context.CancelFunc
	closed sync.Once
	work   sync.WaitGroup
}

// Connect connects to Redis. Close the client. Its errors are sentences for the
// operator. If Redis goes down later, the client reconnects by itself.
func Connect(ctx context.Context, options Options) (*Client, error) {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	parsed, where, err := parseURL(options.URL)
	if err != nil {
		return nil, err
	}
	c := &Client{node: rand.Text()[:10], prefix: keyPrefix, log: options.Log, doubt: make(chan struct{}, 1)}
	if parsed.SelectDB != 0 {
		c.prefix += "/" + strconv.Itoa(parsed.SelectDB)
	}
	if c.redis, err = rueidis.NewClient(parsed); err != nil {
		return nil, connectError(where, err)
	}
	if err := c.probe(ctx); err != nil {
		c.redis.Close()
		return nil, connectError(where, err)
	}
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	c.work.Go(func() { c.watch(ctx) })
	return c, nil
}

// probe tests a feature that not every server has.
func (c *Client) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return c.redis.Do(ctx, c.redis.B().Spublish().Channel(c.channelOfAll(0)).Message("").Build()).Error()
}

// Ping checks that Redis answers. After it succeeds, requests are no longer
// refused. Errors: CodeUnavailable.
func (c *Client) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if err := c.redis.Do(ctx, c.redis.B().Ping().Build()).Error(); err != nil {
		return unavailable(err)
	}
	c.answered()
	return nil
}

// Time returns the time of Redis, which all nodes share. Errors: CodeUnavailable.
func (c *Client) Time(ctx context.Context) (now time.Time, err error) {
	err = c.ask(ctx, func(ctx context.Context) error {
		parts, err := c.redis.Do(ctx, c.redis.B().Time().Build()).AsIntSlice()
		if err != nil || len(parts) != 2 {
			return unavailable(err)
		}
		now = time.Unix(parts[0], parts[1]*int64(time.Microsecond)).UTC()
		return nil
	})
	return now, err
}

// Close closes all connections. First close everything that was created with the client.
func (c *Client) Close() {
	c.closed.Do(func() {
		c.stop()
		c.work.Wait()
		c.redis.Close()
	})
}

// watch keeps health up to date, so that requests are refused at once while Redis
// does not answer.
func (c *Client) watch(ctx context.Context) {
	var pause backoff
	for {
		wait := keepAlive
		if c.health.isDown() {
			wait = pause.next()
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-c.doubt:
			timer.Stop()
		}
		asked := c.health.now()
		err := c.Ping(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			c.silent(asked, err)
		default:
			pause.reset()
		}
	}
}

// silent records that Redis did not answer a request that was sent at the given time.
func (c *Client) silent(asked moment, err error) {
	if c.health.failed(asked) {
		c.log.Warn("Redis is down; events reach other nodes when it is up again", "error", err)
	}
}

// answered records that Redis answers.
func (c *Client) answered() {
	if c.health.answered() {
		c.log.Info("Redis is up again")
	}
}

// ask runs a request that may be repeated, and repeats it if the connection is
// broken: an idle connection shows only then that Redis has restarted. Errors:
// those of once.
func (c *Client) ask(ctx context.Context, request func(context.Context) error) error {
	return c.once(ctx, func(limited context.Context) error {
		err := request(limited)
		if isBroken(err) && limited.Err() == nil {
			err = request(limited)
		}
		return err
	})
}

// once runs a request unless Redis is down. Errors: CodeUnavailable, and the
// error of the context.
func (c *Client) once(ctx context.Context, request func(context.Context) error) error {
	if c.health.isDown() {
		return unavailable(nil)
	}
	asked := c.health.now()
	limited, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	err := request(limited)
	if err == nil || rueidis.IsRedisNil(err) {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if isBroken(err) {
		if limited.Err() != nil {
			c.silent(asked, err) // the next request need not wait as long
		}
		select {
		case c.doubt <- struct{}{}:
		default:
		}
	}
	return unavailable(err)
}

// isBroken reports whether the error is not an answer of Redis.
func isBroken(err error) bool {
	if err == nil {
		return false
	}
	_, answered := rueidis.IsRedisErr(err)
	return !answered && !rueidis.IsRedisNil(err)
}

// run runs a script on keys of one shard and returns its answer.
func (c *Client) run(ctx context.Context, script *rueidis.Lua, keys, args []string) (reply rueidis.RedisMessage, err error) {
	err = c.ask(ctx, func(ctx context.Context) (err error) {
		reply, err = script.Exec(ctx, c.redis, keys, args).ToMessage()
		return err
	})
	return reply, err
}

func unavailable(err error) error {
	return &chat.Error{
		Code: chat.CodeUnavailable, Message: "The server cannot reach Redis right now. Please try again.",
		RetryAfter: time.Second, Err: err,
	}
}
