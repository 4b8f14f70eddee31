package engineio

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// request does a request with headers and returns the response; a WebSocket
// connection stays open until the test ends.
func (h *host) request(method, url string, header ...string) *http.Response {
	h.t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := h.http.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

var upgradeFields = []string{
	"Connection", "Upgrade", "Upgrade", "websocket",
	"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==",
}

func TestRefusedRequestsAreReported(t *testing.T) {
	var mu sync.Mutex
	var told []ConnectionError
	h := newHost(t, Options{
		OnConnectionError: func(e ConnectionError) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, e)
		},
		AllowRequest: func(r *http.Request) error {
			if r.Header.Get("X-Banned") != "" {
				return errors.New("you are banned")
			}
			return nil
		},
		NewID: func(r *http.Request) (string, error) {
			if r.Header.Get("X-ID") == "error" {
				return "", errors.New("no id")
			}
			return r.Header.Get("X-ID"), nil
		},
	})
	base := "http://" + h.addr + "/engine.io/?EIO=4&transport="
	if resp := h.request("GET", base+"websocket", append([]string{"X-ID", "on socket"}, upgradeFields...)...); resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("got status %d, want 101", resp.StatusCode)
	}
	h.waitFor("the session to be known", func() bool { return h.Count() == 1 })
	tests := []struct {
		name, method, url string
		header            []string
		code, status      int
		message           string
		context           map[string]any
	}{
		{"an unknown transport", "GET", base + "smoke", nil, CodeUnknownTransport, 400, "Transport unknown", map[string]any{"transport": "smoke"}},
		{"an unknown session", "GET", base + "polling&sid=x", nil, CodeUnknownSession, 400, "Session ID unknown", map[string]any{"sid": "x"}},
		{"a post", "POST", base + "polling", nil, CodeBadHandshakeMethod, 400, "Bad handshake method", map[string]any{"method": "POST"}},
		{"no upgrade", "GET", base + "websocket", nil, CodeBadRequest, 400, "Bad request", map[string]any{"name": "TRANSPORT_HANDSHAKE_ERROR"}},
		{"the wrong transport", "GET", base + "polling&sid=on%20socket", nil, CodeBadRequest, 400, "Bad request", map[string]any{"name": "TRANSPORT_MISMATCH", "transport": "polling", "previousTransport": "websocket"}},
		{"a foreign page", "GET", base + "polling", []string{"Origin", "https://a.example"}, CodeForbidden, 403, "Forbidden", map[string]any{"name": "FOREIGN_ORIGIN", "origin": "https://a.example"}},
		{"one who is banned", "GET", base + "polling", []string{"X-Banned", "1"}, CodeForbidden, 403, "you are banned", map[string]any{"message": "you are banned"}},
		{"an old protocol", "GET", strings.Replace(base, "EIO=4", "EIO=2", 1) + "polling", nil, CodeUnsupportedVersion, 400, "Unsupported protocol version", map[string]any{"protocol": "2"}},
		{"no id", "GET", base + "polling", []string{"X-ID", "error"}, CodeBadRequest, 400, "Bad request", map[string]any{"name": "ID_GENERATION_ERROR"}},
		{"an empty id", "GET", base + "polling", nil, CodeBadRequest, 400, "Bad request", map[string]any{"name": "ID_GENERATION_ERROR", "error": errDuplicateID}},
		{"an id that is taken", "GET", base + "polling", []string{"X-ID", "on socket"}, CodeBadRequest, 400, "Bad request", map[string]any{"name": "ID_GENERATION_ERROR", "error": errDuplicateID}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mu.Lock()
			told = nil
			mu.Unlock()
			resp := h.request(tt.method, tt.url, tt.header...)
			if resp.StatusCode != tt.status {
				t.Errorf("got status %d, want %d", resp.StatusCode, tt.status)
			}
			if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
				t.Errorf("got the type %q, want JSON", kind)
			}
			mu.Lock()
			defer mu.Unlock()
			if len(told) != 1 {
				t.Fatalf("told of %v, want one error", told)
			}
			got := told[0]
			if got.Code != tt.code || got.Message != tt.message || got.Request == nil {
				t.Errorf("got %d %q, want %d %q", got.Code, got.Message, tt.code, tt.message)
			}
			for key, want := range tt.context {
				if got.Context[key] != want {
					t.Errorf("%s: got %v, want %v", key, got.Context[key], want)
				}
			}
		})
	}
}

