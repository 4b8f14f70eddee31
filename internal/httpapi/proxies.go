package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of the proxies whose word on a request's origin is
// believed. Anybody else could write these headers too.
type Proxies []netip.Prefix

// ClientAddress gives the address that the request comes from: of those in
// X-Forwarded-For or Forwarded (RFC 7239) the last that no trusted proxy has,
// else the remote one.
//
// A proxy writes one of the two headers and may hand on the other as the client
// sent it. Which one cannot be told here, so if they name different clients
// neither is believed, and the proxy's own address counts.
func (p Proxies) ClientAddress(r *http.Request) string {
	remote, ok := remoteAddress(r)
	if !ok {
		return r.RemoteAddr
	}
	if !p.trust(remote) {
		return remote.String()
	}
	client, other := p.client(remote, xForwardedFor(r.Header)), p.client(remote, forwarded(r.Header))
	switch {
	case client.address == other.address:
		return client.address.String()
	case !p.trust(client.address) && !p.trust(other.address):
		return remote.String()
	case p.trust(other.address) && client.address != remote: // the other knows proxies only
		return client.address.String()
	default:
		return other.address.String()
	}
}

// OverTLS tells whether the client's connection is encrypted, by
// X-Forwarded-Proto or, without one, by what Forwarded says of the client's hop.
func (p Proxies) OverTLS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	remote, ok := remoteAddress(r)
	if !ok || !p.trust(remote) {
		return false
	}
	proto, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	if proto = strings.TrimSpace(proto); proto == "" {
		proto = p.client(remote, forwarded(r.Header)).proto
	}
	return strings.EqualFold(proto, "https")
}

// client walks from the server towards the client, for as long as it meets
// trusted proxies and understands what they say.
func (p Proxies) client(remote netip.Addr, hops []hop) hop {
	client := hop{address: remote}
	for _, next := range slices.Backward(hops) {
		if !p.trust(client.address) || !next.address.IsValid() {
			break
		}
		client = next
	}
	return client
}

// Trusts tells whether the address is one of a trusted proxy.
func (p Proxies) Trusts(address netip.Addr) bool { return p.trust(plain(address)) }

func (p Proxies) trust(address netip.Addr) bool {
	for _, network := range p {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

func remoteAddress(r *http.Request) (netip.Addr, bool) {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	return plain(address.Addr()), err == nil
}
