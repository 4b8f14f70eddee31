// Package client is a PartyChat client for tests. It does what every client must do
// (docs/PROTOCOL.md, section 5): it reconnects with jitter, keeps the rev that it
// knows of each room, requests what it has missed, and has an outbox whose sends
// are retried with the same clientId until they are acknowledged. It also records
// everything that it receives, for package check.
package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/test/faults/check"
)

// Options configure New. URL, Token and User are required.
type Options struct {
	URL string // such as http://127.0.0.1:3000
	// Elsewhere are the URLs of further nodes. After losing its connection, the
	// client reconnects to a random one of all nodes.
	Elsewhere []string
	Token     string
	User      chat.UserID // the owner of Token
	Name      string      // in reports
	Polling   bool        // otherwise WebSocket
	// Blind clients keep no timelines; they only connect and send.
	Blind bool
	// Watch are the users whose presence the client watches.
	Watch []chat.UserID
	// LogsOut is true if the session is expected to end. Otherwise, its end is a
	// fault.
	LogsOut bool
	// Outcast is true if the user is expected to be removed from a room or the
	// server. Otherwise, the removal is a fault.
	Outcast bool
	// Delay is the longest wait before the first attempt to reconnect. Each further
	// attempt doubles it, up to MaxDelay. It is also the shortest wait before a
	// refused send is retried. Defaults: 100 ms and 2 s.
	Delay, MaxDelay time.Duration
	// AckTimeout is how long a send waits for its acknowledgement before it is
	// retried on the same connection. Default: 10 s.
	AckTimeout time.Duration
}

// Client is one user's connection and state. New starts it; Close ends it.
type Client struct {
	opts   Options
	cancel context.CancelFunc
	ctx    context.Context // ends with Close
	work   sync.WaitGroup

	mu        sync.Mutex
	node      string                        // the node that it is connected to, or connecting to
	socket    *socket                       // nil if there is none
	asked     map[int]func(json.RawMessage) // callbacks of pending acknowledgements on socket
	ready     bool                          // the socket has received ready
	lanes     map[chat.RoomID]*lane
	sends     []*check.Send
	acked     int // number of acknowledged sends
	changes   []check.Message
	timelines map[chat.RoomID]*timeline
	live      map[chat.RoomID]*check.Live // of the current connection
	lost      map[chat.RoomID]bool        // rooms that the user was removed from
	holes     int
	presence  map[chat.UserID]chat.PresenceState // of those who are not offline
	connects  int
	ended     bool // the session has ended
	syncs     int
	refusals  map[chat.Code]int
	restart   time.Duration // how long the restarting server asked clients to spread their reconnects
	restarts  int
	faults    []string
}

// New returns a client that connects and stays connected until Close.
func New(o Options) *Client {
	o.Delay = cmp.Or(o.Delay, 100*time.Millisecond)
	o.MaxDelay = cmp.Or(o.MaxDelay, 2*time.Second)
	o.AckTimeout = cmp.Or(o.AckTimeout, 10*time.Second)
	c := &Client{
		opts: o, node: o.URL,
		lanes: make(map[chat.RoomID]*lane), timelines: make(map[chat.RoomID]*timeline),
		lost: make(map[chat.RoomID]bool), refusals: make(map[chat.Code]int), presence: make(map[chat.UserID]chat.PresenceState),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.work.Go(c.run)
	return c
}

// Close ends the connection and waits for the client's goroutines.
func (c *Client) Close() {
	c.cancel()
	c.work.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lanes {
		l.settle()
	}
}

// Drop breaks the connection, as a network would. The client reconnects.
func (c *Client) Drop() {
	c.mu.Lock()
	s := c.socket
	c.mu.Unlock()
	if s != nil {
		s.close()
	}
}

// run keeps the client connected.
func (c *Client) run() {
	auth := wire.Auth{Token: c.opts.Token}
	protocol := wire.Protocol
	auth.Protocol = &protocol
	for delay := c.opts.Delay; ; delay = min(2*delay, c.opts.MaxDelay) {
		connects := c.Connects()
		err := serve(c.ctx, c.Node(), c.opts.Polling, auth, c, c.up)
		c.down()
		if c.ctx.Err() != nil {
			return
		}
		if !c.comesBack(err) {
			return
		}
		if c.Connects() != connects {
			delay = c.opts.Delay
		}
		wait := jitter(delay)
		if restart := c.takeRestart(); restart > 0 {
			wait = upTo(restart)
		}
		if !c.sleep(wait) {
			return
		}
		c.hop()
	}
}

// hop picks a random node.
func (c *Client) hop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := among(len(c.opts.Elsewhere) + 1); at == len(c.opts.Elsewhere) {
		c.node = c.opts.URL
	} else {
		c.node = c.opts.Elsewhere[at]
	}
}

