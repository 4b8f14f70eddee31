package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"partychat/engineio"
)

// dial3 opens a Socket.IO 2.x client's connection and returns its id, too.
func (h *host) dial3(query string) (p *peer, id string) {
	h.t.Helper()
	p = h.dialWith("EIO=3" + query)
	return p, p.opened.SID
}

func TestClientOfVersion4JoinsTheDefaultNamespaceAutomatically(t *testing.T) {
	h := newHost(t, Options{AllowEIO3: true, NewID: func(*Namespace, Handshake) string { return "own" }})
	h.Of("/other")
	OnAck0(h.Of("/"), "who", func(_ context.Context, s *Socket) string { return s.ID() })
	OnAck0(h.Of("/other"), "who", func(_ context.Context, s *Socket) string { return s.ID() })
	p, id := h.dial3("")
	p.want("0")
	p.send(`20["who"]`)
	p.want(`30["` + id + `"]`)
	p.send("0/other,")
	p.want("0/other,")
	p.send(`2/other,7["who"]`)
	p.want(`3/other,7["/other#` + id + `"]`)
	p.send("1")
	p.send(`2/other,8["who"]`)
	p.want(`3/other,8["/other#` + id + `"]`)
	waitFor(t, "the socket to have left", func() bool { return len(h.Of("/").Sockets()) == 0 })
}

func TestVersion4IsRefusedUnlessAllowed(t *testing.T) {
	for _, opts := range []Options{{AllowEIO3: true}, {Engine: engineio.Options{AllowEIO3: true}}} {
		p, _ := newHost(t, opts).dial3("")
		p.want("0")
	}
	h := newHost(t, Options{})
	if err := h.tryDial("EIO=3"); err == nil {
		t.Error("a client of version 4 was let in")
	}
}

func TestAuthOfVersion4IsInTheQuery(t *testing.T) {
	h := newHost(t, Options{AllowEIO3: true})
	seen := make(chan Handshake, 8)
	for _, name := range []string{"/", "/other"} {
		h.Of(name).Use(func(_ context.Context, s *Socket) error { seen <- s.Handshake(); return nil })
	}
	p, _ := h.dial3("&token=a%26b&b64=1&t=x")
	p.want("0")
	handshake := receive(t, seen)
	wantEqual(t, handshake.Query.Encode(), "token=a%26b")
	wantEqual(t, string(handshake.Auth), "")
	for _, packet := range []struct{ sent, auth string }{
		{`0/other?token=a%26b&x=1&x=%C3%A9,`, `{"token":"a\u0026b","x":"é"}`},
		{`0/other?token=1`, `{"token":"1"}`}, // 1.x ends it without a comma
		{`0/other?,`, ``},
		{`0/other?%zz&x=1,`, `{"x":"1"}`},
		{`0/other,`, ``},
	} {
		p.send(packet.sent)
		wantEqual(t, string(receive(t, seen).Auth), packet.auth)
		p.want("0/other,")
	}
	p.send(`0/other?x=1,{"token":"1"}`)
	p.wantClosed()
}

func TestQueryOfVersion4IsLimited(t *testing.T) {
	h := newHost(t, Options{AllowEIO3: true, MaxHandshake: 400, Headers: []string{"x"}, Engine: engineio.Options{MaxHandshake: 1000}})
	h.Of("/other")
	long := strings.Repeat("x", 400)
	p, _ := h.dial3("&token=" + long)
	p.want(`4"Headers and query are too large"`)
	p, _ = h.dial3("")
	p.want("0")
	p.send("0/other?token=" + long + ",")
	p.want(`4/other,"Auth is too large"`)
	p.send("0/other?token=" + long[:300] + ",")
	p.want("0/other,")
}

func TestErrorsOfVersion4HaveNoObject(t *testing.T) {
	h := newHost(t, Options{AllowEIO3: true, MaxNamespaces: 3})
	refuse := func(name string, err error) {
		h.Of(name).Use(func(context.Context, *Socket) error { return err })
	}
	refuse("/plain", errors.New("no"))
	refuse("/data", &ConnectError{Message: "no", Data: map[string]int{"code": 401}})
	refuse("/message", &ConnectError{Message: "no <\"é\">"})
	p, _ := h.dial3("")
	p.want("0")
	for _, packet := range []struct{ sent, want string }{
		{"0/plain,", `4/plain,"no"`},
		{"0/data,", `4/data,{"code":401}`},
		{"0/message,", `4/message,"no <\"é\">"`},
		{"0/unknown,", `4/unknown,"Invalid namespace"`},
	} {
		p.send(packet.sent)
		p.want(packet.want)
	}

	// Not so in version 5.
	five := h.dial()
	five.send("0/data,")
	five.want(`4/data,{"message":"no","data":{"code":401}}`)
}

