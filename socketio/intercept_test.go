package socketio

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

func TestEventMiddlewareDropsEvents(t *testing.T) {
	h := newHost(t, Options{})
	n := h.Of("/")
	var mu sync.Mutex
	var trace []string
	note := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		trace = append(trace, text)
	}
	n.OnAny(func(_ context.Context, _ *Socket, e *Event) { note("any " + e.Name) })
	n.UseEvent(func(_ context.Context, _ *Socket, e *Event) error {
		note("first")
		switch e.Name {
		case "panic":
			panic("for the test")
		case "forbidden":
			return errors.New("not allowed")
		}
		return nil
	})
	n.UseEvent(func(context.Context, *Socket, *Event) error { note("second"); return nil })
	OnAck0(n, "allowed", func(context.Context, *Socket) string { return "yes" })
	OnAck0(n, "forbidden", func(context.Context, *Socket) string { return "never" })
	OnAck0(n, "panic", func(context.Context, *Socket) string { return "never" })

	p, _ := h.join("/")
	p.send(`20["forbidden"]`) // no answer: nobody is told of it yet
	p.send(`21["allowed"]`)
	p.want(`31["yes"]`)
	n.OnEventError(func(_ *Socket, e *Event, err error) {
		note("refused")
		if e := e.Ack(err.Error()); e != nil {
			t.Error(e)
		}
	})
	p.send(`22["forbidden"]`)
	p.send(`23["panic"]`)
	p.want(`32["not allowed"]`, `33["internal error"]`)

	mu.Lock()
	defer mu.Unlock()
	want := []string{
		"any forbidden", "first", "any allowed", "first", "second",
		"any forbidden", "first", "refused", "any panic", "first", "refused",
	}
	if !slices.Equal(trace, want) {
		t.Errorf("got %v, want %v", trace, want)
	}
}

func TestOutgoingListenersGetEachEventForEachSocket(t *testing.T) {
	hosts, peers, ids := pair(t)
	type told struct{ socket, event, arg string }
	var mu sync.Mutex
	var heard []told
	listen := func(s *Socket, event string, args Args) {
		var arg string
		if err := args.Decode(0, &arg); err != nil {
			t.Error(err)
		}
		if event == "first" { // emitting is allowed here
			_ = s.Emit("second", "2")
		}
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, told{s.ID(), event, arg})
	}
	for _, h := range hosts {
		h.Of("/").OnAnyOutgoing(listen)
	}
	n := hosts[0].Of("/")
	s := n.To(ids[0]).Sockets()[0]
	emit(t, n, "all", "a")
	emit(t, s, "first", "1")
	emit(t, s.Volatile(), "volatile", "v")
	answered := make(chan error, 1)
	go func() {
		_, err := s.EmitAck(context.Background(), "ack", "q")
		answered <- err
	}()
	peers[0].want(`2["all","a"]`, `2["second","2"]`, `2["first","1"]`, `2["volatile","v"]`, `20["ack","q"]`)
	peers[0].send(`30[]`)
	wantEqual(t, receive(t, answered), nil)
	peers[1].want(`2["all","a"]`)

	mu.Lock()
	defer mu.Unlock()
	want := []told{
		{ids[0], "all", "a"},
		{ids[1], "all", "a"},
		{ids[0], "second", "2"},
		{ids[0], "first", "1"},
		{ids[0], "volatile", "v"},
		{ids[0], "ack", "q"},
	}
	if !slices.Equal(heard, want) {
		t.Errorf("got %v, want %v", heard, want)
	}
}

func TestOutgoingListenersWorkWithRecovery(t *testing.T) {
	h, c := recoverable(t, Recovery{})
	heard := make(chan int, 2)
	h.Of("/").OnAnyOutgoing(func(s *Socket, event string, args Args) {
		if event == "first" {
			_ = s.Emit("second", 2)
		}
		heard <- len(args)
	})
	emit(t, h.Of("/"), "first")
	wantEqual(t, receive(t, heard), 1)
	wantEqual(t, receive(t, heard), 0)
	c.read()
	wantEqual(t, c.hear(), "first")
}

func TestApplicationCanCreateSocketIDs(t *testing.T) {
	h := newHost(t, Options{NewID: func(n *Namespace, h Handshake) string {
		var auth struct{ ID string }
		_ = h.DecodeAuth(&auth) // no auth, no id
		if auth.ID == "" {
			return ""
		}
		return n.Name() + auth.ID
	}})
	p := h.dial()
	wantEqual(t, p.join("/", `{"id":"7"}`), "/7")
	wantEqual(t, len(h.dial().join("/", "")), len(newID()))
	emit(t, h.Of("/").To("/7"), "to me")
	p.want(`2["to me"]`)
}