// takeRestart returns, once, the time within which the server asked the client to
// reconnect.
func (c *Client) takeRestart() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	within := c.restart
	c.restart = 0
	return within
}

// comesBack reports whether an official client would reconnect automatically.
func (c *Client) comesBack(err error) bool {
	var refused *refusedError
	if !errors.Is(err, errDisconnected) && (!errors.As(err, &refused) || refused.Data.Code == string(chat.CodeUnavailable)) {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opts.LogsOut && (refused == nil || refused.Data.Code == string(chat.CodeUnauthenticated)) {
		c.ended = true
	} else {
		c.fail("disconnected for good: %v", err)
	}
	return false
}

func (c *Client) up(s *socket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.socket = s
	c.asked = make(map[int]func(json.RawMessage))
	c.live = make(map[chat.RoomID]*check.Live)
}

func (c *Client) down() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.socket, c.asked, c.ready = nil, nil, false
	for _, l := range c.lanes {
		l.settle()
	}
	for _, t := range c.timelines {
		t.syncing = false
	}
}

// ask sends a command on the current connection and calls then with its answer,
// unless the connection ends first. Then runs with c.mu held; the caller holds
// c.mu, too.
func (c *Client) ask(name string, argument any, then func(json.RawMessage)) {
	ack, err := c.socket.emit(name, argument)
	if err != nil {
		c.fail("%s: %v", name, err)
		return
	}
	c.asked[ack] = then
}

// answer implements handler.
func (c *Client) answer(ack int, argument json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	then := c.asked[ack]
	if then == nil {
		c.fail("acknowledgement %d was unexpected or a duplicate", ack)
		return
	}
	delete(c.asked, ack)
	then(argument)
}

// event implements handler.
func (c *Client) event(name string, argument json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch name {
	case "ready":
		var ready wire.Ready
		if c.decode(name, argument, &ready) {
			c.greeted(ready)
		}
	case "message:put":
		var put wire.MessagePut
		if c.decode(name, argument, &put) {
			c.put(&put.Message)
		}
	case "room:gone":
		var gone wire.RoomGone
		if c.decode(name, argument, &gone) {
			c.lose(gone.Room)
		}
	case "server:restart":
		var restart struct{ Within int } // milliseconds
		if c.decode(name, argument, &restart) {
			c.restart = time.Duration(restart.Within) * time.Millisecond
			c.restarts++
		}
	case "presence":
		var changes wire.PresenceChanges
		if c.decode(name, argument, &changes) {
			c.heard(changes.Presence)
		}
	case "session:ended":
		if !c.opts.LogsOut {
			c.fail("the session has ended: %s", argument)
		}
	}
}

// again calls do after a while, with c.mu held, if the connection is still the
// current one.
func (c *Client) again(s *socket, do func()) {
	time.AfterFunc(jitter(c.opts.MaxDelay), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.socket == s && s != nil {
			do()
		}
	})
}

func (c *Client) decode(name string, raw json.RawMessage, into any) bool {
	if err := json.Unmarshal(raw, into); err != nil {
		c.fail("%s cannot be decoded: %v: %s", name, err, raw)
		return false
	}
	return true
}

// fail records a fault. The caller holds c.mu.
func (c *Client) fail(format string, args ...any) {
	c.faults = append(c.faults, c.opts.Name+": "+fmt.Sprintf(format, args...))
}

// sleep waits; it returns false if the client is closed first.
func (c *Client) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// jitter returns a random time between half of d and d, which spreads what many
// clients do at the same time.
func jitter(d time.Duration) time.Duration { return d/2 + upTo(d/2) }

// upTo returns a random time up to d.
func upTo(d time.Duration) time.Duration { return time.Duration(among(int(d) + 1)) }

// among returns a random number from 0 to n-1.
func among(n int) int {
	return rand.IntN(n) //nolint:gosec // it spreads load and keeps no secret
}
