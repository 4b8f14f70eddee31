package engineio

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHandshakeHasExactlyItsFiveKeys(t *testing.T) {
	h := newHost(t, Options{PingInterval: 300 * time.Millisecond, PingTimeout: 200 * time.Millisecond})
	_, polled, _ := h.do("GET", h.url(""), "")
	for transport, body := range map[string]string{Polling: polled, WebSocket: h.dial("").read()} {
		var got map[string]any
		if err := json.Unmarshal([]byte(body[1:]), &got); err != nil {
			t.Fatalf("%s: %q: %v", transport, body, err)
		}
		if len(got) != 5 || len(got["sid"].(string)) < 20 {
			t.Errorf("%s: got %v", transport, got)
		}
		if got["pingInterval"] != 300.0 || got["pingTimeout"] != 200.0 || got["maxPayload"] != 1e6 {
			t.Errorf("%s: got %v", transport, got)
		}
		want := map[string]int{Polling: 1, WebSocket: 0}[transport]
		if upgrades, ok := got["upgrades"].([]any); !ok || len(upgrades) != want {
			t.Errorf("%s: upgrades: got %v, want %d of them", transport, got["upgrades"], want)
		}
	}
}

func TestRefusalsMatchTheOfficialServer(t *testing.T) {
	h := newHost(t, Options{})
	sid, _ := h.open()
	c := h.dial("")
	var onSocket handshake
	if err := json.Unmarshal([]byte(c.read()[1:]), &onSocket); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, method, query string
		status              int
		body                string
	}{
		{"no transport", "GET", "EIO=4", 400, `{"code":0,"message":"Transport unknown"}`},
		{"an unknown transport", "GET", "EIO=4&transport=tobi", 400, `{"code":0,"message":"Transport unknown"}`},
		{"a property of every object", "GET", "EIO=4&transport=__proto__", 400, `{"code":0,"message":"Transport unknown"}`},
		{"no protocol version", "GET", "transport=polling", 400, `{"code":5,"message":"Unsupported protocol version"}`},
		{"version 3", "GET", "EIO=3&transport=polling", 400, `{"code":5,"message":"Unsupported protocol version"}`},
		{"an unknown session", "GET", "EIO=4&transport=polling&sid=abc", 400, `{"code":1,"message":"Session ID unknown"}`},
		{"a post to an unknown session", "POST", "EIO=4&transport=polling&sid=abc", 400, `{"code":1,"message":"Session ID unknown"}`},
		{"a handshake by post", "POST", "EIO=4&transport=polling", 400, `{"code":2,"message":"Bad handshake method"}`},
		{"websocket without an upgrade", "GET", "EIO=4&transport=websocket", 400, `{"code":3,"message":"Bad request"}`},
		{"a poll of a session on WebSocket", "GET", "EIO=4&transport=polling&sid=" + onSocket.SID, 400, `{"code":3,"message":"Bad request"}`},
		{"a method that means nothing", "DELETE", "EIO=4&transport=polling&sid=" + sid, 400, `{"code":3,"message":"Bad request"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, body, header := h.do(tt.method, "http://"+h.addr+"/engine.io/?"+tt.query, "")
			if status != tt.status || body != tt.body {
				t.Errorf("got %d %s, want %d %s", status, body, tt.status, tt.body)
			}
			if got := header.Get("Content-Type"); got != "application/json" {
				t.Errorf("Content-Type: got %q", got)
			}
		})
	}
	t.Run("another path", func(t *testing.T) {
		if status, _, _ := h.do("GET", "http://"+h.addr+"/other/?EIO=4&transport=polling", ""); status != 404 {
			t.Errorf("got %d, want 404", status)
		}
	})
}

func TestOriginIsCheckedOnEveryRequest(t *testing.T) {
	const friend = "https://friend.example"
	h := newHost(t, Options{AllowedOrigins: []string{friend}})
	sid, _ := h.open()
	upgrade := []string{
		"Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==",
	}
	tests := []struct {
		name, method, url, origin string
		header                    []string
		status                    int
	}{
		{"a handshake from a foreign page", "GET", h.url(""), "https://evil.example", nil, 403},
		{"a handshake from nowhere", "GET", h.url(""), "null", nil, 403},
		{"a poll from a foreign page", "GET", h.url(sid), "https://evil.example", nil, 403},
		{"a post from a foreign page", "POST", h.url(sid), "https://evil.example", nil, 403},
		{"a preflight from a foreign page", "OPTIONS", h.url(sid), "https://evil.example", nil, 403},
		{"a WebSocket from a foreign page", "GET", strings.Replace(h.url(""), "polling", "websocket", 1), "https://evil.example", upgrade, 403},
		{"a WebSocket from the server's page", "GET", strings.Replace(h.url(""), "polling", "websocket", 1), "http://" + h.addr, upgrade, 101},
		{"a handshake from the server's page", "GET", h.url(""), "http://" + h.addr, nil, 200},
		{"a handshake from an allowed page", "GET", h.url(""), friend, nil, 200},
		{"a preflight from an allowed page", "OPTIONS", h.url(sid), friend, []string{"Access-Control-Request-Headers", "x-token"}, 204},
		{"a post from an allowed page", "POST", h.url(sid), friend, nil, 400}, // an empty payload
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequest(tt.method, tt.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Origin", tt.origin)
			for i := 0; i < len(tt.header); i += 2 {
				req.Header.Set(tt.header[i], tt.header[i+1])
			}
			resp, err := h.http.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("got %d, want %d", resp.StatusCode, tt.status)
			}
			want, credentials := tt.origin, "true"
			if tt.status == 403 {
				want, credentials = "", ""
			}
			if got := resp.Header.Get("Access-Control-Allow-Origin"); got != want && resp.StatusCode != http.StatusSwitchingProtocols {
				t.Errorf("Access-Control-Allow-Origin: got %q, want %q", got, want)
			}
			if got := resp.Header.Get("Access-Control-Allow-Credentials"); got != credentials && resp.StatusCode != http.StatusSwitchingProtocols {
				t.Errorf("Access-Control-Allow-Credentials: got %q, want %q", got, credentials)
			}
			if got := resp.Header.Get("Access-Control-Allow-Headers"); resp.StatusCode == http.StatusNoContent && got != "x-token" {
				t.Errorf("Access-Control-Allow-Headers: got %q", got)
			}
		})
	}
}

func TestWildcardOriginConnectsWithoutCredentials(t *testing.T) {
	seen := make(chan http.Header, 1)
	server := NewServer(Options{AllowedOrigins: []string{"*", "https://friend.example"}}, func(_ *Session, r *http.Request) Receiver {
		seen <- r.Header
		return discard{}
	})
	web := httptest.NewServer(server)
	defer web.Close()
	defer func() {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_ = server.Shutdown(ctx) // the clients do not answer
	}()
	tests := []struct {
		origin, allowOrigin, allowCredentials, cookie string
	}{
		{"https://any.example", "*", "", ""},
		{"null", "*", "", ""},
		{"https://friend.example", "https://friend.example", "true", "who=me"},
		{web.URL, web.URL, "true", "who=me"},
		{"", "", "", "who=me"},
	}
	for _, tt := range tests {
		for _, transport := range []string{Polling, WebSocket} {
			t.Run(transport+" from "+tt.origin, func(t *testing.T) {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, web.URL+"/engine.io/?EIO=4&transport="+transport, nil)
				if err != nil {
					t.Fatal(err)
				}
				for name, value := range map[string]string{"Cookie": "who=me", "Authorization": "Basic x", "Origin": tt.origin} {
					if value != "" {
						req.Header.Set(name, value)
					}
				}
				if transport == WebSocket {
					for name, value := range map[string]string{
						"Connection": "Upgrade", "Upgrade": "websocket",
						"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
					} {
						req.Header.Set(name, value)
					}
				}
				resp, err := web.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				header := receive(t, seen)
				wantText(t, header.Get("Cookie"), tt.cookie)
				wantText(t, header.Get("Authorization"), map[string]string{"who=me": "Basic x"}[tt.cookie])
				if transport == Polling {
					wantText(t, resp.Header.Get("Access-Control-Allow-Origin"), tt.allowOrigin)
					wantText(t, resp.Header.Get("Access-Control-Allow-Credentials"), tt.allowCredentials)
				}
			})
		}
	}
}

func TestOnlyConfiguredTransportsAreAccepted(t *testing.T) {
	t.Run("only websocket", func(t *testing.T) {
		h := newHost(t, Options{Transports: []string{WebSocket}})
		if status, _ := h.poll(""); status != 400 {
			t.Errorf("polling handshake: got %d, want 400", status)
		}
		h.openSocket()
	})
	t.Run("no upgrade", func(t *testing.T) {
		h := newHost(t, Options{DisableUpgrade: true})
		_, body, _ := h.do("GET", h.url(""), "")
		if !strings.Contains(body, `"upgrades":[]`) {
			t.Errorf("got %q, want no upgrades", body)
		}
	})
}

func TestServerAnswersAtItsPathOnly(t *testing.T) {
	h := newHost(t, Options{Path: "/chat/live/"})
	for path, want := range map[string]int{
		"/chat/live/": 200, "/chat/live": 200, "/chat/live/deeper": 200, "/chat/lively/": 404, "/chat/": 404, "/engine.io/": 404, "/": 404,
	} {
		if status, _, _ := h.do("GET", "http://"+h.addr+path+"?EIO=4&transport=polling", ""); status != want {
			t.Errorf("%s: got %d, want %d", path, status, want)
		}
	}
	if got := h.raw("GET /chat/live/?EIO=4&transport=websocket" + upgradeHeader).status(); got != 101 {
		t.Errorf("WebSocket: got %d, want 101", got)
	}
}

func TestInitialPacketFollowsTheHandshake(t *testing.T) {
	h := newHost(t, Options{InitialPacket: NewText([]byte("hi"))})
	_, body, _ := h.do("GET", h.url(""), "")
	if !strings.HasSuffix(body, "\x1e4hi") {
		t.Errorf("polling: got %q", body)
	}
	c, _ := h.openSocket()
	wantText(t, c.read(), "4hi")
}
