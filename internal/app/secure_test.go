package app

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// everywhere has requests for every kind of response: files, redirects, refusals,
// and Socket.IO over both transports.
var everywhere = []struct {
	name, method, path string
	header             http.Header
	status             int
}{
	{"a page", http.MethodGet, "/login", nil, http.StatusOK},
	{"an unknown page", http.MethodGet, "/nowhere", nil, http.StatusNotFound},
	{"a redirect of a page", http.MethodGet, "/home", nil, http.StatusSeeOther},
	{"a redirect to a clean path", http.MethodGet, "/a/../home", nil, http.StatusTemporaryRedirect},
	{"a redirect to a folder", http.MethodGet, "/socket.io", nil, http.StatusTemporaryRedirect},
	{"the API", http.MethodGet, "/api/v1/session", nil, http.StatusUnauthorized},
	{"readiness", http.MethodGet, "/readyz", nil, http.StatusOK},
	{"a handshake", http.MethodGet, "/socket.io/?EIO=4&transport=polling", nil, http.StatusOK},
	{"a poll of an unknown session", http.MethodGet, "/socket.io/?EIO=4&transport=polling&sid=x", nil, http.StatusBadRequest},
	{"a socket of a foreign origin", http.MethodGet, "/socket.io/?EIO=4&transport=polling", http.Header{"Origin": {"https://evil.example"}}, http.StatusForbidden},
	{"a preflight", http.MethodOptions, "/socket.io/?EIO=4&transport=polling", nil, http.StatusNoContent},
	{"a path below Socket.IO's", http.MethodGet, "/socket.io/nothing.js", nil, http.StatusBadRequest},
	{
		"a WebSocket", http.MethodGet, "/socket.io/?EIO=4&transport=websocket",
		http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}},
		http.StatusSwitchingProtocols,
	},
}

func TestEveryAnswerCarriesSecurityHeaders(t *testing.T) {
	c := settings(t.TempDir())
	c.TrustedProxies, c.HSTS = []string{"127.0.0.1"}, 24*time.Hour
	r := start(t, c)
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, e := range everywhere {
		for _, proto := range []string{"http", "https"} {
			t.Run(e.name+" over "+proto, func(t *testing.T) {
				request, err := http.NewRequest(e.method, r.URL()+e.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if e.header != nil {
					request.Header = e.header.Clone()
				}
				request.Header.Set("X-Forwarded-Proto", proto)
				response, err := browser.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
				if response.StatusCode != e.status {
					t.Errorf("got %s, want %d", response.Status, e.status)
				}
				h := response.Header
				if got := h.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") {
					t.Errorf("the policy is %q", got)
				}
				want := map[string]string{
					"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
					"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "",
				}
				if proto == "https" {
					want["Strict-Transport-Security"] = "max-age=86400"
				}
				for name, value := range want {
					if got := h.Get(name); got != value || len(h.Values(name)) > 1 {
						t.Errorf("%s is %q, want %q once", name, h.Values(name), value)
					}
				}
			})
		}
	}
}

func TestHSTSCanBeTurnedOff(t *testing.T) {
	c := settings(t.TempDir())
	c.TrustedProxies, c.HSTS = []string{"127.0.0.1"}, 0
	r := start(t, c)
	request, err := http.NewRequest(http.MethodGet, r.URL()+"/login", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-Proto", "https")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if got, there := response.Header["Strict-Transport-Security"]; there {
		t.Errorf("got %q, want no HSTS header", got)
	}
}
