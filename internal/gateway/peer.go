package gateway

import (
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
	"partychat/socketio"
)

// peer is a socket of someone who is logged in.
type peer struct {
	socket   *socketio.Socket
	identity chat.Identity
	commands *rate.Limiter
	account  atomic.Pointer[chat.User] // identity.User as it is now
	ended    atomic.Bool               // the session is over

	losing sync.Mutex // one at a time lets go of a room; taken before mu

	mu     sync.Mutex
	live   bool // it has had ready
	closed bool
	holds  map[chat.Topic]*hold
	looks  int // rooms that are watched
	typing typing
}

// hold is why a peer listens to a topic.
type hold struct {
	channel  *channel
	followed bool // it is in the list of subscriptions, or the user's own topic
	watched  bool // it was asked for by room:watch
	told     told // of a room that is followed
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

func (p *peer) user() chat.User { return *p.account.Load() }

// emit sends an event; a socket that has gone meanwhile needs none.
func (p *peer) emit(name string, payload any) { _ = p.socket.Emit(name, payload) }

// end tells the socket that its session is over and disconnects it, for good: an
// official client does not come back by itself. Commands that wait for their turn
// count no more.
func (p *peer) end(reason chat.EndReason) {
	p.ended.Store(true)
	p.emit(eventSessionEnded, SessionEnded{Reason: reason})
	p.socket.Disconnect(true)
}

// cut closes the connection. An official client comes back by itself.
func (p *peer) cut() { p.socket.Session().Drop("forced close") }

// listen makes the peer hear the topic, and gives its hold. Rev is what the
// peer knows of a room, or is about to know. The caller holds p.mu.
func (g *Gateway) listen(p *peer, topic chat.Topic, rev int64) (*hold, error) {
	if h := p.holds[topic]; h != nil {
		return h, nil
	}
	h, _, err := g.listenAs(p, topic, rev, p.live)
	return h, err
}

// listenAs is listen for a topic that the peer does not hear yet. Unless it is
// live, what happens is held back until the channel is opened for it. At is what
// channel.enter gives.
func (g *Gateway) listenAs(p *peer, topic chat.Topic, rev int64, live bool) (h *hold, at int64, err error) {
	c := g.topics.hold(g.ctx, topic, rev)
	if err := g.opts.Broker.Subscribe(g.ctx, topic); err != nil {
		g.topics.release(c)
		return nil, 0, err
	}
	h = &hold{channel: c}
	p.holds[topic] = h
	return h, c.enter(p, live), nil
}

// settle lets go of a topic that the peer has no reason to hear any more. The
// caller holds p.mu.
func (g *Gateway) settle(p *peer, h *hold) {
	if h.followed || h.watched {
		return
	}
	delete(p.holds, h.channel.topic)
	h.channel.leave(p)
	g.opts.Broker.Unsubscribe(h.channel.topic)
	g.topics.release(h.channel)
}

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
