package chat

import (
	"context"
	"sync"
)

// send identifies a message: its retries have the same value.
type send struct {
	author   UserID
	room     RoomID
	clientID string
}

// tries are the attempts in flight on this node to do something once, by what they do.
// A retry of a send waits until the first attempt has been decided, so that the two
// never get different answers for one message.
type tries[K comparable] struct {
	mu    sync.Mutex
	under map[K]chan struct{} // closed when the attempt is decided
}

// begin waits until no other attempt of the same is in flight, and begins one. The
// caller calls end to finish it. It fails with CodeUnavailable if ctx ends first.
func (t *tries[K]) begin(ctx context.Context, s K) (end func(), err error) {
	for {
		other, end := t.enter(s)
		if other == nil {
			return end, nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, &Error{Code: CodeUnavailable, Message: "The server is too busy. Please try again.", Err: ctx.Err()}
		}
	}
}

// enter begins an attempt, or returns the channel to wait on.
func (t *tries[K]) enter(s K) (other <-chan struct{}, end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if other := t.under[s]; other != nil {
		return other, nil
	}
	if t.under == nil {
		t.under = make(map[K]chan struct{})
	}
	decided := make(chan struct{})
	t.under[s] = decided
	return nil, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.under, s)
		close(decided)
	}
}
