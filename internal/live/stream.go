package live

import (
	"sync"

	"partychat/internal/chat"
)

// stream is a room or a user that a handler on this node follows.
//
// Locks are taken in the order delivering, mu. Handlers are called with
// delivering held and mu free.
type stream struct {
	streams *Streams
	topic   chat.Topic
	users   int           // number of calls of acquire; guarded by Streams.mu
	ended   chan struct{} // closed when users is 0

	delivering sync.Mutex // one goroutine at a time passes events to the handlers

	mu      sync.Mutex
	order   sequence
	ready   []chat.Revised // to be delivered, in order
	filling bool           // a goroutine runs fillHoles
}

// begin is sequence.begin. It calls no handlers itself, so the caller may hold locks
// that handlers take.
func (s *stream) begin(rev int64) (after int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	after, events := s.order.begin(rev)
	s.ready = append(s.ready, events...)
	s.watchHoleLocked()
	if len(events) > 0 && s.streams.ctx.Err() == nil {
		s.streams.work.Go(s.deliver)
	}
	return after
}

// reached returns the rev up to which everything has been delivered; false before
// begin.
func (s *stream) reached() (rev int64, begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.order.at, s.order.begun
}

// offer adds an event that has arrived, and delivers all events that come next.
func (s *stream) offer(e chat.Revised) {
	s.mu.Lock()
	s.ready = append(s.ready, s.order.offer(e)...)
	s.watchHoleLocked()
	s.mu.Unlock()
	s.deliver()
}

// expect notes that the stream has reached rev in the store. This detects a lost last
// event, which leaves no hole.
func (s *stream) expect(rev int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order.expect(rev)
	s.watchHoleLocked()
}

// deliver passes all events in ready to the handlers, in order.
func (s *stream) deliver() {
	s.delivering.Lock()
	defer s.delivering.Unlock()
	for {
		s.mu.Lock()
		events := s.ready
		s.ready = nil
		s.mu.Unlock()
		if len(events) == 0 {
			return
		}
		for _, e := range events {
			s.streams.handle(e)
		}
	}
}

// state reports whether events are missing, and after which rev. If none are, the
// goroutine of fillHoles, which calls it, must end; a later hole starts another.
func (s *stream) state() (behind bool, at, known int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filling = s.order.behind()
	return s.filling, s.order.at, s.order.known
}
