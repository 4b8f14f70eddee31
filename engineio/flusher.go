package engineio

import (
	"runtime"
	"sync"
)

const (
	// gatherLimit is how many bytes are gathered for one write before the last frame.
	gatherLimit = 64 << 10
	// keepLimit is the largest buffer that is kept for reuse, in bytes.
	keepLimit = 4 * gatherLimit
)

// flusher writes to WebSocket connections in rounds: sessions with something to send join the next
// round, and each is written to once per round, with everything queued by then. Messages gather while a
// round is written, so the busier the server, the more messages share a write; on a quiet server a
// round begins at once.
//
// Its goroutine lives only while there is something to write. It never waits for a connection: one that
// does not accept a whole write is left out until it has.
type flusher struct {
	mu      sync.Mutex
	next    []*Session
	running bool

	start func() // the method run, bound once
	round []*Session
	buf   []byte
}

func newFlusher() *flusher {
	f := &flusher{}
	f.start = f.run
	return f
}

// add puts a session into the next round. The caller ensures that a session is not added twice.
func (f *flusher) add(s *Session) {
	f.mu.Lock()
	f.next = append(f.next, s)
	start := !f.running
	f.running = true
	f.mu.Unlock()
	if start {
		go f.start()
	}
}

func (f *flusher) run() {
	for {
		// Let goroutines that are about to send join the round.
		runtime.Gosched()
		f.mu.Lock()
		if len(f.next) == 0 {
			f.running = false
			f.mu.Unlock()
			return
		}
		f.round, f.next = f.next, f.round[:0]
		f.mu.Unlock()
		for i, s := range f.round {
			f.round[i] = nil
			s.flush(f)
		}
	}
}

// flush writes what a session has queued.
func (s *Session) flush(f *flusher) {
	s.mu.Lock()
	s.dirty = false
	conn := s.conn
	if conn == nil {
		s.mu.Unlock()
		return
	}
	for s.queue.packets > 0 && !s.writing && s.corks == 0 {
		f.buf = s.queue.gather(f.buf[:0], gatherLimit, conn.form)
		s.ease()
		s.mu.Unlock()
		taken, err := conn.wire.write(f.buf)
		if cap(f.buf) > keepLimit {
			f.buf = nil
		}
		if err != nil {
			conn.wire.abort()
			return
		}
		s.mu.Lock()
		if !taken {
			s.writing = conn.wire.behind() // the connection may have caught up already
		}
	}
	done := s.state != stateOpen && s.queue.packets == 0 && !s.writing
	s.mu.Unlock()
	if done {
		conn.wire.finish()
	}
}
