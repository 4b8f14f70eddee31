package httpapi

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

type localKey struct{}

// isLocal reports whether the request was made on the server's own machine.
func isLocal(ctx context.Context) bool {
	local, _ := ctx.Value(localKey{}).(bool)
	return local
}

// forwardingHeaders are headers that proxies add, besides all that begin with
// X-Forwarded-.
var forwardingHeaders = []string{
	"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
	"Fastly-Client-Ip", "Fly-Client-Ip", "X-Original-Host", "X-Envoy-External-Address",
}

// isLocal reports whether the request comes from a person at this machine, and
// not through a proxy that runs here: over the loopback device, to a loopback
// host, not from a page of another host, without any header that proxies add, and
// in a version of HTTP that browsers use. A proxy may add no header at all, so
// all conditions must hold.
func (p Proxies) isLocal(r *http.Request) bool {
	remote, ok := remoteAddress(r)
	if !ok || !remote.IsLoopback() || p.trust(remote) || !r.ProtoAtLeast(1, 1) || !isLoopbackHost(r.Host) {
		return false
	}
	for _, name := range forwardingHeaders {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") {
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