func TestARefusalIsNotShownAsAPage(t *testing.T) {
	h := newHost(t, Options{AllowRequest: func(r *http.Request) error { return errors.New("<b>" + r.URL.Query().Get("name")) }})
	url := "http://" + h.addr + "/engine.io/?EIO=4&transport=websocket&name=x"
	resp := h.request("GET", url, upgradeFields...)
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusForbidden || kind != "text/plain; charset=utf-8" {
		t.Errorf("got status %d of the type %q, want 403 as plain text", resp.StatusCode, kind)
	}
	if got := resp.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options: got %q, want nosniff", got)
	}
}

func TestCookieHoldsTheIDOfASessionThatPolls(t *testing.T) {
	h := newHost(t, Options{
		Cookie: &http.Cookie{Name: "node", MaxAge: 60, Secure: true},
		NewID:  func(*http.Request) (string, error) { return "my-id", nil },
	})
	resp := h.request("GET", h.url(""))
	if got := resp.Header.Get("Set-Cookie"); got != "node=my-id; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("got %q", got)
	}
	if got := h.request("OPTIONS", h.url("my-id")).Header.Get("Set-Cookie"); got != "" {
		t.Errorf("a later answer sets %q", got)
	}

	h = newHost(t, Options{Cookie: &http.Cookie{}})
	if got := h.request("GET", h.url("")).Header.Get("Set-Cookie"); !strings.HasPrefix(got, "io=") ||
		!strings.HasSuffix(got, "; Path=/; HttpOnly; SameSite=Lax") {
		t.Errorf("got %q", got)
	}
	if got := newHost(t, Options{}).request("GET", h.url("")).Header.Get("Set-Cookie"); got == "" {
		t.Error("the other server sets none")
	}
	ws := h.request("GET", strings.Replace(h.url(""), "polling", "websocket", 1), upgradeFields...)
	if got := ws.Header.Get("Set-Cookie"); got != "" {
		t.Errorf("WebSocket sets %q, which the official server does not", got)
	}
}

func TestApplicationAddsHeaders(t *testing.T) {
	h := newHost(t, Options{OnHeaders: func(h http.Header, _ *http.Request, initial bool) {
		h.Set("X-Node", "7")
		if initial {
			h.Set("X-Initial", "yes")
		}
	}})
	sid, _ := h.open()
	for url, want := range map[string]string{
		h.url(""): "yes", h.url(sid) + "x": "", strings.Replace(h.url(""), "polling", "websocket", 1): "yes",
	} {
		header := upgradeFields
		if !strings.Contains(url, "websocket") {
			header = nil
		}
		resp := h.request("GET", url, header...)
		if resp.Header.Get("X-Node") != "7" || resp.Header.Get("X-Initial") != want {
			t.Errorf("%s: got %v", url, resp.Header)
		}
	}
}

func TestCORSHeadersFollowTheOptions(t *testing.T) {
	const friend = "https://friend.example"
	seen := make(chan http.Header, 1)
	h := newHost(t, Options{
		AllowedOrigins: []string{friend},
		CORS: CORS{
			Methods: []string{"GET"}, Headers: []string{"X-Token", "X-Other"}, ExposedHeaders: []string{"X-Node"},
			MaxAge: time.Minute, NoCredentials: true,
		},
		AllowRequest: func(r *http.Request) error { seen <- r.Header; return nil },
	})
	resp := h.request("OPTIONS", h.url(""), "Origin", friend, "Access-Control-Request-Headers", "x-evil")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": friend, "Access-Control-Allow-Credentials": "",
		"Access-Control-Allow-Methods": "GET", "Access-Control-Allow-Headers": "X-Token,X-Other",
		"Access-Control-Expose-Headers": "X-Node", "Access-Control-Max-Age": "60",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	h.request("GET", h.url(""), "Origin", friend, "Cookie", "a=b")
	if got := (<-seen).Get("Cookie"); got != "" {
		t.Errorf("a page without credentials came with cookie %q", got)
	}
	h.request("GET", h.url(""), "Origin", "http://"+h.addr, "Cookie", "a=b")
	if got := (<-seen).Get("Cookie"); got != "a=b" {
		t.Errorf("the server's own page came with cookie %q", got)
	}
}
