package socketio

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
)

func TestTurnstileStartsALimitedNumberInOrder(t *testing.T) {
	var started, canceled []int
	s := turnstile[int]{limit: 2}
	enter := func(n int) {
		s.enter(ticket[int]{n, func() { started = append(started, n) }, func() { canceled = append(canceled, n) }})
	}
	want := func(what string, got []int, pieces ...int) {
		t.Helper()
		if !slices.Equal(got, pieces) {
			t.Errorf("%s: got %v, want %v", what, got, pieces)
		}
	}
	for n := range 6 {
		enter(n)
	}
	want("started at first", started, 0, 1)
	s.cancel(0) // it has started
	s.cancel(3)
	s.cancel(3)
	want("canceled", canceled, 3)
	s.leave()
	want("started after one has left", started, 0, 1, 2)
	s.leave()
	want("started after two have left", started, 0, 1, 2, 4)
	s.leave()
	wantEqual(t, s.waiting(), 0)
	if s.places != nil {
		t.Error("the empty queue keeps its table")
	}
	for range 2 {
		s.leave()
	}
	wantEqual(t, s.running, 0)
	enter(6)
	want("started in all", started, 0, 1, 2, 4, 5, 6)
	want("canceled in all", canceled, 3)
}

func TestTurnstileWithoutALimitStartsEverything(t *testing.T) {
	started := 0
	var s turnstile[int]
	for n := range 100 {
		s.enter(ticket[int]{key: n, start: func() { started++ }})
	}
	wantEqual(t, started, 100)
}

// gate is middleware that blocks each socket until it is opened.
type gate struct {
	entered chan *Socket
	opened  chan struct{}
}

func newGate(n *Namespace) gate {
	g := gate{make(chan *Socket, 8), make(chan struct{})}
	n.Use(func(_ context.Context, s *Socket) error {
		g.entered <- s
		<-g.opened
		return nil
	})
	return g
}

func TestLimitedNumberOfSocketsConnectAtATimeAndInOrder(t *testing.T) {
	h := newHost(t, Options{MaxConnecting: 1})
	gate := newGate(h.Of("/"))
	clients := []*peer{h.dial(), h.dial(), h.dial()}
	for i, p := range clients {
		p.send("0" + []string{`{"n":1}`, `{"n":2}`, `{"n":3}`}[i])
		if i == 0 {
			wantEqual(t, receive(t, gate.entered).auth, `{"n":1}`)
		}
		waitFor(t, "the client to wait", func() bool { return h.connecting.waiting() == i })
	}
	close(gate.opened)
	for _, p := range clients {
		if got := p.read(); got[0] != '0' {
			t.Errorf("got %q, want it to join", got)
		}
	}
	wantEqual(t, receive(t, gate.entered).auth, `{"n":2}`)
	wantEqual(t, receive(t, gate.entered).auth, `{"n":3}`)
}

func TestClientThatDisconnectsWhileQueuedLeavesNothing(t *testing.T) {
	h := newHost(t, Options{MaxConnecting: 1})
	gate := newGate(h.Of("/"))
	parent := h.OfFunc(func(name string, _ json.RawMessage) bool { return name == "/made" })
	first := h.dial()
	first.send("0")
	receive(t, gate.entered)
	gone := h.dial()
	gone.send("0/made,")
	waitFor(t, "it to wait", func() bool { return h.connecting.waiting() == 1 })
	gone.Close()
	waitFor(t, "its queue entry to be removed", func() bool { return h.connecting.waiting() == 0 })
	waitFor(t, "its namespace to go", func() bool {
		parent.mu.Lock()
		defer parent.mu.Unlock()
		return len(parent.children) == 0
	})
	close(gate.opened)
	if got := first.read(); got[0] != '0' {
		t.Errorf("got %q, want the other one to join", got)
	}
	h.join("/made") // its turn comes
}

