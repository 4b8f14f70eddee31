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

// Socket is a client in a namespace.
type Socket struct {
	id     string
	ns     *Namespace
	client *client
	rooms  []membership // the memory adapter's, and guarded by it

	mu    sync.Mutex
	auth  string // JSON; empty if there was none, or if it has been let go
	state socketState
	works bool // the inbox is being worked off
	acks  map[uint64]ackFunc
	ctx   *cancelable // made when someone waits for its end
	data  any
	inbox inbox

	identity *identity // nil without Options.Recovery
}

// ID is the socket's id, other than that of the connection below it and not
// a secret. A client of Socket.IO 2.x (Options.AllowEIO3) has only one id, with which
// others could send in its name while it polls: do not tell it to them.
func (s *Socket) ID() string { return s.id }

// Namespace is where the socket is.
func (s *Socket) Namespace() *Namespace { return s.ns }

// Handshake is what the client said when it connected.
func (s *Socket) Handshake() Handshake {
	s.mu.Lock()
	auth := s.auth
	s.mu.Unlock()
	return s.client.describe(auth)
}

// Session is the connection below, which sockets of several namespaces may
// share. When it is closed, an official client connects anew.
func (s *Socket) Session() *engineio.Session { return s.client.session }

// Context ends when the socket is disconnected.
func (s *Socket) Context() context.Context { return lifetime{s} }

// Restrict makes the client a guest (engineio.Options.MaxGuests): a client that
// the application admits without knowing it. Packets of a guest may have this many
// bytes, attachments included. Restrict is to be called in middleware. It reports
// false if the client's network address has too many guests; the middleware must
// then refuse the socket.
func (s *Socket) Restrict(bytes int64) bool {
	if !s.client.session.AdmitGuest(bytes) {
		return false
	}
	s.client.limit.Store(min(bytes, s.client.server.opts.Engine.MaxPayload))
	return true
}

// Connected says whether the socket is in its namespace.
func (s *Socket) Connected() bool { return s.is(stateConnected) }

func (s *Socket) is(state socketState) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state == state
}

// SetData attaches the application's own value to the socket.
func (s *Socket) SetData(v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = v
}

// Data returns what SetData has attached.
func (s *Socket) Data() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data
}

// Emit sends an event. The error is ErrDisconnected or an encoding error.
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

// Volatile sends events that may be dropped while the client is not ready.
func (s *Socket) Volatile() Volatile { return Volatile{s} }

// Volatile sends events that are dropped unless they can go out at once.
type Volatile struct{ s *Socket }

// Emit sends an event or drops it, which is no error.
func (v Volatile) Emit(event string, args ...any) error {
	p, err := v.s.ns.server.encodeEvent(v.s.ns.name, event, args, nil)
	if err != nil {
		return err
	}
	p.volatile = true
	return v.s.send(p)
}

// To selects the sockets that are in any of the rooms, but not this one.
func (s *Socket) To(rooms ...string) Broadcast { return s.Broadcast().To(rooms...) }

// Except selects the sockets that are in none of the rooms, but not this one.
func (s *Socket) Except(rooms ...string) Broadcast { return s.Broadcast().Except(rooms...) }

// Broadcast selects all sockets of the namespace but this one.
func (s *Socket) Broadcast() Broadcast { return s.ns.all().Except(s.id) }

// Join makes the socket join rooms. A disconnected socket joins none.
func (s *Socket) Join(rooms ...string) { s.ns.adapter.Join(s, rooms...) }

// Leave makes the socket leave rooms.
func (s *Socket) Leave(rooms ...string) { s.ns.adapter.Leave(s, rooms...) }

// Rooms lists the rooms that the socket has joined.
func (s *Socket) Rooms() []string { return s.ns.adapter.Rooms(s) }

// Disconnect takes the socket out of its namespace, with
// ReasonServerDisconnect; an official client does not come back by itself.
// With closeTransport the whole connection is closed, and the client's other
// namespaces with it.
func (s *Socket) Disconnect(closeTransport bool) {
	if closeTransport {
		s.client.disconnect()
		return
	}
	s.client.left(s.ns.name) // before packets find no socket
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

// deliver queues a packet of a broadcast. A socket that is closing is about
// to be removed from its rooms, so failure is of no interest.
func (s *Socket) deliver(p *Packet) {
	if p.volatile {
		s.client.session.SendVolatile(p.messages...)
		return
	}
	_ = s.client.session.Send(p.messages...)
}

// close ends the socket once and says whether it did, and it had joined.
func (s *Socket) close(reason DisconnectReason) bool {
	ended, joined := s.endUnless(stateClosed)
	if ended && joined {
		s.leaveNamespace(reason)
	}
	return joined
}

// abandon ends the socket if it is still being let in, and says whether it did.
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
