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

// tries are the sends in flight on this node. A retry waits until the first attempt
// has been decided, so that the two never get different answers for one message.
type tries struct {
	mu    sync.Mutex
	under map[send]chan struct{} // closed when the attempt is decided
}

// begin waits until no other attempt of the send is in flight, and begins one. The
// caller calls end to finish it. It fails with CodeUnavailable if ctx ends first.
func (t *tries) begin(ctx context.Context, s send) (end func(), err error) {
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
func (t *tries) enter(s send) (other <-chan struct{}, end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if other := t.under[s]; other != nil {
		return other, nil
	}
	if t.under == nil {
		t.under = make(map[send]chan struct{})
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
