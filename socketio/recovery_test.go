package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// returning is a client that comes back, like an official one.
type returning struct {
	*peer
	t           *testing.T
	id, pid     string
	offset      string
	nsp, prefix string
}

func (r *returning) join(h *host) {
	r.t.Helper()
	r.peer = h.dial()
	auth := ""
	if r.pid != "" {
		auth = fmt.Sprintf(`{"pid":%q,"offset":%q}`, r.pid, r.offset)
	}
	if r.nsp != "" {
		r.prefix = r.nsp + ","
	}
	r.send("0" + r.prefix + auth)
	var body open
	got := r.read()
	if err := json.Unmarshal([]byte(strings.TrimPrefix(got, "0"+r.prefix)), &body); err != nil {
		r.t.Fatalf("joining: got %q", got)
	}
	r.id, r.pid = body.ID, body.PID
}

// hear returns the next event and its first argument, and records its offset.
func (r *returning) hear() string {
	r.t.Helper()
	packet := r.read()
	var event []string
	if err := json.Unmarshal([]byte(strings.TrimPrefix(packet, "2"+r.prefix)), &event); err != nil {
		r.t.Fatalf("got %q, want an event", packet)
	}
	r.offset = event[len(event)-1]
	return strings.Join(event[:len(event)-1], " ")
}

// recoverable starts a server whose new sockets join "room", and a client that has received one event.
func recoverable(t *testing.T, opts Recovery) (*host, *returning) {
	t.Helper()
	setDefault(&opts.MaxDuration, time.Minute)
	h := newHost(t, Options{Recovery: opts})
	h.OnConnect(func(s *Socket) {
		if !s.Recovered() {
			s.SetData("data of " + s.ID())
			s.Join("room")
		}
	})
	c := &returning{t: t}
	c.join(h)
	h.waitFor(c.id, true)
	emit(t, h.Of("/"), "first")
	wantEqual(t, c.hear(), "first")
	return h, c
}

// waitFor waits until a socket is in its room, or its session is kept.
func (h *host) waitFor(id string, here bool) {
	h.t.Helper()
	t, _ := h.t.(*testing.T)
	waitFor(t, "the socket to come or go", func() bool {
		if here {
			return len(h.Of("/").To("room").Except().Sockets()) > 0
		}
		r := h.recovery
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, k := range r.known {
			if k.id == id {
				return true
			}
		}
		return false
	})
}

func (h *host) leave(c *returning) {
	h.t.Helper()
	c.Close()
	h.waitFor(c.id, false)
}

type emitter interface{ Emit(string, ...any) error }

func emit(t *testing.T, e emitter, event string, args ...any) {
	t.Helper()
	if err := e.Emit(event, args...); err != nil {
		t.Fatal(err)
	}
}

func TestClientComesBackAndReceivesMissedEvents(t *testing.T) {
	h, c := recoverable(t, Recovery{})
	n := h.Of("/")
	id, pid := c.id, c.pid
	joined := make(chan string, 4)
	n.OnRoom(func(s *Socket, room string, in bool) {
		if in && s.Recovered() {
			joined <- room
		}
	})
	for range 2 { // it can come back more than once
		h.leave(c)
		emit(t, n, "to all")
		emit(t, n.To("room"), "to its room", "with an argument")
		emit(t, n.To(id), "to itself")
		emit(t, n.To("other"), "to another room")
		emit(t, n.Except("room"), "to the others")
		emit(t, n.Volatile(), "volatile")
		c.join(h)
		wantEqual(t, c.id, id)
		wantEqual(t, c.pid, pid)
		wantEqual(t, receive(t, joined), id)
		wantEqual(t, receive(t, joined), "room")
		wantEqual(t, c.hear(), "to all")
		wantEqual(t, c.hear(), "to its room with an argument")
		wantEqual(t, c.hear(), "to itself")
		s := n.To("room").Sockets()[0]
		wantEqual(t, s.ID(), id)
		wantEqual(t, s.Recovered(), true)
		wantEqual(t, s.Data().(string), "data of "+id)
		emit(t, s, "from now on")
		wantEqual(t, c.hear(), "from now on")
	}
}

func TestMissedBinaryEventComesWithItsAttachments(t *testing.T) {
	h, c := recoverable(t, Recovery{})
	h.leave(c)
	emit(t, h.Of("/"), "e", []byte("binary"))
	c.join(h)
	got := c.read()
	if !strings.HasPrefix(got, `51-["e",{"_placeholder":true,"num":0},"`) {
		t.Errorf("got %q", got)
	}
	c.want("b:binary")
}

