package engineio

import (
	"net/http"
	"net/netip"
	"sync"
)

// networkBits is the part of an IPv6 address that names one subscriber: whoever
// has one address has all that share it.
const networkBits = 64

// Network gives what an address counts as under the limits of addresses: an IPv6
// address as its /64, which one subscriber has.
func Network(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	if address.Is6() {
		return netip.PrefixFrom(address, networkBits).Masked()
	}
	return netip.PrefixFrom(address, address.BitLen())
}

// remoteAddress is the default of Options.ClientAddress.
func remoteAddress(r *http.Request) netip.Addr {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return address.Addr()
}

// crowds counts the sessions of each network address. An address that is not
// known is not counted. The lock is taken after a session's.
type crowds struct {
	maxSessions, maxStrangers int // zero: any number

	mu        sync.Mutex
	byNetwork map[netip.Prefix]crowd
}

// crowd is what one network address has open.
type crowd struct{ sessions, strangers int }

// enter counts a session, as one of a stranger, unless there are too many.
func (c *crowds) enter(address netip.Addr) bool {
	if !address.IsValid() {
		return true
	}
	network := Network(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.byNetwork[network]
	if c.maxSessions > 0 && n.sessions >= c.maxSessions || c.maxStrangers > 0 && n.strangers >= c.maxStrangers {
		return false
	}
	if c.byNetwork == nil {
		c.byNetwork = make(map[netip.Prefix]crowd)
	}
	c.byNetwork[network] = crowd{n.sessions + 1, n.strangers + 1}
	return true
}

// change changes the counts of an address that has entered.
func (c *crowds) change(address netip.Addr, sessions, strangers int) {
	if !address.IsValid() {
		return
	}
	network := Network(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.byNetwork[network]
	n.sessions += sessions
	n.strangers += strangers
	if n == (crowd{}) {
		delete(c.byNetwork, network)
		return
	}
	c.byNetwork[network] = n
}

// standing is what a session counts as for its network address.
type standing uint8

const (
	stranger standing = iota
	admitted
	departed
)

// Address is where the client is, as Options.ClientAddress tells; the zero Addr
// if that is not known.
func (s *Session) Address() netip.Addr { return s.address }

// Admit says that the application knows the client: it is no longer one of
// Options.MaxStrangers, and may send messages of up to Options.MaxPayload.
func (s *Session) Admit() {
	s.maxPayload.Store(s.server.opts.MaxPayload)
	if s.standing.CompareAndSwap(uint32(stranger), uint32(admitted)) {
		s.server.crowds.change(s.address, 0, -1)
	}
}

// SetMaxPayload bounds what the client may send from now on, in bytes, for one
// that is to remain a stranger. It must not be more than Options.MaxPayload.
func (s *Session) SetMaxPayload(bytes int64) { s.maxPayload.Store(bytes) }

// depart stops counting the session, which holds nothing any more.
func (s *Session) depart() {
	switch standing(s.standing.Swap(uint32(departed))) {
	case stranger:
		s.server.crowds.change(s.address, -1, -1)
	case admitted:
		s.server.crowds.change(s.address, -1, 0)
	case departed:
	}
}
