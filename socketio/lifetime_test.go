package socketio

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
)

func TestContextIsCreatedOnDemand(t *testing.T) {
	s := &Socket{state: stateConnected}
	ctx := s.Context()
	wantEqual(t, ctx.Err(), nil)
	if _, ok := ctx.Deadline(); ok || s.ctx != nil {
		t.Error("a context is there that nobody waits for")
	}
	if s.Context() != ctx {
		t.Error("a socket has two contexts")
	}

	before := runtime.NumGoroutine()
	var derived []context.Context
	for range 100 {
		child, cancel := context.WithCancel(ctx)
		defer cancel()
		derived = append(derived, child)
	}
	if got := runtime.NumGoroutine() - before; got > 10 {
		t.Errorf("%d goroutines watch the context", got)
	}
	h := newHost(t, Options{ConnectTimeout: time.Hour}) // after which the session, which is missing here, would be closed
	s.client, s.ns = &client{server: h.Server}, h.Of("/")
	s.close(ReasonTransportClose)
	for _, child := range append(derived, ctx) {
		<-child.Done()
		if !errors.Is(child.Err(), context.Canceled) {
			t.Fatalf("got %v, want %v", child.Err(), context.Canceled)
		}
	}
}

func TestContextOfASocketThatHasEndedHasEnded(t *testing.T) {
	s := &Socket{state: stateClosed}
	wantEqual(t, s.Context().Err(), context.Canceled)
	<-s.Context().Done()
}
