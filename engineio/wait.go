package engineio

import "context"

// Wait waits until at most so many bytes are queued for the client. Whoever
// answers a client with much at a time waits first, so that answers alone never
// fill the queue, however many the client asks for. It fails with ErrClosed when
// the session ends, and with the error of ctx.
func (s *Session) Wait(ctx context.Context, bytes int) error {
	for {
		s.mu.Lock()
		if s.state != stateOpen {
			s.mu.Unlock()
			return ErrClosed
		}
		if s.queue.bytes <= bytes {
			s.mu.Unlock()
			return nil
		}
		if s.eased == nil {
			s.eased = make(chan struct{})
		}
		eased := s.eased
		s.mu.Unlock()
		select {
		case <-eased:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ease wakes whoever waits for the queue to shrink. The lock is held.
func (s *Session) ease() {
	if s.eased != nil {
		close(s.eased)
		s.eased = nil
	}
}
