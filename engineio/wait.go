package engineio

import "context"

// Wait waits until at most this many bytes are queued for the client. Call it before sending a large
// answer, so that answers alone never fill the queue, however many the client requests. It returns
// ErrClosed if the session ends, or the error of ctx.
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

// ease wakes the callers of Wait. The lock is held.
func (s *Session) ease() {
	if s.eased != nil {
		close(s.eased)
		s.eased = nil
	}
}
