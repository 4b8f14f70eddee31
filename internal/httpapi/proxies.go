package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of proxies whose forwarding headers are trusted. From
// anybody else, these headers could be forged.
type Proxies []netip.Prefix

// ClientAddress returns the address of the client: the last address in
// X-Forwarded-For or Forwarded (RFC 7239) that is not a trusted proxy, or else
// the remote address.
//
// A proxy writes one of the two headers and may forward the other as the client
// sent it. The server cannot tell which one, so if they name different clients it
// believes neither, and uses the address of the proxy.
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
	case p.trust(other.address) && client.address != remote: // the other header names only proxies
		return client.address.String()
	default:
		return other.address.String()
	}
}

// OverTLS reports whether the connection of the client is encrypted: according to
// X-Forwarded-Proto or, without that header, to what Forwarded says of the hop of
// the client.
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

// client follows the hops from the server towards the client, as long as each one
// is a trusted proxy and can be parsed.
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

// Trusts reports whether the address belongs to a trusted proxy.
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
