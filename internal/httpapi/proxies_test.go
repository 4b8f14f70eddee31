package httpapi

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// trustLocal believes what the tests' own client says of its origin.
func trustLocal(s *setup) {
	s.options.TrustedProxies = Proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func TestClientAddressIsTheLastOneThatNoTrustedProxyHas(t *testing.T) {
	trusted := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"no proxy", "192.0.2.1:4711", nil, "192.0.2.1"},
		{"a stranger that claims to be a proxy", "192.0.2.1:4711", []string{"198.51.100.1"}, "192.0.2.1"},
		{"one proxy", "10.0.0.1:4711", []string{"192.0.2.1"}, "192.0.2.1"},
		{"a client that claims to be forwarded", "10.0.0.1:4711", []string{"198.51.100.1, 192.0.2.1"}, "192.0.2.1"},
		{"two proxies", "10.0.0.1:4711", []string{"192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
		{"two proxies with a line each", "10.0.0.1:4711", []string{"192.0.2.1", "10.0.0.2"}, "192.0.2.1"},
		{"proxies only", "10.0.0.1:4711", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"a proxy that says nothing", "10.0.0.1:4711", nil, "10.0.0.1"},
		{"nonsense before the proxy", "10.0.0.1:4711", []string{"unknown, 10.0.0.2"}, "10.0.0.2"},
		{"IPv6", "[fd00::1]:4711", []string{"2001:db8::1"}, "2001:db8::1"},
		{"IPv4 in IPv6 form", "[::ffff:10.0.0.1]:4711", []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		{"no address at all", "@", []string{"192.0.2.1"}, "@"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.remote
			for _, line := range c.forwarded {
				r.Header.Add("X-Forwarded-For", line)
			}
			if got := trusted.ClientAddress(r); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOverTLS(t *testing.T) {
	trusted := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		name, remote, proto string
		direct, want        bool
	}{
		{"in the clear", "192.0.2.1:1", "", false, false},
		{"directly", "192.0.2.1:1", "", true, true},
		{"through a trusted proxy", "10.0.0.1:1", "https", false, true},
		{"through two of them", "10.0.0.1:1", "HTTPS, http", false, true},
		{"in the clear through a trusted proxy", "10.0.0.1:1", "http", false, false},
		{"a stranger's claim", "192.0.2.1:1", "https", false, false},
		{"no address at all", "@", "https", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.remote
			r.Header.Set("X-Forwarded-Proto", c.proto)
			if c.direct {
				r.TLS = &tls.ConnectionState{}
			}
			if got := trusted.OverTLS(r); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