func TestClientThatConnectsAgainWhileQueuedMovesToTheEndOfTheQueue(t *testing.T) {
	h := newHost(t, Options{MaxConnecting: 1})
	gate := newGate(h.Of("/"))
	first, again, other := h.dial(), h.dial(), h.dial()
	first.send("0")
	receive(t, gate.entered)
	again.send(`0{"n":1}`)
	waitFor(t, "one to wait", func() bool { return h.connecting.waiting() == 1 })
	again.send("1")
	waitFor(t, "its queue entry to be removed", func() bool { return h.connecting.waiting() == 0 })
	again.send(`0{"n":2}`)
	waitFor(t, "it to wait anew", func() bool { return h.connecting.waiting() == 1 })
	other.send(`0{"other":true}`)
	waitFor(t, "two to wait", func() bool { return h.connecting.waiting() == 2 })
	again.send(`0{"n":3}`)
	again.Close() // processed after what it has sent
	waitFor(t, "it to go", func() bool { return h.connecting.waiting() == 1 })
	third := h.dial()
	third.send(`0{"n":1}`)
	waitFor(t, "two to wait", func() bool { return h.connecting.waiting() == 2 })
	third.send(`0{"n":2}`)
	waitFor(t, "the last to be the one that has asked again", func() bool {
		h.connecting.mu.Lock()
		defer h.connecting.mu.Unlock()
		last := h.connecting.queue.Back().Value.(ticket[*Socket]) //nolint:forcetypeassert // it holds nothing else
		return last.key.auth == `{"n":2}`
	})
	wantEqual(t, h.connecting.waiting(), 2)
	close(gate.opened)
	for _, p := range []*peer{first, other, third} {
		if got := p.read(); got[0] != '0' {
			t.Errorf("got %q, want it to join", got)
		}
	}
	wantEqual(t, receive(t, gate.entered).auth, `{"other":true}`)
	wantEqual(t, receive(t, gate.entered).auth, `{"n":2}`)
}

func TestShutdownDoesNotWaitForClientsInTheQueue(t *testing.T) {
	h := newHost(t, Options{MaxConnecting: 1})
	gate := newGate(h.Of("/"))
	first, second := h.dial(), h.dial()
	first.send("0")
	receive(t, gate.entered)
	second.send("0")
	waitFor(t, "one to wait", func() bool { return h.connecting.waiting() == 1 })
	ended := make(chan error, 1)
	go func() { ended <- h.Shutdown(t.Context()) }()
	for _, p := range []*peer{first, second} {
		p.wantClosed()
		p.Close()
	}
	waitFor(t, "the queue to be empty", func() bool { return h.connecting.waiting() == 0 })
	close(gate.opened)
	if err := receive(t, ended); err != nil {
		t.Errorf("got %v", err)
	}
	if len(gate.entered) > 0 {
		t.Error("the client in the queue was worked for")
	}
}

func TestConnectTimeoutSparesAQueuedClientOnce(t *testing.T) {
	h := newHost(t, Options{MaxConnecting: 1})
	gate := newGate(h.Of("/"))
	joins, waits := h.dial(), h.dial()
	joins.send("0")
	first := receive(t, gate.entered).client
	waits.send("0")
	waitFor(t, "one to wait", func() bool { return h.connecting.waiting() == 1 })
	h.connecting.mu.Lock()
	second := h.connecting.queue.Front().Value.(ticket[*Socket]).key.client //nolint:forcetypeassert // it holds nothing else
	h.connecting.mu.Unlock()

	first.connectTimedOut()
	second.connectTimedOut()
	second.connectTimedOut() // as if it had been refused and connected again
	waits.wantClosed()
	close(gate.opened)
	if got := joins.read(); got[0] != '0' {
		t.Errorf("got %q, want the other one to join", got)
	}
	joins.send("1") // from here on it has the whole time again
	waitFor(t, "a new deadline", func() bool {
		first.mu.Lock()
		defer first.mu.Unlock()
		return first.timer != nil && !first.spared
	})
}
