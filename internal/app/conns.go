package app

import (
	"net"
	"net/http"
	"net/netip"
	"sync"

	"partychat/engineio"
)

// conns tracks HTTP connections. It stops tracking one when it is closed or becomes
// a WebSocket, which the Socket.IO server counts.
type conns struct {
	max   int                   // per network address; 0: unlimited
	trust func(netip.Addr) bool // proxies, which connect many clients

	mu        sync.Mutex
	fresh     map[net.Conn]struct{} // no request has arrived yet
	byNetwork map[netip.Prefix]int
	shut      bool // new connections are closed immediately
}

// track is the http.Server's ConnState hook.
func (c *conns) track(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state != http.StateNew {
		delete(c.fresh, conn)
	}
	switch state {
	case http.StateNew:
		// Browsers open connections in advance.
		if c.fresh == nil {
			c.fresh, c.byNetwork = make(map[net.Conn]struct{}), make(map[netip.Prefix]int)
		}
		c.fresh[conn] = struct{}{}
		if network := c.networkOf(conn); network.IsValid() {
			c.byNetwork[network]++
			c.cutIf(conn, c.max > 0 && c.byNetwork[network] > c.max)
		}
		c.cutIf(conn, c.shut)
	case http.StateClosed, http.StateHijacked:
		if network := c.networkOf(conn); network.IsValid() {
			if c.byNetwork[network]--; c.byNetwork[network] == 0 {
				delete(c.byNetwork, network)
			}
		}
	case http.StateActive, http.StateIdle:
	}
}

// networkOf returns the network that a connection counts for. The result is invalid
// if it counts for none.
func (c *conns) networkOf(conn net.Conn) netip.Prefix {
	remote, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	address := remote.AddrPort().Addr().Unmap()
	if c.trust != nil && c.trust(address) {
		return netip.Prefix{}
	}
	return engineio.Network(address)
}

// cutIf closes the connection if cut is true. It ignores errors, because no request
// has arrived.
func (c *conns) cutIf(conn net.Conn, cut bool) {
	if cut {
		_ = conn.Close()
	}
}

// cutFresh closes the connections on which no request has arrived, and those
// accepted but not tracked yet. http.Server.Shutdown would wait five seconds for
// them.
func (c *conns) cutFresh() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut = true
	for conn := range c.fresh {
		_ = conn.Close()
	}
}

// of returns the number of connections of the address's network.
func (c *conns) of(address netip.Addr) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byNetwork[engineio.Network(address)]
}
