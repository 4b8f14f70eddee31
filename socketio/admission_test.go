package socketio

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

func TestSecondConnectReplacesTheSocket(t *testing.T) {
	h, reasons, joined := watched(t, Options{})
	OnAck0(h.Of("/"), "who", func(_ context.Context, s *Socket) string { return s.ID() })
	p := h.dial()
	p.join("/other", "")
	other := receive(t, joined)
	first := p.join("/", `{"n":1}`)
	receive(t, joined)
	second := p.join("/", `{"n":2}`)
	s := receive(t, joined)
	wantEqual(t, receive(t, reasons), ReasonClientDisconnect)
	wantEqual(t, s.ID(), second)
	wantEqual(t, string(s.Handshake().Auth), `{"n":2}`)
	wantEqual(t, first == second, false)
	wantEqual(t, len(h.Of("/").Sockets()), 1)
	wantEqual(t, other.Connected(), true)

	p.send(`20["who"]`)
	p.want(`30["` + second + `"]`)
	if err := h.Of("/").Emit("once"); err != nil {
		t.Fatal(err)
	}
	p.send(`20["who"]`)
	p.want(`2["once"]`, `30["`+second+`"]`)
}

func TestSecondConnectIsAdmittedAsTheFirstWas(t *testing.T) {
	h := newHost(t, Options{})
	h.Use(func(_ context.Context, s *Socket) error {
		if s.Handshake().Header.Get("Cookie") != "session=1" {
			return errors.New("who?")
		}
		return nil
	})
	p := h.dial("Cookie", "session=1")
	p.join("/", "")
	p.join("/", "")
}

// gated is a server that admits each socket only when told to, and counts concurrent admissions.
func gated(t *testing.T) (h *host, entered chan string, release chan error, most *atomic.Int32) {
	t.Helper()
	h = newHost(t, Options{})
	entered, release, most = make(chan string, 256), make(chan error), new(atomic.Int32)
	var inside atomic.Int32
	n := h.Of("/gated")
	n.Use(func(ctx context.Context, s *Socket) error {
		defer inside.Add(-1)
		most.Store(max(most.Load(), inside.Add(1)))
		entered <- string(s.Handshake().Auth)
		select {
		case err := <-release:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	OnAck0(n, "auth", func(_ context.Context, s *Socket) any { return s.Handshake().Auth })
	return h, entered, release, most
}

func TestConnectsDuringAnAdmissionGetOneAnswerForTheLastOne(t *testing.T) {
	h, entered, release, most := gated(t)
	p := h.dial()
	p.send(`0/gated,{"n":0}`)
	wantEqual(t, receive(t, entered), `{"n":0}`)
	for range 100 {
		p.send(`0/gated,{"n":1}`)
	}
	p.send(`0/gated,{"n":2}`)
	for receive(t, entered) != `{"n":2}` {
	}
	release <- nil
	if got := p.read(); !strings.HasPrefix(got, `0/gated,{"sid":`) {
		t.Fatalf("got %q, want one answer", got)
	}
	p.send(`2/gated,0["auth"]`)
	p.want(`3/gated,0[{"n":2}]`)
	wantEqual(t, most.Load(), 1)
	wantEqual(t, len(h.Of("/gated").Sockets()), 1)
}

func TestEventsGoToTheOldSocketUntilTheNewOneIsAdmitted(t *testing.T) {
	h, entered, release, _ := gated(t)
	p := h.dial()
	p.send(`0/gated,{"n":1}`)
	receive(t, entered)
	release <- nil
	p.read()
	p.send(`0/gated,{"n":2}`)
	receive(t, entered)
	p.send(`2/gated,0["auth"]`)
	p.want(`3/gated,0[{"n":1}]`)
	release <- nil
	p.read()
	p.send(`2/gated,1["auth"]`)
	p.want(`3/gated,1[{"n":2}]`)
}

func TestRefusedConnectEndsTheOldSocketToo(t *testing.T) {
	h, entered, release, _ := gated(t)
	p := h.dial()
	p.send(`0/gated,{"n":1}`)
	receive(t, entered)
	release <- nil
	p.read()
	p.send(`0/gated,{"n":2}`)
	receive(t, entered)
	release <- errors.New("no longer")
	p.want(`4/gated,{"message":"no longer"}`)
	wantEqual(t, len(h.Of("/gated").Sockets()), 0)
	p.send(`2/gated,0["auth"]`) // sent before the client knew
	p.join("/", "")
}

func TestClientMayLeaveDuringItsAdmission(t *testing.T) {
	h, entered, release, _ := gated(t)
	p := h.dial()
	p.send(`0/gated,{"n":1}`)
	receive(t, entered)
	p.send("1/gated,")
	p.send(`0/gated,{"n":2}`)
	wantEqual(t, receive(t, entered), `{"n":2}`)
	release <- nil
	if got := p.read(); !strings.HasPrefix(got, `0/gated,{"sid":`) {
		t.Fatalf("got %q, want one answer", got)
	}
	p.send("1/gated,")
	p.join("/", "")
	wantEqual(t, len(h.Of("/gated").Sockets()), 0)
}

func TestLeavingCancelsAQueuedConnect(t *testing.T) {
	h := newHost(t, Options{})
	release, entered := make(chan bool), make(chan bool, 8)
	h.Of("/deaf").Use(func(context.Context, *Socket) error { entered <- true; <-release; return nil })
	p := h.dial()
	for _, packet := range []string{"0/deaf,", "0/deaf,", "1/deaf,"} {
		p.send(packet)
	}
	receive(t, entered)
	p.join("/", "")
	release <- true
	p.send("0/deaf,")
	receive(t, entered)
	release <- true
	if got := p.read(); !strings.HasPrefix(got, `0/deaf,{"sid":`) {
		t.Fatalf("got %q, want one answer", got)
	}
	wantEqual(t, len(entered), 0)
}

func TestConnectAfterDisconnect(t *testing.T) {
	h, reasons, joined := watched(t, Options{})
	p := h.dial()
	for range 3 {
		p.join("/other", "")
		receive(t, joined)
		p.send("1/other,")
		wantEqual(t, receive(t, reasons), ReasonClientDisconnect)
	}
	wantEqual(t, len(h.Of("/other").Sockets()), 0)
}

func TestManyConnectsAtOnceLeaveOneSocket(t *testing.T) {
	h, reasons, joined := watched(t, Options{})
	p := h.dial()
	for range 20 {
		p.send("0/other,")
		p.send("0/unknown,")
	}
	p.send("0")
	for receive(t, joined).Namespace().Name() != "/" {
	}
	c := h.Of("/").Sockets()[0].client
	waitFor(t, "all to be let in", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.admissions) == 0
	})
	wantEqual(t, len(h.Of("/other").Sockets()), 1)
	p.Close()
	for receive(t, reasons) != ReasonTransportClose {
	}
}

func TestDynamicNamespaceIsReleasedOncePerSocket(t *testing.T) {
	h := newHost(t, Options{})
	n := h.OfPattern(regexp.MustCompile(`^/dyn$`))
	var refuse atomic.Bool
	n.Use(func(context.Context, *Socket) error {
		if refuse.Load() {
			return errors.New("no")
		}
		return nil
	})
	p := h.dial()
	for range 5 {
		p.join("/dyn", "")
	}
	wantEqual(t, len(n.Sockets()), 1)
	refuse.Store(true)
	p.send("0/dyn,")
	p.want(`4/dyn,{"message":"no"}`)
	waitFor(t, "the namespace to go", func() bool {
		n.mu.Lock()
		defer n.mu.Unlock()
		return len(n.children) == 0
	})
}
