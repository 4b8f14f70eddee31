package socketio

import (
	"encoding/json"
	"slices"
)

// admission lets a client into one namespace. There is one at a time for each, so
// that a client which asks again and again makes the server do one thing after
// another.
//
// A client may ask while it is being let in, or when it is in already: a web page
// calls connect, disconnect and connect again, of which only the two CONNECT packets
// reach the server if nothing was answered yet. Whoever asks has forgotten the socket
// before, so the new one takes its place, and until then events still go to the old
// one. (The official server keeps both sockets if the packets come quickly, which
// doubles broadcasts, and closes the connection if they do not.)
type admission struct {
	nsp string

	// What follows is guarded by client.mu.

	socket *Socket // is being let in
	again  *string // the auth of a CONNECT that has come since, of several the last
}

// ask begins to let the client into a namespace, or sees to it that this is done
// next.
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

// settle ends an admission, or begins it anew if the client has asked again.
func (c *client) settle(a *admission) {
	for {
		c.mu.Lock()
		auth := a.again
		a.socket, a.again = nil, nil
		if auth == nil || c.closed {
			c.admissions = slices.DeleteFunc(c.admissions, func(other *admission) bool { return other == a })
			if len(c.admissions) == 0 {
				c.admissions = nil // nearly always
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

// begin makes a socket and has it let in. It fails, and has answered, if there is
// no such namespace or the client is in too many.
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
	// With the lock held, so that whoever closes the client finds it in the queue.
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

// leave takes that the client leaves a namespace. It says whether it was there, or
// was about to be.
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

// endSockets ends the client's sockets in a namespace, of which the client knows,
// and says whether there were any.
func (c *client) endSockets(nsp string) bool {
	c.mu.Lock()
	sockets := slices.DeleteFunc(slices.Clone(c.sockets), func(s *Socket) bool { return s.ns.name != nsp })
	c.mu.Unlock()
	for _, s := range sockets {
		s.close(ReasonClientDisconnect)
	}
	return len(sockets) > 0
}

// refuse tells the client that it is not in a namespace. If it was, there may be
// packets on their way.
func (c *client) refuse(nsp string, payload connectError) {
	if s := c.socket(nsp); s != nil {
		if s.Connected() {
			c.left(nsp)
		}
		c.endSockets(nsp)
	}
	c.sendControl(typeConnectError, nsp, payload)
}

// socketBefore finds the socket that another one of the same namespace is to replace.
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
