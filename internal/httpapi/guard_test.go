package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestChangesFromForeignOriginsAreForbidden(t *testing.T) {
	s := newServer(t, func(s *setup) { s.options.AllowedOrigins = []string{"https://friend.example"} })
	anna := s.member(t, "anna")
	for _, c := range []struct {
		name, method, path string
		header             func(*http.Request)
		status             int
	}{
		{"another origin makes a room", "POST", "/rooms", header("Origin", "https://evil.example"), 403},
		{"another site makes a room", "POST", "/rooms", header("Sec-Fetch-Site", "cross-site"), 403},
		{"another port makes a room", "POST", "/rooms", header("Origin", "http://127.0.0.1:1"), 403},
		{"a page without an origin makes a room", "POST", "/rooms", header("Origin", "null"), 403},
		{"another origin changes a room", "PATCH", "/rooms/1", header("Origin", "https://evil.example"), 403},
		{"another origin subscribes", "PUT", "/subscriptions/1", header("Origin", "https://evil.example"), 403},
		{"another origin unsubscribes", "DELETE", "/subscriptions/1", header("Origin", "https://evil.example"), 403},
		{"another origin logs in", "POST", "/session", header("Origin", "https://evil.example"), 403},
		{"another origin logs out", "DELETE", "/session", header("Sec-Fetch-Site", "cross-site"), 403},
		{"another origin reads", "GET", "/session", header("Origin", "https://evil.example"), 200},
		{"our own origin makes a room", "POST", "/rooms", header("Origin", s.url), 201},
		{"an allowed origin makes a room", "POST", "/rooms", header("Origin", "https://friend.example"), 201},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body any
			if c.method == http.MethodPost || c.method == http.MethodPatch {
				body = wire.NewRoom{Name: c.name, Topic: ""}
			}
			a := anna.call(c.method, c.path, body, c.header)
			if c.status == http.StatusForbidden {
				wantError(t, a, http.StatusForbidden, chat.CodeForbidden, "")
			} else if a.status != c.status {
				t.Errorf("got %d %s, want %d", a.status, a.body, c.status)
			}
		})
	}
}

func TestInvalidAllowedOriginIsAnError(t *testing.T) {
	if _, err := refuseForeign([]string{"friend.example/chat"}, nil, http.NotFoundHandler()); err == nil {
		t.Error("got no error, want one")
	}
}

func TestAnswersCarrySecurityHeaders(t *testing.T) {
	c := newServer(t).client(t)
	for _, path := range []string{"/", "/assets/app-1a2b.js", "/api/v1/session", "/nowhere"} {
		h := c.send(http.MethodGet, path, nil).header
		host := strings.TrimPrefix(c.url, "http://")
		policy := h.Get("Content-Security-Policy")
		for _, part := range []string{
			"default-src 'self'", "connect-src 'self' ws://" + host + " wss://" + host, "img-src 'self' data: blob:",
			"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
		} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy is %q, want %q in it", path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q, want nothing unsafe in it", path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestForgedHostIsNotCopiedIntoThePolicy(t *testing.T) {
	for host, want := range map[string]bool{
		"chat.example": true, "chat.example:8080": true, "[2001:db8::1]:3000": true,
		"evil.example;script-src": false, "a b": false, "": false, "x'y": false,
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		Secure(http.NotFoundHandler(), nil, 0).ServeHTTP(w, r)
		if got := strings.Contains(w.Header().Get("Content-Security-Policy"), "ws://"); got != want {
			t.Errorf("the host %q gets into the policy: %v, want %v", host, got, want)
		}
	}
}

func TestPanicIsAnsweredAndLogged(t *testing.T) {
	var log bytes.Buffer
	h := recoverPanics(slog.New(slog.NewTextHandler(&log, nil)), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the secret cause") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/some/path", nil))
	wantError(t, answerTo{w.Code, w.Header(), w.Body.Bytes()}, http.StatusInternalServerError, chat.CodeInternal, "")
	if strings.Contains(w.Body.String(), "secret") {
		t.Errorf("the answer gives the cause away: %s", w.Body)
	}
	for _, part := range []string{"the secret cause", "/some/path", "guard_test.go"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log is %q, want %q in it", &log, part)
		}
	}
}

