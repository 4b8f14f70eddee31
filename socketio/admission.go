package socketio

import (
	"encoding/json"
	"slices"
)

// admission connects a client to one namespace. A client has at most one admission per namespace at a
// time, so repeated requests are processed one after another.
//
// A client may send CONNECT while it is being admitted, or when it has joined already: if a web page
// calls connect, disconnect and connect before the server has answered, only two CONNECT packets reach
// the server. The client has forgotten its previous socket by then, so the new socket replaces it;
// until then, events go to the old one. (The official server keeps both sockets if the packets arrive
// in quick succession, which doubles broadcasts, and otherwise closes the connection.)
type admission struct {
	nsp string

	// Guarded by client.mu:

	socket *Socket // the socket being admitted
	again  *string // the auth of the latest CONNECT received since; nil if none
}

// ask starts an admission, or schedules another one after the current.
func (c *client) ask(nsp, auth string) {
	c.mu.Lock()
	for _, a := range c.admissions {
		if a.nsp == nsp {
			a.again = &auth
			s := a.socket
			c.mu.Unlock()
			if s != nil {
				s.abandon()
			}
			return
		}
	}
	a := &admission{nsp: nsp}
	c.admissions = append(c.admissions, a)
	c.mu.Unlock()
	if c.begin(a, auth) {
		return
	}
	c.settle(a)
}

// settle ends an admission, or restarts it if another CONNECT has arrived.
func (c *client) settle(a *admission) {
	for {
		c.mu.Lock()
		auth := a.again
		a.socket, a.again = nil, nil
		if auth == nil || c.closed {
			c.admissions = slices.DeleteFunc(c.admissions, func(other *admission) bool { return other == a })
			if len(c.admissions) == 0 {
				c.admissions = nil // almost always
			}
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		if c.begin(a, *auth) {
			return
		}
	}
}

// begin creates a socket and queues its admission. If the namespace does not exist or the client is in
// too many, it sends the refusal and returns false.
func (c *client) begin(a *admission, auth string) bool {
	var raw json.RawMessage
	if auth != "" {
		raw = json.RawMessage(auth)
	}
	ns := c.server.namespace(a.nsp, raw)
	if ns == nil {
		c.refuse(a.nsp, connectError{Message: "Invalid namespace"})
		return false
	}
	s := &Socket{ns: ns, client: c, auth: auth}
	s.id = c.server.newSocketID(s)
	c.mu.Lock()
	known := slices.ContainsFunc(c.sockets, func(other *Socket) bool { return other.ns.name == a.nsp })
	tooMany := !known && len(c.sockets) >= c.server.opts.MaxNamespaces
	if tooMany || c.closed {
		c.mu.Unlock()
		ns.release()
		if tooMany {
			c.refuse(a.nsp, connectError{Message: "Too many namespaces"})
		}
		return false
	}
	c.sockets = append(c.sockets, s)
	c.gone = slices.DeleteFunc(c.gone, func(nsp string) bool { return nsp == a.nsp })
	a.socket = s
	// With the lock held, so that closing the client finds the socket in the queue.
	c.server.connecting.enter(ticket[*Socket]{key: s, start: func() {
		s.push(func() {
			defer c.server.connecting.leave()
			s.connect(a)
			c.server.turnover.Add(1)
		})
	}, canceled: func() {
		ns.release()
		c.settle(a)
	}})
	c.mu.Unlock()
	return true
}

// leave handles the client leaving a namespace. It reports whether the client was in it, or joining it.
func (c *client) leave(nsp string) bool {
	c.mu.Lock()
	asked := false
	for _, a := range c.admissions {
		if a.nsp == nsp {
			asked, a.again = true, nil
		}
	}
	c.mu.Unlock()
	return c.endSockets(nsp) || asked
}

// endSockets ends the client's sockets in a namespace at the client's request, and reports whether
// there were any.
func (c *client) endSockets(nsp string) bool {
	c.mu.Lock()
	sockets := slices.DeleteFunc(slices.Clone(c.sockets), func(s *Socket) bool { return s.ns.name != nsp })
	c.mu.Unlock()
	for _, s := range sockets {
		s.close(ReasonClientDisconnect)
	}
	return len(sockets) > 0
}

// refuse tells the client that it is not in a namespace. If it was in it before, packets may still be
// on their way.
func (c *client) refuse(nsp string, payload connectError) {
	if s := c.socket(nsp); s != nil {
		if s.Connected() {
			c.left(nsp)
		}
		c.endSockets(nsp)
	}
	c.sendControl(typeConnectError, nsp, payload)
}

// socketBefore returns the socket that the given one will replace.
func (c *client) socketBefore(s *Socket) *Socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, other := range c.sockets {
		if other != s && other.ns.name == s.ns.name {
			return other
		}
	}
	return nil
}
