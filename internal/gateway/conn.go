package gateway

import (
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/socketio"
)

// conn is the connection of a logged-in user.
type conn struct {
	socket   *socketio.Socket
	identity chat.Identity
	commands *rate.Limiter
	account  atomic.Pointer[chat.User] // identity.User as it is now
	ended    atomic.Bool               // the session is over
	protocol int
	known    *wire.Known  // what the client knew when it connected; nil after ready
	since    atomic.Int64 // the rev of the user's stream that ready brings it to

	mu     sync.Mutex
	live   bool // ready has been sent
	closed bool
	feeds  map[chat.Topic]*feed
	gone   map[chat.RoomID]int64 // rooms in the list that, by their own streams, the user has left at that rev
	looks  int                   // rooms that are watched
	typing typing
}

// feed is why a connection gets the events of a topic.
type feed struct {
	channel  *channel
	since    int64 // the latest rev of a room at which the user is known to be let listen
	from     int64 // of a room: the rev that the peer knows when it begins to listen
	told     int64 // of a room: the rev up to which others had been told by then
	followed bool  // it is in the list of subscriptions, or the user's own topic
	watched  bool  // it was asked for by room:watch
}

func newConn(s *socketio.Socket, identity chat.Identity, limits Limits) *conn {
	p := &conn{
		socket:   s,
		identity: identity,
		commands: limits.commandLimiter(),
		feeds:    make(map[chat.Topic]*feed),
		typing:   newTyping(),
	}
	p.account.Store(&identity.User)
	return p
}

// connOf returns the connection of a socket; nil if the client is not logged in.
func connOf(s *socketio.Socket) *conn {
	p, _ := s.Data().(*conn)
	return p
}

// knows reports whether ready has brought the peer beyond a rev of the user's stream.
func (p *conn) knows(rev int64) bool { return rev <= p.since.Load() }

func (p *conn) user() chat.User { return *p.account.Load() }

// emit sends an event. It does nothing if the socket has disconnected.
func (p *conn) emit(name string, payload any) { _ = p.socket.Emit(name, payload) }

// end sends session:ended and disconnects the socket. Official clients do not
// reconnect by themselves then. Queued commands are refused.
func (p *conn) end(reason chat.EndReason, rev int64) {
	p.ended.Store(true)
	p.emit(wire.EventSessionEnded, wire.SessionEnded{Reason: reason, Rev: rev})
	p.socket.Disconnect(true)
}

// cut closes the connection. Official clients reconnect by themselves.
func (p *conn) cut() { p.socket.Session().Drop("forced close") }

// giveUp cuts a connection whose events cannot be delivered. The client reconnects and
// catches up.
func (g *Gateway) giveUp(p *conn, what string, err error) {
	g.logFault(what, err)
	p.cut()
}

// conns are the connections of this node.
type conns struct {
	mu  sync.Mutex
	all map[*conn]struct{}
}

func (l *conns) add(p *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all[p] = struct{}{}
}

func (l *conns) remove(p *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, p)
}

// bySession returns the connections of each session.
func (l *conns) bySession() map[string][]*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	sessions := make(map[string][]*conn, len(l.all))
	for p := range l.all {
		sessions[p.identity.Session] = append(sessions[p.identity.Session], p)
	}
	return sessions
}