func TestPanicAfterTheHeaderCutsTheConnection(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx     context.Context
		handler http.HandlerFunc
	}{
		"half an answer":         {t.Context(), func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "half"); panic("x") }},
		"a client that has gone": {gone, func(http.ResponseWriter, *http.Request) { panic("x") }},
		"an abort":               {t.Context(), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				got := recover()
				if err, ok := got.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
					t.Errorf("recovered %v, want %v", got, http.ErrAbortHandler)
				}
			}()
			r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(c.ctx)
			recoverPanics(slog.New(slog.DiscardHandler), c.handler).ServeHTTP(httptest.NewRecorder(), r)
		})
	}
}

func TestRequestsAreLoggedWithoutSecrets(t *testing.T) {
	var log bytes.Buffer
	teapot := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short")
	})
	h := withAddress(nil, logRequests(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), teapot))
	r := httptest.NewRequest(http.MethodGet, "/api/v1/rooms?text=private", nil)
	r.RemoteAddr = "192.0.2.1:4711"
	r.Header.Set("Authorization", "Bearer hidden")
	h.ServeHTTP(httptest.NewRecorder(), r)
	for _, part := range []string{"method=GET", "path=/api/v1/rooms", "status=418", "bytes=5", "address=192.0.2.1"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log is %q, want %q in it", &log, part)
		}
	}
	for _, part := range []string{"private", "hidden"} {
		if strings.Contains(log.String(), part) {
			t.Errorf("the log %q gives %q away", &log, part)
		}
	}
}

func TestHealthAndReadiness(t *testing.T) {
	var health Health
	s := newServer(t, func(s *setup) { s.options.Health = func(context.Context) Health { return health } })
	c := s.client(t)
	for _, test := range []struct {
		health Health
		ready  int
		body   string
	}{
		{Health{Ready, map[string]PartState{"database": PartThere}}, http.StatusOK, `{"status":"ready","parts":{"database":"ok"}}`},
		{
			Health{Degraded, map[string]PartState{"database": PartThere, "redis": PartAway}},
			http.StatusOK,
			`{"status":"degraded","parts":{"database":"ok","redis":"away"}}`,
		},
		{Health{Unavailable, map[string]PartState{"database": PartAway}}, http.StatusServiceUnavailable, `{"status":"unavailable","parts":{"database":"away"}}`},
	} {
		health = test.health
		if alive := c.send(http.MethodGet, "/healthz", nil).status; alive != http.StatusOK {
			t.Errorf("%s: alive %d, want 200", test.health.Status, alive)
		}
		if got := c.send(http.MethodGet, "/readyz", nil); got.status != test.ready || strings.TrimSpace(string(got.body)) != test.body {
			t.Errorf("%s: got %d %s, want %d %s", test.health.Status, got.status, got.body, test.ready, test.body)
		}
	}
}

// faulty fails on demand.
type faulty struct {
	chat.Store
	err error
}

func (f *faulty) SubscriptionPage(context.Context, chat.UserID, chat.ListPage) ([]chat.Subscription, string, error) {
	return nil, "", f.err
}

func TestInternalErrorsAreLoggedAndNotRevealed(t *testing.T) {
	var log bytes.Buffer
	broken := &faulty{}
	s := newServer(t, func(s *setup) {
		s.store = func(store chat.Store) chat.Store { broken.Store = store; return broken }
		s.options.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	anna := s.member(t, "anna")
	broken.err = errors.New("no such table")
	e := wantError(t, anna.call(http.MethodGet, "/subscriptions", nil), http.StatusInternalServerError, chat.CodeInternal, "")
	if strings.Contains(e.Message, "table") || !strings.Contains(log.String(), "no such table") {
		t.Errorf("the client hears %q and the log is %q, want the cause in the log only", e.Message, &log)
	}
	broken.err = chat.Errorf(chat.CodeUnavailable, "The database is busy.")
	wantError(t, anna.call(http.MethodGet, "/subscriptions", nil), http.StatusServiceUnavailable, chat.CodeUnavailable, "")
}
