package socketio

import (
	"fmt"
	"time"

	"partychat/engineio"
)

// oversizeGrace is how long a client may take to end its connection after a POST
// was refused for its size. The official client does so at once.
const oversizeGrace = 3 * time.Second

// OnOversize sees to it that the client notices the refusal (engineio.Oversized).
func (c *client) OnOversize(limit int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.oversize == nil && !c.closed {
		c.oversize = time.AfterFunc(c.server.oversizeGrace, func() { c.giveUp(limit) })
	}
}

// giveUp ends a connection whose client has not done so after a refusal. Python's
// clients notice either way: those before python-engineio 4.4 read on but have stopped
// to send and to poll, so they need a packet in the poll that is pending; later ones
// come back when they poll again.
func (c *client) giveUp(limit int64) {
	message := fmt.Sprintf("The connection was closed: a packet was larger than %d bytes", limit)
	c.mu.Lock()
	namespaces := make([]string, 0, len(c.sockets))
	for _, s := range c.sockets {
		namespaces = append(namespaces, s.ns.name)
	}
	c.mu.Unlock()
	c.session.Gather(func() {
		for _, nsp := range namespaces {
			c.sendControl(typeConnectError, nsp, connectError{Message: message})
		}
	})
	c.session.Drop(engineio.ReasonTransportError)
}
