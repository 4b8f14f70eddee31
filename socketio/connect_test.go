package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestJoiningNamespaces(t *testing.T) {
	h := newHost(t, Options{})
	h.Of("/custom")
	h.OfPattern(regexp.MustCompile(`^/room-\d+$`))
	p := h.dial()
	ids := map[string]bool{}
	for _, nsp := range []string{"/", "/custom", "/room-1", "/room-22"} {
		ids[p.join(nsp, "")] = true
	}
	wantEqual(t, len(ids), 4)
	for _, tt := range []struct{ send, want string }{
		{"0/unknown,", `4/unknown,{"message":"Invalid namespace"}`},
		{"0/unknown", `4/unknown,{"message":"Invalid namespace"}`},
		{"0/room-x,", `4/room-x,{"message":"Invalid namespace"}`},
		{`0/__proto__,{"a":1}`, `4/__proto__,{"message":"Invalid namespace"}`},
	} {
		p.send(tt.send)
		p.want(tt.want)
	}
}

func TestHandshakeIsSeenByMiddlewareAndHandlers(t *testing.T) {
	h := newHost(t, Options{})
	seen := make(chan Handshake, 2)
	h.Use(func(_ context.Context, s *Socket) error {
		seen <- s.Handshake()
		return nil
	})
	h.OnConnect(func(s *Socket) { seen <- s.Handshake() })
	p := h.dial("Cookie", "session=1", "Origin", "http://"+h.addr)
	p.join("/", `{"token":"abc"}`)
	for range 2 {
		got := receive(t, seen)
		wantEqual(t, string(got.Auth), `{"token":"abc"}`)
		wantEqual(t, got.Header.Get("Cookie"), "session=1")
		wantEqual(t, got.Query.Encode(), "q=1")
		wantEqual(t, got.Secure, false)
		wantEqual(t, strings.HasPrefix(got.RemoteAddr, "127.0.0.1:"), true)
		if got.Time.IsZero() {
			t.Error("no time")
		}
	}
}

func TestMiddlewareRefusesWithItsError(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"a plain error", errors.New("no <entry>"), `4{"message":"no <entry>"}`},
		{"an error with data", &ConnectError{"not authorized", map[string]int{"code": 401}}, `4{"message":"not authorized","data":{"code":401}}`},
		{"a wrapped error with data", fmt.Errorf("outer: %w", &ConnectError{Message: "inner", Data: "d"}), `4{"message":"inner","data":"d"}`},
		{"a panic", nil, `4{"message":"internal error"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{})
			h.Use(func(context.Context, *Socket) error { return nil })
			h.Use(func(context.Context, *Socket) error {
				if tt.err == nil {
					panic("oops")
				}
				return tt.err
			})
			h.Use(func(context.Context, *Socket) error { t.Error("ran behind an error"); return nil })
			h.OnConnect(func(*Socket) { t.Error("joined") })
			p := h.dial()
			p.send("0")
			p.want(tt.want)
			wantEqual(t, len(h.Of("/").Sockets()), 0)
		})
	}
}

func TestClientMayTryAgainAfterARefusal(t *testing.T) {
	h := newHost(t, Options{})
	h.Use(func(_ context.Context, s *Socket) error {
		if s.Handshake().Auth == nil {
			return errors.New("who?")
		}
		return nil
	})
	p := h.dial()
	p.send("0")
	p.want(`4{"message":"who?"}`)
	p.join("/", `{"me":1}`)
}

func TestDynamicNamespacesShareHandlersAndEndWithTheirLastSocket(t *testing.T) {
	h := newHost(t, Options{})
	n := h.OfFunc(func(name string, auth json.RawMessage) bool {
		return strings.HasPrefix(name, "/dyn-") && string(auth) == `{"in":true}`
	})
	OnAck0(n, "where", func(_ context.Context, s *Socket) string { return s.Namespace().Name() })
	a, b := h.dial(), h.dial()
	a.join("/dyn-a", `{"in":true}`)
	b.join("/dyn-b", `{"in":true}`)
	a.send(`2/dyn-a,0["where"]`)
	a.want(`3/dyn-a,0["/dyn-a"]`)
	if err := n.Emit("all", 1); err != nil {
		t.Fatal(err)
	}
	a.want(`2/dyn-a,["all",1]`)
	b.want(`2/dyn-b,["all",1]`)
	wantEqual(t, len(n.Sockets()), 2)
	a.send("1/dyn-a,")
	b.Close()
	waitFor(t, "the namespaces to go", func() bool {
		n.mu.Lock()
		defer n.mu.Unlock()
		return len(n.children) == 0
	})
	a.send("0/dyn-a,")
	a.want(`4/dyn-a,{"message":"Invalid namespace"}`)
}

func TestConnectionThatJoinsNothingIsClosed(t *testing.T) {
	h := newHost(t, Options{ConnectTimeout: 30 * time.Millisecond})
	h.dial().wantClosed()
	refused := h.dial()
	refused.send("0/unknown,")
	refused.wantClosed()
}

func TestAuthIsFreedOnceOnConnectHasReturned(t *testing.T) {
	for _, forget := range []bool{false, true} {
		h := newHost(t, Options{ForgetAuth: forget})
		there := make(chan string, 1)
		h.Of("/").OnConnect(func(s *Socket) { there <- string(s.Handshake().Auth) })
		OnAck0(h.Of("/"), "forgotten", func(_ context.Context, s *Socket) bool { return s.Handshake().Auth == nil })
		p := h.dial()
		p.join("/", `{"token":"secret"}`)
		if got, want := <-there, `{"token":"secret"}`; got != want {
			t.Errorf("OnConnect: got %s, want %s", got, want)
		}
		p.send(`20["forgotten"]`)
		p.want(fmt.Sprintf("30[%t]", forget))
	}
}

func TestHeadersAreFreedOnceTheClientKnowsThatItHasJoined(t *testing.T) {
	h := newHost(t, Options{})
	OnAck0(h.Of("/"), "header", func(_ context.Context, s *Socket) bool { return s.Handshake().Header == nil })
	p, _ := h.join("/")
	p.send(`20["header"]`)
	p.want(`30[true]`)
}
