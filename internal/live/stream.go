package live

import (
	"sync"

	"partychat/internal/chat"
)

// stream is a room or a user that somebody on this node listens to.
//
// Locks are taken in the order delivering, mu. Handlers are called with
// delivering held and mu free.
type stream struct {
	streams *Streams
	topic   chat.Topic
	holds   int           // guarded by Streams.mu
	ended   chan struct{} // closed with the last hold

	delivering sync.Mutex // one goroutine at a time passes events to the handlers

	mu      sync.Mutex
	order   sequence
	ready   []chat.Revised // events in their order, to be delivered
	filling bool           // a goroutine watches a hole
}

// begin tells that the stream has reached rev in the store, and gives the rev after
// which everything is delivered. It does not call the handlers itself, so locks may
// be held that they take.
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

// offer takes an event that has arrived, and delivers what its turn has come for.
func (s *stream) offer(e chat.Revised) {
	s.mu.Lock()
	s.ready = append(s.ready, s.order.offer(e)...)
	s.watchHoleLocked()
	s.mu.Unlock()
	s.deliver()
}

// expect compares the stream with a head that the store has shown: a lost last
// event leaves no hole by itself.
func (s *stream) expect(rev int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order.expect(rev)
	s.watchHoleLocked()
}

// deliver passes on what is ready, in its order, whoever has made it so.
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

// state reports whether something is missing, and after which rev. If nothing is,
// the goroutine that asks must end; a later hole gets another.
func (s *stream) state() (behind bool, at, known int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filling = s.order.behind()
	return s.filling, s.order.at, s.order.known
}
