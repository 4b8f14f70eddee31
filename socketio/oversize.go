package socketio

import (
	"fmt"
	"time"

	"partychat/engineio"
)

// oversizeGrace is how long a client may take to end its connection after a POST was refused for its
// size. The official client does so at once.
const oversizeGrace = 3 * time.Second

// OnOversize ends the connection of a client that does not do so itself (engineio.Oversized). All
// Python clients notice this: those before python-engineio 4.4 still read but no longer send or poll,
// so they need a packet in the pending poll; later ones reconnect when they poll again.
func (c *client) OnOversize(limit int64) {
	refusal := connectError{Message: fmt.Sprintf("The connection was closed: a packet was larger than %d bytes", limit)}
	c.mu.Lock()
	namespaces := make([]string, 0, len(c.sockets))
	for _, s := range c.sockets {
		namespaces = append(namespaces, s.ns.name)
	}
	c.mu.Unlock()
	c.end(ReasonTransportError) // no packet may precede the following ones
	for _, nsp := range namespaces {
		c.sendControl(typeConnectError, nsp, refusal)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.oversize == nil {
		c.oversize = time.AfterFunc(c.server.oversizeGrace, func() { c.session.Drop(engineio.ReasonTransportError) })
	}
}
