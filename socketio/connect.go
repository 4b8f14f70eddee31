package socketio

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
)

// connect begins to connect a client to a namespace (protocol, "Connection
// to a namespace").
func (c *client) connect(p packet) error {
	var auth json.RawMessage
	if len(p.payload) > 0 {
		auth = bytes.TrimSpace(p.payload)
		if len(auth) == 0 || auth[0] != '{' || !json.Valid(auth) {
			return errPayload
		}
	}
	if p.hasID {
		return errState
	}
	switch {
	case c.large:
		c.refuse(p.nsp, connectError{Message: "Headers and query are too large"})
	case int64(len(auth)) > c.server.opts.MaxHandshake:
		c.refuse(p.nsp, connectError{Message: "Auth is too large"})
	default:
		c.ask(p.nsp, string(auth))
	}
	return nil
}

// connectError is the payload of a CONNECT_ERROR packet.
type connectError struct {
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

// connect runs the middleware and lets the socket in or refuses it.
func (s *Socket) connect(a *admission) {
	s.identify()
	err := s.screen()
	joined := err == nil && s.join()
	switch {
	case err != nil && s.abandon():
		s.refuse(err)
		s.ns.release()
	case !joined && (!s.Recovered() || !s.persist(ReasonTransportClose, s.identity.rooms, s.Data())):
		s.ns.release() // it was closed meanwhile
	}
	s.client.settle(a)
	if !joined {
		return
	}
	s.client.joined()
	if s.ns.roomsWatched() {
		s.ns.tellOfRooms(s, append([]string{s.id}, s.Rooms()...), true)
	}
	for _, fn := range s.ns.events.table.Load().connect {
		s.guard(func() { fn(s) })
	}
	if s.ns.server.opts.ForgetAuth {
		s.mu.Lock()
		s.auth = ""
		s.mu.Unlock()
	}
}

// screen runs the middleware, up to its first error.
func (s *Socket) screen() error {
	for _, fn := range s.ns.events.table.Load().middleware {
		if s.skipsMiddleware() {
			break
		}
		if err := s.admit(fn); err != nil {
			return err
		}
	}
	return nil
}

// join makes the socket the client's one in the namespace, unless it has been
// closed.
func (s *Socket) join() bool {
	former := s.client.socketBefore(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateConnecting {
		return false
	}
	s.state = stateConnected
	if s.client.limit.Load() == 0 {
		s.client.session.Admit() // before the client knows, and may make use of it
	}
	if former != nil {
		// Events find this socket from now on. The lock is not held, since the
		// client's comes before it.
		s.mu.Unlock()
		former.close(ReasonClientDisconnect)
		s.mu.Lock()
		if s.state != stateConnected {
			return true
		}
	}
	// The client must see this packet before any broadcast, and miss none
	// that is sent after it has seen the packet.
	s.client.session.Gather(s.enter)
	return true
}

// errMiddlewarePanic refuses a socket without telling the client why.
var errMiddlewarePanic = errors.New("internal error")

func (s *Socket) admit(fn middleware) (err error) {
	err = errMiddlewarePanic
	s.guard(func() { err = fn(s.Context(), s) })
	return err
}

// refuse answers a socket that middleware has not let in.
func (s *Socket) refuse(err error) {
	payload := connectError{Message: err.Error()}
	var refused *ConnectError
	if errors.As(err, &refused) {
		payload = connectError{Message: refused.Message, Data: refused.Data}
	}
	s.client.refuse(s.ns.name, payload)
}

// leaveNamespace undoes what connect has done, and tells the application in
// its turn.
func (s *Socket) leaveNamespace(reason DisconnectReason) {
	rooms, data := s.ns.adapter.Rooms(s), s.Data()
	s.ns.adapter.Remove(s)
	s.ns.server.turnover.Add(1)
	s.push(func() {
		table := s.ns.events.table.Load()
		for _, fn := range table.disconnecting {
			s.guard(func() { fn(s, reason, rooms) })
		}
		for _, fn := range table.disconnect {
			s.guard(func() { fn(s, reason) })
		}
		// Last, so that whoever comes back is not taken for gone by a handler.
		if !s.persist(reason, rooms, data) {
			s.ns.release()
		}
	})
}

// joined stops waiting for the first namespace.
func (c *client) joined() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spared = false
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
}

// newSocketID makes a socket's id.
func (s *Server) newSocketID(socket *Socket) string {
	if socket.client.speaks4() {
		return socket.client.id4(socket.ns.name)
	}
	if s.opts.NewID != nil {
		if id := s.opts.NewID(socket.ns, socket.Handshake()); id != "" {
			return id
		}
	}
	return newID()
}

// newID makes a random id.
func newID() string {
	var b [15]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
