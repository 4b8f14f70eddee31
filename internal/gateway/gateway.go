// Package gateway serves the chat over Socket.IO: it admits sockets, runs their
// commands, and delivers events to the connections of this node. docs/PROTOCOL.md
// defines what clients may rely on, and internal/wire the JSON.
//
// Locks are taken in the order conn.mu, topics.mu, channel.mu. Code may call the
// broker, the streams and the Socket.IO server while it holds any of them, and the
// store while it holds conn.mu. Presence has locks of its own: see attendance and
// watchers.
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/gather"
	"partychat/internal/live"
	"partychat/socketio"
)

// Authenticator authenticates sockets and extends sessions.
type Authenticator interface {
	// Authenticate finds the session by the token, or else by the cookie in
	// the header. It fails with chat.CodeUnauthenticated.
	Authenticate(ctx context.Context, header http.Header, token string) (chat.Identity, error)
	// Identify tells who a session belongs to now, also if that is somebody who
	// has been banned. It fails with chat.CodeUnauthenticated once the session is
	// over.
	Identify(ctx context.Context, sessionID string) (chat.Identity, error)
	// Touch counts as activity on the sessions, and gives those that are no more:
	// their end may not have been told.
	Touch(ctx context.Context, sessionIDs []string) (gone []string, err error)
}

// Store is what the gateway reads without a service.
type Store interface {
	live.Store
	// ListHeads gives what a socket that connects listens to (chat.StreamStore).
	ListHeads(ctx context.Context, user chat.UserID) (chat.UserHead, error)
	// SubscriptionsIn gives what has changed in the list (chat.StreamStore).
	SubscriptionsIn(ctx context.Context, user chat.UserID, rooms []chat.RoomID) ([]chat.Subscription, error)
	// RoomByID tells what a room has become (chat.RoomStore).
	RoomByID(ctx context.Context, id chat.RoomID) (chat.Room, error)
	// UsersByID tells who is banned from the server (chat.UserStore).
	UsersByID(ctx context.Context, ids []chat.UserID) ([]chat.User, error)
}

// Options are what a Gateway is made of. Fields without a default are needed.
type Options struct {
	Server *socketio.Server
	Chat   *chat.Chat
	Store  Store
	Broker chat.Broker
	Auth   Authenticator
	Limits Limits
	// Epoch is that of the store (chat.StreamStore). Default: none.
	Epoch string
	// HoleGrace, HoleRetry, CatchUpWithin and HeadsInterval are, in this order,
	// HoleGrace, HoleRetry, CompareWithin and CompareInterval of live.Options.
	HoleGrace     time.Duration
	HoleRetry     time.Duration
	CatchUpWithin time.Duration
	HeadsInterval time.Duration
	// TouchInterval is how often the sessions of live sockets are kept alive, and
	// how long a socket outlives at most a session whose end was not told. It must
	// be well below the sessions' idle time. Default one minute.
	TouchInterval time.Duration
	// PresenceInterval is how often a socket is told of presence at most.
	// Default one second.
	PresenceInterval time.Duration
	// PresenceGrace is how long a user without sockets stays online, so that
	// a reload is not seen. Default five seconds.
	PresenceGrace time.Duration
	// LeaseInterval is how often this node says that its users are still
	// there. Default 10 seconds.
	LeaseInterval time.Duration
	// CommandTimeout bounds one command. A command goes on when its socket
	// has gone, so that what has been stored is also told. Default 30 seconds.
	CommandTimeout time.Duration
	Log            *slog.Logger // default: nothing is logged
}