func TestRefusedClientOfVersion4MayJoinOtherNamespaces(t *testing.T) {
	h := newHost(t, Options{AllowEIO3: true, ConnectTimeout: enough})
	h.Use(func(context.Context, *Socket) error { return errors.New("no") })
	h.Of("/other")
	p, _ := h.dial3("")
	p.want(`4"no"`)
	p.send("0/other,")
	p.want("0/other,")
	p, _ = h.dial3("")
	p.want(`4"no"`)
	p.wantClosed()
}

func TestBinaryOfVersion4(t *testing.T) {
	h := newHost(t, Options{AllowEIO3: true})
	h.Of("/").On("echo", func(_ context.Context, s *Socket, e *Event) { _ = s.Emit("back", e.Args.Values()...) })
	h.Of("/").On("ask", func(_ context.Context, _ *Socket, e *Event) { _ = e.Ack(e.Args.Values()...) })
	p, _ := h.dial3("")
	p.want("0")
	p.send(`51-["echo",{"_placeholder":true,"num":0}]`)
	p.attach("\x04\x00\xff")
	p.want(`51-["back",{"_placeholder":true,"num":0}]`, "b:\x04\x00\xff")
	p.send(`51-3["ask",{"_placeholder":true,"num":0}]`)
	p.attach("\x04a")
	p.want(`61-3[{"_placeholder":true,"num":0}]`, "b:\x04a")

	base64, _ := h.dial3("&b64=1")
	base64.want("0")
	five, _ := h.join("/")
	if err := h.Of("/").Emit("all", []byte{0, 255}); err != nil {
		t.Fatal(err)
	}
	p.want(`51-["all",{"_placeholder":true,"num":0}]`, "b:\x04\x00\xff")
	base64.want(`51-["all",{"_placeholder":true,"num":0}]`, "b4AP8=")
	five.want(`51-["all",{"_placeholder":true,"num":0}]`, "b:\x00\xff")
}

func TestServerMayCloseAClientOfVersion4AsItConnects(t *testing.T) {
	h := newHost(t, Options{AllowEIO3: true})
	h.OnConnect(func(s *Socket) { s.Disconnect(true) })
	for range 20 {
		p, _ := h.dial3("")
		p.want("0", "1")
		p.wantClosed()
	}
	waitFor(t, "all to have gone", func() bool { return h.Count() == 0 })
}

func TestClientOfVersion4CannotComeBack(t *testing.T) {
	h := newHost(t, Options{AllowEIO3: true, Recovery: Recovery{MaxDuration: time.Minute}})
	gone := make(chan string, 1)
	h.Of("/").OnDisconnect(func(s *Socket, _ DisconnectReason) { gone <- s.ID() })
	p, id := h.dial3("&pid=x&offset=y")
	p.want("0")
	p.Close()
	wantEqual(t, receive(t, gone), id)
	h.recovery.mu.Lock()
	defer h.recovery.mu.Unlock()
	wantEqual(t, len(h.recovery.known), 0)
}

func FuzzPacket4(f *testing.F) {
	for _, s := range []string{"0", "0/a?b=c,", "0/a?b=c", "0/a,?", "0?x", "0/a?b=c,1[]", `2["x?"]`, "0/a?%", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := parsePacket4(raw)
		if err != nil {
			return
		}
		if p.typ == typeConnect && strings.Contains(p.nsp, "?") {
			t.Errorf("%q: the query is in the namespace %q", raw, p.nsp)
		}
		_, query, asked := strings.Cut(string(raw), "?")
		if p.typ != typeConnect || !asked || len(p.payload) == 0 || p.payload[0] != '{' {
			return
		}
		var auth map[string]string
		if err := json.Unmarshal(p.payload, &auth); err != nil {
			t.Fatalf("%q: auth %q: %v", raw, p.payload, err)
		}
		parameters, _ := url.ParseQuery(strings.TrimSuffix(query, ","))
		names := make(map[string]bool) // in JSON, where invalid UTF-8 becomes U+FFFD
		for name := range parameters {
			names[string([]rune(name))] = true
		}
		if len(names) != len(auth) {
			t.Errorf("%q: got %q, want %q", raw, auth, parameters)
		}
	})
}
