// Package classic puts the chat onto the classic events: small protocols of chat
// lessons, spoken by sockets that do not announce the full one. See docs/CLASSIC.md.
// Each of them is a table of the package dialect; this package does what the tables
// say. They are a second face of the same services: what is written here appears
// everywhere else, and the other way round.
//
// Locks are taken in the order client.moving, Classic.mu, client.mu. The store
// and Options.Streams are called with none but client.moving held; the streams
// call back with locks of their own.
package classic

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
	"partychat/socketio"
)

// Authenticator tells who a socket belongs to, and keeps sessions alive.
type Authenticator interface {
	// Authenticate finds the session by the token, or else by the cookie in
	// the header. It fails with chat.CodeUnauthenticated.
	Authenticate(ctx context.Context, header http.Header, token string) (chat.Identity, error)
	// Touch counts as activity on the sessions, and gives those that are no more:
	// their end may not have been told.
	Touch(ctx context.Context, sessionIDs []string) (gone []string, err error)
}

// Streams are what happens in rooms and to users: the events of each in their order,
// and each once (live.Streams).
type Streams interface {
	// Handle adds a handler.
	Handle(handler func(chat.Revised))
	// FollowRoomFromHead delivers the room's later events to the handler.
	FollowRoomFromHead(ctx context.Context, room chat.RoomID) error
	// FollowUserFromHead delivers the later events of the user's stream to the handler.
	FollowUserFromHead(ctx context.Context, user chat.UserID) error
	// Unfollow undoes one FollowRoomFromHead or FollowUserFromHead.
	Unfollow(topic chat.Topic)
}

// Options are what a Classic is made of. Fields without a default are needed.
type Options struct {
	Server  *socketio.Server
	Chat    *chat.Chat
	Broker  chat.Broker // of what is on no stream
	Auth    Authenticator
	Streams Streams
	// Dialects are what the sockets speak. Default: those of the package dialect.
	Dialects *dialect.Set
	// GreetAfter is how long a socket must have said nothing to be greeted. Default
	// 200 ms.
	GreetAfter time.Duration
	// Quiet reports whether the page of a socket receives nothing before it has sent an
	// event, so that a greeting would confuse it. Default: no page does.
	Quiet func(*socketio.Socket) bool
	// AfterFunc calls f after that time, unless stop is called before and returns true.
	// Default that of the package time.
	AfterFunc func(after time.Duration, f func()) (stop func() bool)
	// Attend counts a user as connected until the function it gives is called.
	Attend func(ctx context.Context, user chat.User) (leave func())
	// SignUps bounds how many guests come by a name alone. Default: no bound.
	SignUps SignUps
	// GuestPacket is the largest packet that a socket may send which is let in by
	// a name alone, in bytes, attachments included. Default 64 KiB.
	GuestPacket int64
	// RelayMax is the size of the largest object that everybody in a room is sent with
	// all members that its sender has given it, in bytes of JSON. Of a larger object
	// they get the members that the server knows. Default 4 KiB.
	RelayMax int
	// Seats, Names and Count are what this node shares with others. Default: there are
	// no others.
	Seats chat.SeatLeases
	Names chat.NameLeases
	Count chat.Counter
	// SeatLease is how long people of other nodes stay in rooms, and guests keep their
	// names there, when the other nodes cannot be asked. A third of it is how often this
	// node repeats what it shares. Default 30 seconds.
	SeatLease time.Duration
	// ShareInterval is how often a room with 100 people or more is shared with other
	// nodes at most; with fewer, it is shared more often. Default 100 ms.
	ShareInterval time.Duration
	// PeopleMax is the number of people in a room whom a node names to the other nodes
	// and to pages. Their number counts the others, too. Default 1,000.
	PeopleMax int
	// OnlineInterval is how often sockets are told who is online at most.
	// Default one second.
	OnlineInterval time.Duration
	// TouchInterval is how often the sessions of live sockets are kept alive, and
	// how long a socket outlives at most a session whose end was not told. It must
	// be well below the sessions' idle time. Default one minute.
	TouchInterval time.Duration
	Log           *slog.Logger // default: nothing is logged
}

const (
	// greetedUsers is how many usernames a socket is greeted with.
	greetedUsers = 1000
	// historyPage is how many messages a history of a conversation gives at a time,
	// and roomHistory that of a room.
	historyPage, roomHistory = 10, 50
	// typingFor is how long one word of typing lasts elsewhere.
	typingFor = 6 * time.Second
	// commandTimeout bounds what one event does.
	commandTimeout = 30 * time.Second
)

// Classic serves the classic events on the default namespace.
type Classic struct {
	opts    Options
	chat    *chat.Chat
	sockets *socketio.Namespace
	ctx     context.Context // ends with Close
	lasting context.Context // of what Close waits for
	cancel  context.CancelFunc

	mu      sync.Mutex
	clients map[*client]struct{}
	topics  map[chat.RoomID]*topic
	users   map[chat.UserID]map[*client]struct{}
	count   int64               // that pages add to
	counted int64               // count as the nodes have added it up
	sending map[string]*sending // by the clientId of a message that is on its way
	relayed relayed             // objects from other nodes
	online  []string            // as told last
	closed  bool                // nothing is shared any more

	id            string // of this process, among the nodes
	exchanges     map[chat.RoomID]*exchange
	exchanging    sync.WaitGroup
	exchangeSlots chan struct{}
	adding        sync.Mutex // one at a time adds to the count of all nodes; taken before mu

	accounts accounts
	places   places
	told     told
	commands commands
	counting counting
	nodes    nodes

	dialects  *dialect.Set
	silent    []*dialect.Table // those of sockets that have said nothing
	greetings sync.WaitGroup   // those to come and under way

	names *names
}

