package push

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// Endpoints are the push services that the server may talk to. The zero value allows
// https on public addresses.
type Endpoints struct {
	// Private also allows internal addresses and other ports, for a push service of
	// one's own.
	Private bool
	TLS     *tls.Config // default: the system's certificates
}

const httpsPort = 443

func (e Endpoints) guardian() *ssrf.Guardian {
	if e.Private {
		return nil
	}
	return ssrf.New(ssrf.WithPorts(httpsPort))
}

// Check returns an error, for people to read, if the host in the URL is no public one.
// Names are resolved when a push is sent, and checked again then.
func (e Endpoints) Check(u *url.URL) error {
	if e.Private {
		return nil
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	_, err := netip.ParseAddr(host)
	switch {
	case err == nil, host == "localhost", strings.HasSuffix(host, ".localhost"), !strings.Contains(host, "."):
		return errors.New("The push service must have a public name.") //nolint:staticcheck // a sentence for people
	case u.Port() != "" && u.Port() != "443":
		return errors.New("The push service must use port 443.") //nolint:staticcheck // a sentence for people
	}
	return nil
}

// Client returns a client that connects only to these push services, through the proxy
// that HTTPS_PROXY names, if any. It follows no redirects.
func Client(e Endpoints) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	guarded := *dialer
	if guardian := e.guardian(); guardian != nil {
		guarded.Control = guardian.Safe
	}
	proxies := proxyAddresses()
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if proxies[address] { // the operator has chosen it
				return dialer.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		},
		TLSClientConfig:     e.TLS,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     90 * time.Second,
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// proxyAddresses returns where the proxy for https listens.
func proxyAddresses() map[string]bool {
	probe := &http.Request{URL: &url.URL{Scheme: "https", Host: "push.example"}}
	proxy, err := http.ProxyFromEnvironment(probe)
	if err != nil || proxy == nil {
		return nil
	}
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
	}
	return map[string]bool{net.JoinHostPort(proxy.Hostname(), port): true}
}
