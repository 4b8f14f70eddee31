package httpapi

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

type localKey struct{}

// isLocal reports whether the request was made on the server's own machine.
func isLocal(ctx context.Context) bool {
	local, _ := ctx.Value(localKey{}).(bool)
	return local
}

// ownHeaders are the headers that browsers and command-line clients send, besides
// all that begin with one of ownPrefixes. Proxies add many others, which no list
// could name: X-Forwarded-For, Forwarded, Via, CDN-Loop, X-Request-Id and more.
var ownHeaders = []string{
	"Authorization", "Cache-Control", "Connection", "Cookie", "Dnt", "Keep-Alive", "Origin", "Pragma", "Priority",
	"Referer", "Save-Data", "Te", "Upgrade-Insecure-Requests", "User-Agent",
}

var ownPrefixes = []string{"Accept", "Content-", "If-", "Sec-"}

// isOwnHeader reports whether a browser or a command-line client sends it itself.
func isOwnHeader(name string) bool {
	return slices.Contains(ownHeaders, name) ||
		slices.ContainsFunc(ownPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// isLocal reports whether the request comes from a person at this machine, and
// not through a proxy that runs here: over the loopback device, to a loopback
// host, not from a page of another host, with no header that only proxies add, and
// in a version of HTTP that browsers use. A proxy may add no header at all, so
// all conditions must hold.
func (p Proxies) isLocal(r *http.Request) bool {
	remote, ok := remoteAddress(r)
	if !ok || !remote.IsLoopback() || p.trust(remote) || !r.ProtoAtLeast(1, 1) || !isLoopbackHost(r.Host) {
		return false
	}
	for name := range r.Header {
		if !isOwnHeader(name) {
			return false
		}
	}
	for _, name := range []string{"Origin", "Referer"} {
		if text := r.Header.Get(name); text != "" {
			u, err := url.Parse(text)
			if err != nil || !isLoopbackHost(u.Host) {
				return false
			}
		}
	}
	return true
}

// isLoopbackHost reports whether a host, with or without a port, is this
// machine's name for itself.
func isLoopbackHost(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	if strings.EqualFold(strings.TrimSuffix(name, "."), "localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.Unmap().IsLoopback()
}

func withLocal(proxies Proxies, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), localKey{}, proxies.isLocal(r))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
