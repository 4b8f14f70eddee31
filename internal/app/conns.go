package app

import (
	"net"
	"net/http"
	"net/netip"
	"sync"

	"partychat/engineio"
)

// conns are the connections that speak HTTP: each until it is closed, or has become
// a WebSocket, which the Socket.IO server counts.
type conns struct {
	max   int                   // of one network address; 0: any number
	trust func(netip.Addr) bool // proxies, which bring many clients

	mu        sync.Mutex
	fresh     map[net.Conn]struct{} // nothing has been asked on them yet
	byNetwork map[netip.Prefix]int
	shut      bool // further ones are cut at once
}

// track is the http.Server's ConnState.
func (c *conns) track(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state != http.StateNew {
		delete(c.fresh, conn)
	}
	switch state {
	case http.StateNew:
		// Browsers open some in advance.
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

// networkOf gives the network address that a connection counts for, if it does.
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

// cutIf cuts a connection. That nothing was asked on it makes errors meaningless.
func (c *conns) cutIf(conn net.Conn, cut bool) {
	if cut {
		_ = conn.Close()
	}
}

// cutFresh cuts the connections on which nothing has been asked, and those that
// were accepted but are yet to be tracked. http.Server.Shutdown would wait five
// seconds for them.
func (c *conns) cutFresh() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut = true
	for conn := range c.fresh {
		_ = conn.Close()
	}
}

// of is how many connections of an address there are.
func (c *conns) of(address netip.Addr) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byNetwork[engineio.Network(address)]
}
