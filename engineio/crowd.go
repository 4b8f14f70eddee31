package engineio

import (
	"net/http"
	"net/netip"
	"sync"
)

// networkBits is the length of the IPv6 prefix that an Internet provider assigns to one subscriber.
const networkBits = 64

// Network returns the network that an address is counted under: for IPv6 its /64, which belongs to one
// subscriber.
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

// crowds counts sessions per network. Sessions without a known address are not counted. Its lock is
// acquired after a session's.
type crowds struct {
	maxSessions, maxStrangers, maxGuests int // zero: unlimited

	mu        sync.Mutex
	byNetwork map[netip.Prefix]crowd
}

// crowd counts the open sessions of one network.
type crowd struct{ sessions, strangers, guests int }

// enter counts a new session as a stranger's. It reports false if the network has too many.
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

// change adjusts the counts of a network that has sessions. It reports false, and changes nothing, if
// that would exceed the limit for guests.
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

// standing is the class in which a session counts for its network.
type standing uint8

const (
	stranger standing = iota // not yet admitted by the application
	guest                    // admitted without an identity
	admitted
	departed
)

// Address returns the client's address as determined by Options.ClientAddress, or the zero Addr if it
// is unknown.
func (s *Session) Address() netip.Addr { return s.address }

// Admit tells the server that the application has identified the client. The session no longer counts
// under Options.MaxStrangers or Options.MaxGuests and may send messages of up to Options.MaxPayload
// bytes.
func (s *Session) Admit() {
	s.maxPayload.Store(s.server.opts.MaxPayload)
	for was := standing(s.standing.Load()); was < admitted; was = standing(s.standing.Load()) {
		if s.standing.CompareAndSwap(uint32(was), uint32(admitted)) {
			s.server.crowds.change(s.address, was.uncount())
		}
	}
}

// AdmitGuest tells the server that the application admits the client without an identity. The session
// counts under Options.MaxGuests instead of Options.MaxStrangers and may send messages of up to the
// given number of bytes, at most Options.MaxPayload. AdmitGuest reports false, and changes nothing, if
// the client's network has too many guests or the session has ended. A client that has been admitted
// already keeps its standing.
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

// uncount returns the change of the counts when a session loses this standing.
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

// depart stops counting a session that no longer uses any resources.
func (s *Session) depart() {
	if was := standing(s.standing.Swap(uint32(departed))); was != departed {
		s.server.crowds.change(s.address, was.uncount().plus(crowd{sessions: -1}))
	}
}
