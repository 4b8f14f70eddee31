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
// for a connection: one that does not take all of a write gets a goroutine of
// its own until it has.
type flusher struct {
	mu      sync.Mutex
	next    []*Session
	running bool

	start   func() // run, bound once
	round   []*Session
	buf     []byte
	attempt *attempt
}

func newFlusher() *flusher {
	f := &flusher{attempt: newAttempt()}
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
	if conn == nil || s.writing {
		s.mu.Unlock()
		return
	}
	for s.queue.packets > 0 {
		if conn.raw == nil {
			s.writing = true
			go s.writeWaiting(conn, nil)
			break
		}
		f.buf = s.queue.gather(f.buf[:0], gatherLimit)
		// Nobody else writes meanwhile: only this flusher does, and the
		// goroutine that it starts.
		s.mu.Unlock()
		n, err := f.attempt.write(conn.raw, f.buf)
		if err == nil && n < len(f.buf) {
			rest := append([]byte(nil), f.buf[n:]...)
			s.mu.Lock()
			s.writing = true
			go s.writeWaiting(conn, rest)
			break
		}
		if cap(f.buf) > keepLimit {
			f.buf = nil
		}
		if err != nil {
			conn.abort()
			return
		}
		s.mu.Lock()
	}
	done := s.state != stateOpen && s.queue.packets == 0 && !s.writing
	s.mu.Unlock()
	if done {
		conn.finish()
	}
}

// writeWaiting writes to a connection that takes its time, until the session
// has nothing more to send.
func (s *Session) writeWaiting(conn *wsConn, rest []byte) {
	for {
		if len(rest) > 0 {
			if _, err := conn.conn.Write(rest); err != nil {
				conn.abort()
				return
			}
		}
		s.mu.Lock()
		if s.queue.packets == 0 {
			s.writing = false
			done := s.state != stateOpen
			s.mu.Unlock()
			if done {
				conn.finish()
			}
			return
		}
		rest = s.queue.gather(rest[:0], gatherLimit)
		s.mu.Unlock()
	}
}
