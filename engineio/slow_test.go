package engineio

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestSlowConsumerIsClosedWithItsReason(t *testing.T) {
	big := NewText([]byte(strings.Repeat("x", 100_000)))
	flood := func(t *testing.T, r *recorder, m *Message) {
		t.Helper()
		for range 100_000 {
			if r.session.Send(m) != nil {
				wantReason(t, r, ReasonSlowConsumer)
				return
			}
		}
		t.Error("the queue has no bound")
	}
	t.Run("websocket, by bytes", func(t *testing.T) {
		h := newHost(t, Options{})
		_, r := h.openSocket()
		flood(t, r, big)
	})
	t.Run("polling, by bytes", func(t *testing.T) {
		h := newHost(t, Options{})
		_, r := h.open()
		flood(t, r, big)
	})
	t.Run("polling, by packets", func(t *testing.T) {
		h := newHost(t, Options{MaxQueuePackets: 1000})
		_, r := h.open()
		flood(t, r, NewText(nil))
	})
}

func TestStalledClientCostsTheOthersNothing(t *testing.T) {
	const others, rounds = 30, 200
	h := newHost(t, Options{MaxQueueBytes: 1 << 20})
	_, stalled := h.openSocket() // never reads
	var sessions []*Session
	done := make(chan error, others)
	for range others {
		c, r := h.openSocket()
		sessions = append(sessions, r.session)
		go func() {
			for i := range rounds {
				f, err := c.tryNext()
				if want := fmt.Sprintf("4%05d", i); err != nil || string(f.Payload[:6]) != want {
					done <- fmt.Errorf("message %d: got %.6q, %w", i, f.Payload, err)
					return
				}
			}
			done <- nil
		}()
	}
	for i := range rounds {
		m := NewText([]byte(fmt.Sprintf("%05d", i) + strings.Repeat("x", 20_000)))
		_ = stalled.session.Send(m) // the session is closed along the way
		for _, s := range sessions {
			for errors.Is(s.Send(m), ErrClosed) {
				t.Fatal("one that reads was closed")
			}
		}
		h.waitFor("the readers to keep up", func() bool {
			for _, s := range sessions {
				s.mu.Lock()
				behind := s.queue.bytes > 1<<19
				s.mu.Unlock()
				if behind {
					return false
				}
			}
			return true
		})
	}
	for range others {
		if err := receive(t, done); err != nil {
			t.Error(err)
		}
	}
}

// countedWire counts its session's writes.
type countedWire struct {
	wire
	writes atomic.Int64
}

func (w *countedWire) write(data []byte) (bool, error) {
	w.writes.Add(1)
	return w.wire.write(data)
}

func TestStalledClientAddsNoWorkForAThousandOthers(t *testing.T) {
	const others, rounds = 1000, 10
	server := NewServer(Options{MaxQueueBytes: 1 << 30}, nil)
	sessions, stop := connected(t, server, others)
	defer stop()
	stalled, release := unread(t, server)
	defer release()
	count := func(s *Session) *countedWire {
		w := &countedWire{wire: s.conn.wire}
		s.conn.wire = w
		return w
	}
	var wires []*countedWire
	for _, s := range sessions {
		wires = append(wires, count(s))
	}
	toStalled := count(stalled)

	// More than the kernel buffers.
	if err := stalled.Send(NewText(make([]byte, 32<<20))); err != nil {
		t.Fatal(err)
	}
	behind := func() bool {
		stalled.mu.Lock()
		defer stalled.mu.Unlock()
		return stalled.queue.packets == 0 && stalled.writing
	}
	for end := time.Now().Add(patience); !behind(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("the client takes everything")
		}
	}
	before := toStalled.writes.Load()
	message := NewText(make([]byte, 1000))
	for range rounds {
		for _, s := range append([]*Session{stalled}, sessions...) {
			if err := s.Send(message); err != nil {
				t.Fatal(err)
			}
		}
		drained(sessions)
	}
	if got := toStalled.writes.Load() - before; got != 0 {
		t.Errorf("%d writes to the one that does not read, want none", got)
	}
	for i, w := range wires {
		if got := w.writes.Load(); got != rounds {
			t.Fatalf("client %d: %d writes for %d messages", i, got, rounds)
		}
	}
}

func TestVolatileMessagesAreDroppedForAClientThatIsNotReady(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	if r.session.SendVolatile(NewText([]byte("lost"))) {
		t.Error("was queued without a poll")
	}
	answer := h.pollLater(sid)
	if !r.session.SendVolatile(NewText([]byte("seen"))) {
		t.Error("was dropped with a poll pending")
	}
	wantText(t, receive(t, answer).body, "4seen")

	_, stalled := h.openSocket()
	big := NewText([]byte(strings.Repeat("x", 100_000)))
	h.waitFor("volatile messages to be dropped", func() bool { return !stalled.session.SendVolatile(big) })
}

// behindWire is a wire that is always behind.
type behindWire struct{ wire }

func (behindWire) behind() bool { return true }

func TestLateCaughtUpCallStartsNoSecondWrite(t *testing.T) {
	s, _ := bare(Options{})
	defer s.server.deadlines.stop() // they would cut a fake connection
	c := &wsConn{wire: behindWire{}, session: s, server: s.server}
	s.conn, s.writing = c, true
	c.caughtUp()
	if !s.writing || s.dirty {
		t.Errorf("writing: %t, to be written again: %t; want it to wait for the write under way", s.writing, s.dirty)
	}
}
