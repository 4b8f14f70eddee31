package httpapi

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of the proxies whose word on a request's origin is
// believed. Anybody else could write these headers too.
type Proxies []netip.Prefix

// ClientAddress gives the address that the request comes from: of those in
// X-Forwarded-For the last that no trusted proxy has, else the remote one.
func (p Proxies) ClientAddress(r *http.Request) string {
	client, ok := remoteAddress(r)
	if !ok {
		return r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trust(client); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		client = hop.Unmap()
	}
	return client.String()
}

// OverTLS tells whether the client's connection is encrypted.
func (p Proxies) OverTLS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	remote, ok := remoteAddress(r)
	if !ok || !p.trust(remote) {
		return false
	}
	proto, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return strings.EqualFold(strings.TrimSpace(proto), "https")
}

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
	return address.Addr().Unmap(), err == nil
}
