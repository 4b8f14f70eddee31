package socketio

import (
	"context"
	"slices"
	"sync"

	"partychat/engineio"
)

type socketState uint8

const (
	stateConnecting socketState = iota
	stateConnected
	stateClosed
)

// Socket is a client's connection to a namespace.
type Socket struct {
	id     string
	ns     *Namespace
	client *client
	rooms  []membership // belongs to, and is guarded by, the memory adapter

	mu    sync.Mutex
	auth  string // JSON; empty if there was none or it has been freed
	state socketState
	works bool // the inbox is being processed
	acks  map[uint64]ackFunc
	ctx   *cancelable // created on demand
	data  any
	inbox inbox

	identity *identity // nil without Options.Recovery
}

// ID returns the socket's id. It differs from the connection's id and is not secret, except for
// Socket.IO 2.x clients (Options.AllowEIO3): their only id lets anybody send in their name while they
// poll, so do not reveal it to others.
func (s *Socket) ID() string { return s.id }

// Namespace returns the socket's namespace.
func (s *Socket) Namespace() *Namespace { return s.ns }

// Handshake returns what the client sent when it connected.
func (s *Socket) Handshake() Handshake {
	s.mu.Lock()
	auth := s.auth
	s.mu.Unlock()
	return s.client.describe(auth)
}

// Session returns the connection below, which sockets of several namespaces may share. An official
// client reconnects after it is closed.
func (s *Socket) Session() *engineio.Session { return s.client.session }

// Context returns a context that ends when the socket is disconnected.
func (s *Socket) Context() context.Context { return lifetime{s} }

// Restrict makes the client a guest (engineio.Options.MaxGuests): a client that the application admits
// without an identity. A guest's packets may have at most this many bytes, including attachments. Call
// Restrict in middleware. It returns false if the client's network has too many guests; the middleware
// must then refuse the socket.
func (s *Socket) Restrict(bytes int64) bool {
	if !s.client.session.AdmitGuest(bytes) {
		return false
	}
	s.client.limit.Store(min(bytes, s.client.server.opts.Engine.MaxPayload))
	return true
}

// Connected reports whether the socket is in its namespace.
func (s *Socket) Connected() bool { return s.is(stateConnected) }

func (s *Socket) is(state socketState) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state == state
}

// SetData attaches an application value to the socket.
func (s *Socket) SetData(v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = v
}

// Data returns the value attached by SetData.
func (s *Socket) Data() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data
}

// Emit sends an event. It returns ErrDisconnected or an encoding error.
func (s *Socket) Emit(event string, args ...any) error {
	p, err := s.ns.server.encodeEvent(s.ns.name, event, args, nil)
	if err != nil {
		return err
	}
	if s.identity != nil {
		return s.sendKept(p)
	}
	return s.send(p)
}

// Volatile returns a sender whose events may be dropped while the client is not ready.
func (s *Socket) Volatile() Volatile { return Volatile{s} }

// Volatile sends events that are dropped unless they can be sent at once.
type Volatile struct{ s *Socket }

// Emit sends an event or drops it; dropping is not an error.
func (v Volatile) Emit(event string, args ...any) error {
	p, err := v.s.ns.server.encodeEvent(v.s.ns.name, event, args, nil)
	if err != nil {
		return err
	}
	p.volatile = true
	return v.s.send(p)
}

// To selects the sockets that are in any of the rooms, except this one.
func (s *Socket) To(rooms ...string) Broadcast { return s.Broadcast().To(rooms...) }

// Except selects the sockets that are in none of the rooms, except this one.
func (s *Socket) Except(rooms ...string) Broadcast { return s.Broadcast().Except(rooms...) }

// Broadcast selects all other sockets of the namespace.
func (s *Socket) Broadcast() Broadcast { return s.ns.all().Except(s.id) }

// Join adds the socket to rooms. It does nothing for a disconnected socket.
func (s *Socket) Join(rooms ...string) { s.ns.adapter.Join(s, rooms...) }

// Leave removes the socket from rooms.
func (s *Socket) Leave(rooms ...string) { s.ns.adapter.Leave(s, rooms...) }

// Rooms lists the rooms that the socket has joined.
func (s *Socket) Rooms() []string { return s.ns.adapter.Rooms(s) }

// Disconnect removes the socket from its namespace, with ReasonServerDisconnect; an official client
// does not reconnect by itself. closeTransport closes the whole connection, including the client's
// other namespaces.
func (s *Socket) Disconnect(closeTransport bool) {
	if closeTransport {
		s.client.disconnect()
		return
	}
	s.client.left(s.ns.name) // first, so that packets on their way are not a protocol error
	if s.close(ReasonServerDisconnect) {
		s.client.sendControl(typeDisconnect, s.ns.name, nil)
	} else {
		s.client.stayed(s.ns.name)
	}
}

// send queues a packet.
func (s *Socket) send(p *Packet) error {
	if !s.Connected() {
		return ErrDisconnected
	}
	if s.ns.watched() && !p.announced {
		s.ns.announce(p, s)
	}
	if p.volatile {
		s.client.session.SendVolatile(p.messages...)
		return nil
	}
	if s.client.session.Send(p.messages...) != nil {
		return ErrDisconnected
	}
	return nil
}

// deliver queues a packet of a broadcast. Failure means that the socket is closing and about to be
// removed from its rooms, so it is ignored.
func (s *Socket) deliver(p *Packet) {
	if p.volatile {
		s.client.session.SendVolatile(p.messages...)
		return
	}
	_ = s.client.session.Send(p.messages...)
}

// close ends the socket once and reports whether it did and the socket had joined.
func (s *Socket) close(reason DisconnectReason) bool {
	ended, joined := s.endUnless(stateClosed)
	if ended && joined {
		s.leaveNamespace(reason)
	}
	return joined
}

// abandon ends the socket if it has not been admitted yet, and reports whether it did.
func (s *Socket) abandon() bool {
	ended, _ := s.endUnless(stateConnected, stateClosed)
	return ended
}

// endUnless ends the socket unless it is in one of the states.
func (s *Socket) endUnless(states ...socketState) (ended, joined bool) {
	s.mu.Lock()
	if slices.Contains(states, s.state) {
		s.mu.Unlock()
		return false, false
	}
	joined = s.state == stateConnected
	s.state = stateClosed
	acks, ctx := s.acks, s.ctx
	s.acks = nil
	s.wakeReaderLocked()
	s.mu.Unlock()

	for _, acked := range acks {
		acked(nil, ErrDisconnected)
	}
	if ctx != nil {
		ctx.cancel()
	}
	s.client.forget(s)
	if !joined {
		s.ns.server.connecting.cancel(s)
	}
	return true, joined
}