// The parts of a Classic. Each is the Classic with methods for one of its concerns, so
// that a file shows by its receivers what it is about; together they have its state.
type (
	accounts struct{ *Classic } // whose the sockets are, by what name or session
	places   struct{ *Classic } // which rooms they are in and hear
	told     struct{ *Classic } // what they are told
	commands struct{ *Classic } // what they ask for
	counting struct{ *Classic } // what they count
	nodes    struct{ *Classic } // what this node and others tell each other
)

// New registers the classic events on the server's default namespace and with
// the broker. Run keeps it going; Close ends it.
func New(opts Options) *Classic {
	if opts.OnlineInterval == 0 {
		opts.OnlineInterval = time.Second
	}
	if opts.GreetAfter == 0 {
		opts.GreetAfter = 200 * time.Millisecond
	}
	if opts.AfterFunc == nil {
		opts.AfterFunc = func(after time.Duration, f func()) func() bool { return time.AfterFunc(after, f).Stop }
	}
	if opts.Dialects == nil {
		opts.Dialects = dialect.Builtin()
	}
	if opts.TouchInterval == 0 {
		opts.TouchInterval = time.Minute
	}
	if opts.SignUps == nil {
		opts.SignUps = unlimited{}
	}
	if opts.GuestPacket == 0 {
		opts.GuestPacket = 64 << 10
	}
	if opts.RelayMax == 0 {
		opts.RelayMax = 4 << 10
	}
	if opts.SeatLease == 0 {
		opts.SeatLease = 30 * time.Second
	}
	if opts.ShareInterval == 0 {
		opts.ShareInterval = 100 * time.Millisecond
	}
	if opts.PeopleMax == 0 {
		opts.PeopleMax = 1000
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	c := &Classic{
		opts: opts, chat: opts.Chat, sockets: opts.Server.Of("/"), dialects: opts.Dialects,
		clients: make(map[*client]struct{}), topics: make(map[chat.RoomID]*topic), sending: make(map[string]*sending),
		users: make(map[chat.UserID]map[*client]struct{}), names: newNames(idleNames, opts.Names),
		id: rand.Text(), exchanges: make(map[chat.RoomID]*exchange), exchangeSlots: make(chan struct{}, exchangesMax),
	}
	c.accounts, c.places, c.told, c.commands, c.counting, c.nodes = accounts{c}, places{c}, told{c}, commands{c}, counting{c}, nodes{c}
	for _, table := range opts.Dialects.Unsettled() {
		if table.Silent {
			c.silent = append(c.silent, table)
		}
	}
	c.lasting = context.Background()
	c.ctx, c.cancel = context.WithCancel(c.lasting)
	opts.Broker.Handle(c.told.receive)
	opts.Streams.Handle(c.told.deliver)
	c.sockets.Use(c.admit)
	c.sockets.OnConnect(c.connect)
	c.sockets.OnAny(c.commands.take)
	c.sockets.OnDisconnect(c.disconnect)
	return c
}

// Run tells the sockets who is online, counts them as activity on their sessions, and
// shares what this node knows with others, until the context ends.
func (c *Classic) Run(ctx context.Context) {
	online, touch := time.NewTicker(c.opts.OnlineInterval), time.NewTimer(c.opts.TouchInterval)
	share := time.NewTicker(c.opts.SeatLease / 3)
	defer online.Stop()
	defer touch.Stop()
	defer share.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-online.C:
			c.told.tellOnline(ctx)
			c.counting.tellCount(ctx)
		case <-touch.C:
			touch.Reset(c.accounts.touch(ctx))
		case <-share.C:
			c.nodes.shareAll()
			if err := c.names.hold(ctx); err != nil && ctx.Err() == nil {
				c.logFault("keeping the names of guests", err)
			}
		}
	}
}

// Close ends what is under way. The server's sockets are to be gone by then.
func (c *Classic) Close() {
	c.cancel()
	c.greetings.Wait()
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.exchanging.Wait()
}

// emitter is a socket, or many.
type emitter interface {
	Emit(event string, args ...any) error
}

// emit sends an event. A socket that has gone needs none.
func (c *Classic) emit(to emitter, event string, args ...any) {
	if err := to.Emit(event, args...); err != nil {
		c.opts.Log.Debug("cannot send a classic event", "event", event, "error", err)
	}
}

// logFault logs an error that is the server's.
func (c *Classic) logFault(what string, err error) {
	switch e := chat.ErrorFrom(err); {
	case c.ctx.Err() != nil:
	case e.Code == chat.CodeInternal, e.Code == chat.CodeUnavailable:
		c.opts.Log.Warn(what+" failed", "error", err)
	}
}
