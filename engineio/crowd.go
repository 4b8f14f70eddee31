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
	maxSessions, maxStrangers, maxGuests int // zero: any number

	mu        sync.Mutex
	byNetwork map[netip.Prefix]crowd
}

// crowd is what one network address has open.
type crowd struct{ sessions, strangers, guests int }

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
	c.byNetwork[network] = n.plus(crowd{sessions: 1, strangers: 1})
	return true
}

func (n crowd) plus(more crowd) crowd {
	return crowd{n.sessions + more.sessions, n.strangers + more.strangers, n.guests + more.guests}
}

// change changes the counts of an address that has entered. It reports false, and
// changes nothing, if that would make too many guests.
func (c *crowds) change(address netip.Addr, by crowd) bool {
	if !address.IsValid() {
		return true
	}
	network := Network(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.byNetwork[network].plus(by)
	if by.guests > 0 && c.maxGuests > 0 && n.guests > c.maxGuests {
		return false
	}
	if n == (crowd{}) {
		delete(c.byNetwork, network)
		return true
	}
	c.byNetwork[network] = n
	return true
}

// standing is what a session counts as for its network address.
type standing uint8

const (
	stranger standing = iota // the application has not admitted it yet
	guest                    // admitted without being known
	admitted
	departed
)

// Address is where the client is, as Options.ClientAddress tells; the zero Addr
// if that is not known.
func (s *Session) Address() netip.Addr { return s.address }

// Admit says that the application knows the client: it no longer counts under
// Options.MaxStrangers or Options.MaxGuests, and may send messages of up to
// Options.MaxPayload.
func (s *Session) Admit() {
	s.maxPayload.Store(s.server.opts.MaxPayload)
	for was := standing(s.standing.Load()); was < admitted; was = standing(s.standing.Load()) {
		if s.standing.CompareAndSwap(uint32(was), uint32(admitted)) {
			s.server.crowds.change(s.address, was.uncount())
		}
	}
}

// AdmitGuest says that the application admits the client without knowing it: it
// becomes one of Options.MaxGuests instead of Options.MaxStrangers, and may send
// messages of that many bytes, up to Options.MaxPayload. It reports false, and
// changes nothing, if the client's network address has too many guests or the session
// has ended. A client that was admitted before keeps its standing.
func (s *Session) AdmitGuest(bytes int64) bool {
	for standing(s.standing.Load()) == stranger {
		if !s.server.crowds.change(s.address, crowd{strangers: -1, guests: 1}) {
			return false
		}
		if s.standing.CompareAndSwap(uint32(stranger), uint32(guest)) {
			break
		}
		s.server.crowds.change(s.address, crowd{strangers: 1, guests: -1})
	}
	s.maxPayload.Store(min(bytes, s.server.opts.MaxPayload))
	return standing(s.standing.Load()) != departed
}

// uncount is the change of the counts when a session loses this standing.
func (s standing) uncount() crowd {
	switch s {
	case stranger:
		return crowd{strangers: -1}
	case guest:
		return crowd{guests: -1}
	case admitted, departed:
	}
	return crowd{}
}

// depart stops counting the session, which holds nothing any more.
func (s *Session) depart() {
	if was := standing(s.standing.Swap(uint32(departed))); was != departed {
		s.server.crowds.change(s.address, was.uncount().plus(crowd{sessions: -1}))
	}
}
