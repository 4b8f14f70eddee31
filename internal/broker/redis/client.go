// Package redis is what nodes share beside the database: events, who is there,
// and sessions, in Redis 7, Redis Cluster or Valkey. The truth is in the
// database; what is lost here is put right from there.
//
// All keys and channels begin with "partychat" and carry one of a few hash
// tags, so that what is used together lives on one shard of a cluster.
package redis

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"partychat/internal/chat"
)

const (
	// connectTimeout is how long a connection may take to be made.
	connectTimeout = 3 * time.Second
	// answerTimeout is how long Redis may take for an answer. A connection on
	// which nothing comes for keepAlive and then no answer is taken for dead.
	answerTimeout = 2 * time.Second
	keepAlive     = time.Second
	// bufferSize is that of each connection, each way, in bytes.
	bufferSize = 64 << 10
)

// Options configure Connect.
type Options struct {
	// URL is redis://user:password@host:port/db, or rediss:// for TLS. Of a
	// cluster any node will do; more are named by ?addr=host:port&addr=….
	URL string
	Log *slog.Logger
}

// Client is this node's access to Redis, shared by the Broker, Presence and
// Sessions that are made with it.
type Client struct {
	redis  rueidis.Client
	node   string // names this process among the others, and never again
	prefix string // of channels, which unlike keys are not the database's own
	log    *slog.Logger

	away   atomic.Bool   // Redis has not answered last
	doubt  chan struct{} // asks watch to look now
	stop   context.CancelFunc
	closed sync.Once
	work   sync.WaitGroup
}

// Connect connects to Redis, which is to be closed. Its errors are sentences
// for the operator. A Redis that goes away later is no error: the client comes
// back to it by itself.
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

// probe tries what not every server can.
func (c *Client) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return c.redis.Do(ctx, c.redis.B().Spublish().Channel(c.channelOfAll(0)).Message("").Build()).Error()
}

// Ping asks whether Redis answers. Errors: CodeUnavailable.
func (c *Client) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if err := c.redis.Do(ctx, c.redis.B().Ping().Build()).Error(); err != nil {
		return unavailable(err)
	}
	return nil
}

// Time tells what time it is for Redis, and so for all nodes. Errors:
// CodeUnavailable.
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

// Close ends all connections. What was made with the client is to be closed before.
func (c *Client) Close() {
	c.closed.Do(func() {
		c.stop()
		c.work.Wait()
		c.redis.Close()
	})
}

// watch keeps away up to date, so that whoever needs an answer is refused at
// once while there will be none.
func (c *Client) watch(ctx context.Context) {
	var pause backoff
	for {
		wait := keepAlive
		if c.away.Load() {
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
		err := c.Ping(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			c.silent(err)
		default:
			pause.reset()
			c.answered()
		}
	}
}

// silent takes in that Redis does not answer.
func (c *Client) silent(err error) {
	if c.away.CompareAndSwap(false, true) {
		c.log.Warn("Redis is down; events reach other nodes when it is up again", "error", err)
	}
}

// answered takes in that Redis does.
func (c *Client) answered() {
	if c.away.CompareAndSwap(true, false) {
		c.log.Info("Redis is up again")
	}
}

// ask runs a request that may be made twice, and is if the connection turns out
// to be broken: an idle one shows only then that Redis has started anew.
// Errors: as of once.
func (c *Client) ask(ctx context.Context, request func(context.Context) error) error {
	return c.once(ctx, func(limited context.Context) error {
		err := request(limited)
		if isBroken(err) && limited.Err() == nil {
			err = request(limited)
		}
		return err
	})
}

// once runs a request unless Redis is away. Errors: CodeUnavailable, and the
// context's.
func (c *Client) once(ctx context.Context, request func(context.Context) error) error {
	if c.away.Load() {
		return unavailable(nil)
	}
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
			c.silent(err) // who comes next need not wait as long
		}
		select {
		case c.doubt <- struct{}{}:
		default:
		}
	}
	return unavailable(err)
}

// isBroken tells whether the error is none that Redis has answered.
func isBroken(err error) bool {
	if err == nil {
		return false
	}
	_, answered := rueidis.IsRedisErr(err)
	return !answered && !rueidis.IsRedisNil(err)
}

// run runs a script on keys of one shard, and gives its answer.
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
