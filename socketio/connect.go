package socketio

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
)

// connect starts connecting a client to a namespace (protocol, "Connection to a namespace").
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

// connect runs the middleware and admits or refuses the socket.
func (s *Socket) connect(a *admission) {
	s.identify()
	err := s.screen()
	joined := err == nil && s.join()
	switch {
	case err != nil && s.abandon():
		s.refuse(err)
		s.ns.release()
	case !joined && (!s.Recovered() || !s.persist(ReasonTransportClose, s.identity.rooms, s.Data())):
		s.ns.release() // the client was closed meanwhile
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

// screen runs the middleware until the first error.
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

// join makes the socket the client's current one in the namespace. It returns false if the socket has
// been closed.
func (s *Socket) join() bool {
	former := s.client.socketBefore(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateConnecting {
		return false
	}
	s.state = stateConnected
	if s.client.limit.Load() == 0 {
		s.client.session.Admit() // before the client learns of it and sends large messages
	}
	if former != nil {
		// Events go to this socket from now on. Release the lock because the client's lock comes first
		// in the order.
		s.mu.Unlock()
		former.close(ReasonClientDisconnect)
		s.mu.Lock()
		if s.state != stateConnected {
			return true
		}
	}
	// The client must receive this packet before any broadcast, and miss no broadcast after it.
	s.client.session.Gather(s.enter)
	return true
}

// errMiddlewarePanic refuses a socket without revealing why.
var errMiddlewarePanic = errors.New("internal error")

func (s *Socket) admit(fn middleware) (err error) {
	err = errMiddlewarePanic
	s.guard(func() { err = fn(s.Context(), s) })
	return err
}

// refuse refuses a socket that middleware has rejected.
func (s *Socket) refuse(err error) {
	payload := connectError{Message: err.Error()}
	var refused *ConnectError
	if errors.As(err, &refused) {
		payload = connectError{Message: refused.Message, Data: refused.Data}
	}
	s.client.refuse(s.ns.name, payload)
}

// leaveNamespace undoes connect and calls the application's handlers in order.
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
		// Last, so that no handler treats a client that has come back as gone.
		if !s.persist(reason, rooms, data) {
			s.ns.release()
		}
	})
}

// joined stops the timer that waits for the first namespace.
func (c *client) joined() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spared = false
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
}

// newSocketID creates a socket's id.
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

// newID creates a random id.
func newID() string {
	var b [15]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
