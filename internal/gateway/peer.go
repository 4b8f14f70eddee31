package gateway

import (
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/socketio"
)

// peer is a socket of someone who is logged in.
type peer struct {
	socket   *socketio.Socket
	identity chat.Identity
	commands *rate.Limiter
	account  atomic.Pointer[chat.User] // identity.User as it is now
	ended    atomic.Bool               // the session is over
	protocol int
	known    *wire.Known  // what it knew when it connected; let go with ready
	since    atomic.Int64 // the rev of the user's stream that ready brings it to

	mu     sync.Mutex
	live   bool // it has had ready
	closed bool
	holds  map[chat.Topic]*hold
	gone   map[chat.RoomID]int64 // rooms in the list that, by their own streams, the user has left at that rev
	looks  int                   // rooms that are watched
	typing typing
}

// hold is why a peer listens to a topic.
type hold struct {
	channel  *channel
	since    int64 // the latest rev of a room at which the user is known to be let listen
	from     int64 // of a room: the rev that the peer knows when it begins to listen
	told     int64 // of a room: the rev up to which others had been told by then
	followed bool  // it is in the list of subscriptions, or the user's own topic
	watched  bool  // it was asked for by room:watch
}

func newPeer(s *socketio.Socket, identity chat.Identity, limits Limits) *peer {
	p := &peer{
		socket:   s,
		identity: identity,
		commands: limits.commandLimiter(),
		holds:    make(map[chat.Topic]*hold),
		typing:   newTyping(),
	}
	p.account.Store(&identity.User)
	return p
}

// peerOf gives the peer of a socket, nil if it has announced nothing.
func peerOf(s *socketio.Socket) *peer {
	p, _ := s.Data().(*peer)
	return p
}

// knows reports whether ready has brought the peer beyond a rev of the user's stream.
func (p *peer) knows(rev int64) bool { return rev <= p.since.Load() }

func (p *peer) user() chat.User { return *p.account.Load() }

// emit sends an event; a socket that has gone meanwhile needs none.
func (p *peer) emit(name string, payload any) { _ = p.socket.Emit(name, payload) }

// end tells the socket that its session is over and disconnects it, for good: an
// official client does not come back by itself. Commands that wait for their turn
// count no more.
func (p *peer) end(reason chat.EndReason, rev int64) {
	p.ended.Store(true)
	p.emit(wire.EventSessionEnded, wire.SessionEnded{Reason: reason, Rev: rev})
	p.socket.Disconnect(true)
}

// cut closes the connection. An official client comes back by itself.
func (p *peer) cut() { p.socket.Session().Drop("forced close") }

// giveUp cuts a peer that cannot be told what it must be told. The client comes
// back and catches up.
func (g *Gateway) giveUp(p *peer, what string, err error) {
	g.logFault(what, err)
	p.cut()
}

// peers are the sockets of this node that somebody is logged in on.
type peers struct {
	mu  sync.Mutex
	all map[*peer]struct{}
}

func (l *peers) add(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all[p] = struct{}{}
}

func (l *peers) remove(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, p)
}

// bySession gives the sockets of each session.
func (l *peers) bySession() map[string][]*peer {
	l.mu.Lock()
	defer l.mu.Unlock()
	sessions := make(map[string][]*peer, len(l.all))
	for p := range l.all {
		sessions[p.identity.Session] = append(sessions[p.identity.Session], p)
	}
	return sessions
}
