package socketio

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
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
	if p.hasID || c.socket(p.nsp) != nil {
		return errState
	}
	if c.large || int64(len(auth)) > c.server.opts.MaxHandshake {
		message := "Headers and query are too large"
		if !c.large {
			message = "Auth is too large"
		}
		c.sendControl(typeConnectError, p.nsp, connectError{Message: message})
		return nil
	}
	ns := c.server.namespace(p.nsp, auth)
	if ns == nil {
		c.sendControl(typeConnectError, p.nsp, connectError{Message: "Invalid namespace"})
		return nil
	}
	s := &Socket{ns: ns, client: c, auth: string(auth)}
	s.id = c.server.newSocketID(s)
	c.mu.Lock()
	if tooMany := len(c.sockets) >= c.server.opts.MaxNamespaces; tooMany || c.closed {
		c.mu.Unlock()
		ns.release()
		if tooMany {
			c.sendControl(typeConnectError, p.nsp, connectError{Message: "Too many namespaces"})
		}
		return nil
	}
	c.sockets = append(c.sockets, s)
	c.gone = slices.DeleteFunc(c.gone, func(nsp string) bool { return nsp == p.nsp })
	c.mu.Unlock()
	s.push(s.connect)
	return nil
}

// connectError is the payload of a CONNECT_ERROR packet.
type connectError struct {
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

// connect runs the middleware and lets the socket in or refuses it.
func (s *Socket) connect() {
	s.identify()
	for _, fn := range s.ns.events.table.Load().middleware {
		if s.skipsMiddleware() {
			break
		}
		if err := s.admit(fn); err != nil {
			s.refuse(err)
			return
		}
	}
	s.mu.Lock()
	if s.state != stateConnecting {
		s.mu.Unlock()
		if !s.Recovered() || !s.persist(ReasonTransportClose, s.identity.rooms, s.Data()) {
			s.ns.release()
		}
		return
	}
	s.state = stateConnected
	if s.client.limit.Load() == 0 {
		s.client.session.Admit() // before the client knows, and may make use of it
	}
	// The client must see this packet before any broadcast, and miss none
	// that is sent after it has seen the packet.
	s.client.session.Gather(s.enter)
	s.mu.Unlock()
	s.client.joined()
	for _, fn := range s.ns.events.table.Load().connect {
		s.guard(func() { fn(s) })
	}
	s.client.releaseHeader()
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
	if !s.close(ReasonForcedServerClose) {
		s.client.sendControl(typeConnectError, s.ns.name, payload)
	}
	s.ns.release()
}

// leaveNamespace undoes what connect has done, and tells the application in
// its turn.
func (s *Socket) leaveNamespace(reason DisconnectReason) {
	rooms, data := s.ns.adapter.Rooms(s), s.Data()
	s.ns.adapter.Remove(s)
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
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
}

// releaseHeader lets the headers go when no later namespace can ask for them.
func (c *client) releaseHeader() {
	if c.server.onlyDefault() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.header = nil
	}
}

// newSocketID makes a socket's id.
func (s *Server) newSocketID(socket *Socket) string {
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