func (o Options) withDefaults() Options {
	o.Limits = o.Limits.withDefaults()
	setDefault(&o.HoleRetry, time.Second)
	setDefault(&o.CatchUpWithin, 250*time.Millisecond)
	setDefault(&o.TouchInterval, time.Minute)
	setDefault(&o.PresenceInterval, time.Second)
	setDefault(&o.PresenceGrace, 5*time.Second)
	setDefault(&o.LeaseInterval, 10*time.Second)
	setDefault(&o.CommandTimeout, 30*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Gateway connects one node's sockets with the chat.
type Gateway struct {
	opts     Options
	chat     *chat.Chat
	sockets  *socketio.Namespace
	topics   topics
	commands map[string]struct{} // names that have a handler
	live     conns
	streams  *live.Streams

	lists   lists
	greeter greeter

	attendance *attendance
	watchers   *watchers
	// presences has those of whose presence events may have been lost, and nobody if
	// any others may.
	presences *gather.Set[chat.UserID]

	commandGate *gate

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // goroutines that last until then: of leases
}

// New registers the gateway on the server's default namespace and with the broker.
// Call Run to extend sessions and deliver presence, and Close at the end.
func New(opts Options) *Gateway {
	opts = opts.withDefaults()
	g := &Gateway{
		opts:     opts,
		chat:     opts.Chat,
		sockets:  opts.Server.Of("/"),
		commands: make(map[string]struct{}),

		commandGate: newGate(),
	}
	g.lists, g.greeter = lists{g}, greeter{g}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	g.topics.sockets = g.sockets
	g.topics.byTopic = make(map[chat.Topic]*channel)
	g.live.all = make(map[*conn]struct{})
	g.startPresence()
	g.presences = gather.New(g.ctx, gather.Options[chat.UserID]{
		Within: opts.CatchUpWithin, Retry: opts.HoleRetry, Work: g.catchUpPresence,
	})
	g.streams = live.New(live.Options{
		Store: opts.Store, Broker: opts.Broker, HoleGrace: opts.HoleGrace, HoleRetry: opts.HoleRetry,
		CompareWithin: opts.CatchUpWithin, CompareInterval: opts.HeadsInterval,
		PageBytes: opts.Chat.Limits().PageBytes, Log: opts.Log,
	})
	g.streams.Handle(g.deliver)
	opts.Broker.Handle(g.receive)
	g.sockets.Use(g.admit)
	g.sockets.OnConnect(g.connect)
	g.sockets.OnDisconnect(g.disconnect)
	g.registerCommands()
	g.work.Go(func() { g.renewPresence(g.ctx) })
	return g
}

// Streams returns the streams of this node, for other handlers.
func (g *Gateway) Streams() *live.Streams { return g.streams }

// Run counts live sockets as activity on their sessions, compares what has been
// delivered with the store, and tells of presence, until the context ends.
func (g *Gateway) Run(ctx context.Context) {
	var others sync.WaitGroup
	others.Go(func() { g.runPresence(ctx) })
	others.Go(func() { g.streams.Run(ctx) })
	defer others.Wait()
	for wait := g.opts.TouchInterval; sleep(ctx, wait); wait = g.touch(ctx) {
	}
}

const (
	// touchBatch is how many sessions one call of Touch names.
	touchBatch = 500
	// touchRetry is how soon Touch is called again after it has failed: sessions
	// must not idle away while their store does.
	touchRetry = 5 * time.Second
)

// touch counts the live sockets as activity on their sessions, ends those of
// sessions that are no more, and gives the time until it is to do so again.
func (g *Gateway) touch(ctx context.Context) (again time.Duration) {
	sessions := g.live.bySession()
	for ids := range slices.Chunk(slices.Collect(maps.Keys(sessions)), touchBatch) {
		gone, err := g.opts.Auth.Touch(ctx, ids)
		for _, id := range gone {
			g.endGone(ctx, sessions[id])
		}
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				g.opts.Log.Warn("cannot extend the sessions of live sockets", "error", err)
			}
			return min(touchRetry, g.opts.TouchInterval)
		}
	}
	return g.opts.TouchInterval
}

// endGone ends the sockets of a session that is no more: for the reason that is on
// the user's stream, if it is there.
func (g *Gateway) endGone(ctx context.Context, peers []*conn) {
	for _, p := range peers {
		end := chat.SessionEnded{Reason: chat.EndLogOut}
		changes, err := g.opts.Store.UserChanges(ctx, p.identity.User.ID, p.since.Load(), changesMax, g.chat.Limits().PageBytes)
		if err != nil {
			g.logFault("reading why a session has ended", err)
		}
		for _, event := range changes.Events {
			if e, ok := event.(chat.SessionEnded); ok && e.Session == p.identity.Session {
				end = e
			}
		}
		p.end(end.Reason, end.Rev)
	}
}

// Close ends delivery and waits for what it has under way. The server's sockets
// are to be gone by then.
func (g *Gateway) Close() {
	g.cancel()
	g.streams.Close()
	g.presences.Wait()
	g.work.Wait()
}
