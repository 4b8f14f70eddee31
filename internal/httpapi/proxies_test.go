package httpapi

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// trustLocal trusts the forwarding headers of the test's own client.
func trustLocal(s *setup) {
	s.options.TrustedProxies = Proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func TestClientAddressIsTheLastThatIsNotATrustedProxy(t *testing.T) {
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
		{"a port", "10.0.0.1:4711", []string{"192.0.2.1:50123"}, "192.0.2.1"},
		{"a port at the proxy before", "10.0.0.1:4711", []string{"192.0.2.1:50123, 10.0.0.2:443"}, "192.0.2.1"},
		{"IPv6 in brackets", "10.0.0.1:4711", []string{"[2001:db8::1]"}, "2001:db8::1"},
		{"IPv6 in brackets with a port", "10.0.0.1:4711", []string{"[2001:db8::1]:50123"}, "2001:db8::1"},
		{"IPv6 in quotes", "10.0.0.1:4711", []string{`"[2001:db8::1]:50123"`}, "2001:db8::1"},
		{"a zone", "[fd00::1%eth0]:4711", []string{"fe80::7%eth0"}, "fe80::7"},
		{"a comma too many", "10.0.0.1:4711", []string{"192.0.2.1, , 10.0.0.2,"}, "192.0.2.1"},
		{"a port that is none", "10.0.0.1:4711", []string{"192.0.2.1:http"}, "10.0.0.1"},
		{"brackets that stay open", "10.0.0.1:4711", []string{"[2001:db8::1"}, "10.0.0.1"},
		{"more behind the brackets", "10.0.0.1:4711", []string{"[2001:db8::1]x"}, "10.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := forwardedRequest(c.remote, "X-Forwarded-For", c.forwarded...)
			if got := trusted.ClientAddress(r); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// forwardedRequest returns a request from remote with these lines of a header.
func forwardedRequest(remote, header string, lines ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = remote
	for _, line := range lines {
		r.Header.Add(header, line)
	}
	return r
}

func TestClientAddressUnderstandsForwarded(t *testing.T) {
	trusted := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"a stranger that claims to be a proxy", "192.0.2.1:4711", []string{"for=198.51.100.1"}, "192.0.2.1"},
		{"one proxy", "10.0.0.1:4711", []string{"for=192.0.2.1"}, "192.0.2.1"},
		{"more about it", "10.0.0.1:4711", []string{"by=10.0.0.1; For=192.0.2.1;proto=https ;host=chat.example"}, "192.0.2.1"},
		{"a client that claims to be forwarded", "10.0.0.1:4711", []string{"for=198.51.100.1, for=192.0.2.1"}, "192.0.2.1"},
		{"two proxies", "10.0.0.1:4711", []string{"for=192.0.2.1,for=10.0.0.2"}, "192.0.2.1"},
		{"two proxies with a line each", "10.0.0.1:4711", []string{"for=192.0.2.1", "for=10.0.0.2"}, "192.0.2.1"},
		{"a port", "10.0.0.1:4711", []string{`for="192.0.2.1:50123"`}, "192.0.2.1"},
		{"a port without quotes", "10.0.0.1:4711", []string{"for=192.0.2.1:50123"}, "192.0.2.1"},
		{"IPv6", "10.0.0.1:4711", []string{`for="[2001:db8::1]"`}, "2001:db8::1"},
		{"IPv6 with a hidden port", "10.0.0.1:4711", []string{`for="[2001:db8::1]:_p0rt"`}, "2001:db8::1"},
		{"IPv6 without quotes", "10.0.0.1:4711", []string{"for=[2001:db8::1]:50123"}, "2001:db8::1"},
		{"escaped characters", "10.0.0.1:4711", []string{`for="\[2001:db8\::1\]"`}, "2001:db8::1"},
		{"an unknown client", "10.0.0.1:4711", []string{"for=unknown, for=10.0.0.2"}, "10.0.0.2"},
		{"a hidden client", "10.0.0.1:4711", []string{"for=_secret, for=10.0.0.2"}, "10.0.0.2"},
		{"a hop that names nobody", "10.0.0.1:4711", []string{"for=192.0.2.1, proto=https"}, "10.0.0.1"},
		{"commas and semicolons in quotes", "10.0.0.1:4711", []string{`for=192.0.2.1;host="a,b;for=198.51.100.1"`}, "192.0.2.1"},
		{"elements that are empty", "10.0.0.1:4711", []string{", for=192.0.2.1;, ,for=10.0.0.2,"}, "192.0.2.1"},
		{"a client's quote that stays open", "10.0.0.1:4711", []string{`for=198.51.100.1, for=", for=192.0.2.1`}, "10.0.0.1"},
		{"the same with a line for each", "10.0.0.1:4711", []string{`for=198.51.100.1, for="`, "for=192.0.2.1"}, "192.0.2.1"},
		{"an escape at the end", "10.0.0.1:4711", []string{`for="192.0.2.1\`}, "10.0.0.1"},
		{"no value", "10.0.0.1:4711", []string{"for="}, "10.0.0.1"},
		{"no pair", "10.0.0.1:4711", []string{"192.0.2.1"}, "10.0.0.1"},
		{"more behind the quotes", "10.0.0.1:4711", []string{`for="192.0.2.1"x`}, "10.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := forwardedRequest(c.remote, "Forwarded", c.forwarded...)
			if got := trusted.ClientAddress(r); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestConflictingForwardingHeadersAreIgnored(t *testing.T) {
	trusted := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ name, xForwardedFor, forwarded, want string }{
		{"they agree", "192.0.2.1", "for=192.0.2.1", "192.0.2.1"},
		{"they name different clients", "192.0.2.1", "for=198.51.100.1", "10.0.0.1"},
		{"Forwarded knows proxies only", "192.0.2.1", "for=10.0.0.2", "192.0.2.1"},
		{"X-Forwarded-For knows proxies only", "10.0.0.2", "for=192.0.2.1", "192.0.2.1"},
		{"Forwarded cannot be read", "192.0.2.1", `for="`, "192.0.2.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := forwardedRequest("10.0.0.1:4711", "X-Forwarded-For", c.xForwardedFor)
			r.Header.Set("Forwarded", c.forwarded)
			if got := trusted.ClientAddress(r); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOverTLSUnderstandsForwarded(t *testing.T) {
	trusted := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		name, remote, forwarded string
		want                    bool
	}{
		{"through a trusted proxy", "10.0.0.1:1", "for=192.0.2.1;proto=https", true},
		{"through two of them", "10.0.0.1:1", "for=192.0.2.1;proto=HTTPS, for=10.0.0.2;proto=http", true},
		{"in quotes", "10.0.0.1:1", `proto="https";for="192.0.2.1:5"`, true},
		{"in the clear through a trusted proxy", "10.0.0.1:1", "for=192.0.2.1;proto=http", false},
		{"a client's claim", "10.0.0.1:1", "for=192.0.2.9;proto=https, for=192.0.2.1;proto=http", false},
		{"a stranger's claim", "192.0.2.1:1", "for=192.0.2.1;proto=https", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := trusted.OverTLS(forwardedRequest(c.remote, "Forwarded", c.forwarded)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzParseForwarded(f *testing.F) {
	for _, line := range []string{
		"", "for=192.0.2.1", `for="[2001:db8::1]:80";proto=https, for=unknown`, `for="\"";by=_x`, ",;, ", `a="b\`,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		hops, ok := parseForwarded(line)
		if !ok {
			if hops != nil {
				t.Errorf("a line that is refused gave %v", hops)
			}
			return
		}
		// What a proxy appends to a sound line is the last hop, whatever came before.
		more, ok := parseForwarded(line + ", for=192.0.2.1;proto=https")
		want := hop{netip.MustParseAddr("192.0.2.1"), "https"}
		if !ok || len(more) != len(hops)+1 || more[len(hops)] != want {
			t.Errorf("with one hop more: got %v, %v; want %v more than %v", more, ok, want, hops)
		}
	})
}

func FuzzParseNode(f *testing.F) {
	for _, node := range []string{"192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1", "unknown", "[::1%eth0]", "::ffff:192.0.2.1", ":_"} {
		f.Add(node)
	}
	f.Fuzz(func(t *testing.T, node string) {
		address := parseNode(node)
		if !address.IsValid() {
			return
		}
		if again := parseNode(address.String()); again != address {
			t.Errorf("%q is %v, and that is %v", node, address, again)
		}
		if address.Is4In6() || address.Zone() != "" {
			t.Errorf("%q: got %v, which is not in its plain form", node, address)
		}
	})
}

func TestClientAddressHasTheSameFormForEveryHeader(t *testing.T) {
	trusted := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	for _, node := range []string{"192.0.2.1", "192.0.2.1:80", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:80"} {
		for _, r := range []*http.Request{
			forwardedRequest("10.0.0.1:1", "X-Forwarded-For", node),
			forwardedRequest("10.0.0.1:1", "Forwarded", `for="`+node+`"`),
		} {
			if got := trusted.ClientAddress(r); got != "192.0.2.1" {
				t.Errorf("%v: got %q, want %q", r.Header, got, "192.0.2.1")
			}
		}
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