func TestClientThatCannotComeBackGetsANewSocket(t *testing.T) {
	tests := []struct {
		name string
		opts Recovery
		away func(h *host, c *returning)
	}{
		{"away for too long", Recovery{}, func(h *host, _ *returning) {
			h.recovery.mu.Lock()
			defer h.recovery.mu.Unlock()
			at := time.Now().Add(time.Minute)
			h.recovery.now = func() time.Time { return at }
		}},
		{"a private id of nobody", Recovery{}, func(_ *host, c *returning) { c.pid = "other" }},
		{"no offset", Recovery{}, func(_ *host, c *returning) { c.offset = "" }},
		{"an offset that is not one", Recovery{}, func(_ *host, c *returning) { c.offset = "x" }},
		{"an offset of another server", Recovery{}, func(_ *host, c *returning) { c.offset = "x.1" }},
		{"an offset of the future", Recovery{}, func(_ *host, c *returning) { c.offset += "0" }},
		{"too much for one client", Recovery{MaxBytesPerSocket: 2000}, func(h *host, _ *returning) {
			for range 3 {
				emit(h.t.(*testing.T), h.Of("/"), "e", strings.Repeat("x", 1000))
			}
		}},
		{"too much for the server", Recovery{MaxBytes: 5000}, func(h *host, _ *returning) {
			for range 6 {
				emit(h.t.(*testing.T), h.Of("/").To("others"), "e", strings.Repeat("x", 1000))
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, c := recoverable(t, tt.opts)
			h.t = t
			id, pid := c.id, c.pid
			h.leave(c)
			tt.away(h, c)
			c.join(h)
			if c.id == id || c.pid == pid || c.pid == "" {
				t.Errorf("got ids %q and %q again", c.id, c.pid)
			}
			emit(t, h.Of("/"), "last")
			wantEqual(t, c.hear(), "last")
		})
	}
}

func TestClientThatLeftOnPurposeDoesNotComeBack(t *testing.T) {
	h, c := recoverable(t, Recovery{})
	id := c.id
	gone := make(chan struct{}, 2)
	h.Of("/").OnDisconnect(func(*Socket, DisconnectReason) { gone <- struct{}{} })
	c.send("1")
	receive(t, gone)
	c.Close()
	c.join(h)
	wantEqual(t, c.id == id, false)

	id = c.id
	h.waitFor(id, true)
	h.Of("/").Disconnect(false)
	receive(t, gone)
	c.Close()
	c.join(h)
	wantEqual(t, c.id == id, false)
}

func TestMiddlewareCanBeSkippedForReturningClients(t *testing.T) {
	for _, skip := range []bool{true, false} {
		h, c := recoverable(t, Recovery{SkipMiddlewares: skip})
		h.leave(c)
		h.Use(func(_ context.Context, s *Socket) error {
			wantEqual(t, s.Recovered(), true)
			wantEqual(t, s.ID(), c.id)
			return errors.New("no more")
		})
		c.peer = h.dial()
		c.send(fmt.Sprintf(`0{"pid":%q,"offset":%q}`, c.pid, c.offset))
		want := `4{"message":"no more"}`
		if skip {
			want = fmt.Sprintf(`0{"sid":%q,"pid":%q}`, c.id, c.pid)
		}
		c.want(want)
	}
}

func TestNothingIsKeptLongerThanItCanBeUsed(t *testing.T) {
	h := newHost(t, Options{Recovery: Recovery{MaxDuration: enough}}) // longer than leaving takes
	h.OfPattern(regexp.MustCompile("^/team-")).OnConnect(func(s *Socket) { _ = s.Emit("hello") })
	c := &returning{t: t, nsp: "/team-1"}
	c.join(h)
	wantEqual(t, c.hear(), "hello")
	h.leave(c)
	waitFor(t, "packets, session and namespace to go", func() bool {
		r := h.recovery
		r.mu.Lock()
		defer r.mu.Unlock()
		h.parents[0].mu.Lock()
		defer h.parents[0].mu.Unlock()
		return r.bytes == 0 && len(r.known) == 0 && len(r.packets) == 0 && len(h.parents[0].children) == 0
	})
}

func TestReturningClientReceivesEachEventOnceDuringBroadcasts(t *testing.T) {
	const events = 2000
	h, c := recoverable(t, Recovery{})
	var sent atomic.Int64
	var sender sync.WaitGroup
	sender.Go(func() {
		for i := range events {
			if err := h.Of("/").To("room").Emit(fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
			sent.Add(1)
		}
	})
	for next := 0; next < events; {
		for range 100 {
			if next < events {
				wantEqual(t, c.hear(), fmt.Sprint(next))
				next++
			}
		}
		h.leave(c)
		id := c.id
		c.join(h)
		wantEqual(t, c.id, id)
	}
	sender.Wait()
}

func TestStampsAndOffsetsRoundTrip(t *testing.T) {
	for text, want := range map[string]bool{"": false, ".": false, "a.": false, ".1": false, "a.0": false, "a.1": true, "a.zz": true, "a.1.2": false} {
		st := parseStamp(text)
		wantEqual(t, st != nil, want)
		if st != nil {
			wantEqual(t, st.String(), text)
		}
	}
}

func FuzzOffset(f *testing.F) {
	l := newPacketLog(newRecovery(Recovery{MaxDuration: time.Minute}))
	for seq := range uint64(50) {
		l.advance(stamp{"a", seq + 1})
		l.advance(stamp{"b", seq + 1})
	}
	for _, seed := range []string{l.offset(), "a.1,b.1", "a.1", "", ",", "a.1,", "x.1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, offset string) {
		seen, ok := l.parseOffset(offset)
		for origin, seq := range seen {
			if ok && (origin != "a" && origin != "b" || seq == 0 || seq > 50) {
				t.Errorf("%q gives %s.%d", offset, origin, seq)
			}
		}
	})
}

func TestNamespaceCanOptOutOfRecovery(t *testing.T) {
	h := newHost(t, Options{Recovery: Recovery{MaxDuration: time.Minute}})
	n := h.Of("/plain")
	WithoutRecovery(n)
	p := h.dial()
	p.send("0/plain,")
	if got := p.read(); strings.Contains(got, "pid") {
		t.Errorf("got %s, want no private id", got)
	}
	emit(t, n, "hello")
	wantEqual(t, p.read(), `2/plain,["hello"]`)
	id := n.Sockets()[0].ID()
	_ = p.Close()
	waitFor(t, "the socket to go", func() bool { return len(n.Sockets()) == 0 })
	h.recovery.mu.Lock()
	defer h.recovery.mu.Unlock()
	if len(h.recovery.packets)+len(h.recovery.known) != 0 {
		t.Errorf("packets or the session of %s are kept", id)
	}
}
