package engineio

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

func TestWaitLastsUntilTheClientHasReadTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Session{}
		take := func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.queue.pop()
			s.ease()
		}
		for range 3 {
			s.queue.push(newTextPacket(typeMessage, []byte(strings.Repeat("x", 1000))))
		}
		done := make(chan error, 1)
		wait := func(ctx context.Context) {
			go func() { done <- s.Wait(ctx, 1500) }()
			synctest.Wait()
		}
		wait(t.Context())
		take()
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("with 2,000 bytes queued: got %v, want it to wait", err)
		default:
		}
		take()
		if err := <-done; err != nil {
			t.Errorf("with 1,000 bytes queued: got %v, want none", err)
		}
		if err := s.Wait(t.Context(), 1500); err != nil {
			t.Errorf("again: got %v, want none, at once", err)
		}

		s.queue.push(newTextPacket(typeMessage, []byte(strings.Repeat("x", 1000))))
		ctx, cancel := context.WithCancel(t.Context())
		wait(ctx)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("when its context ends: got %v, want %v", err, context.Canceled)
		}
		wait(t.Context())
		s.mu.Lock()
		s.state = stateClosing
		s.ease()
		s.mu.Unlock()
		if err := <-done; !errors.Is(err, ErrClosed) {
			t.Errorf("when the session ends: got %v, want %v", err, ErrClosed)
		}
	})
}
