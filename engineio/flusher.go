package engineio

import (
	"runtime"
	"sync"
)

const (
	// gatherLimit is how much is gathered for one write, in bytes, before
	// the last frame.
	gatherLimit = 64 << 10
	// keepLimit is the largest buffer that is kept for later, in bytes.
	keepLimit = 4 * gatherLimit
)

// flusher writes to WebSocket connections in rounds: sessions that have
// something to send are added to the next round, and each is written to once
// per round, with all that it has by then. While one round is written
// messages gather for the next, so the busier the server, the more of them
// share a write; on a quiet server a round begins at once.
//
// Its goroutine lives only while there is something to write. It never waits
// for a connection: one that does not take all of a write is left out until
// it has.
type flusher struct {
	mu      sync.Mutex
	next    []*Session
	running bool

	start func() // run, bound once
	round []*Session
	buf   []byte
}

func newFlusher() *flusher {
	f := &flusher{}
	f.start = f.run
	return f
}

// add puts a session into the next round. The caller sees to it that a
// session is not added twice.
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
		// Whoever is about to send something joins the round.
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

// flush writes what a session has gathered.
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
			s.writing = conn.wire.behind() // it may have caught up already
		}
	}
	done := s.state != stateOpen && s.queue.packets == 0 && !s.writing
	s.mu.Unlock()
	if done {
		conn.wire.finish()
	}
}
