package chat

import (
	"context"
	"sync"
)

// send is what a retry has in common with its first try.
type send struct {
	author   UserID
	room     RoomID
	clientID string
}

// tries are the sends under way on this node. A send that is repeated while its
// first try is still being decided waits for that, so that the two never hear
// different answers about one message.
type tries struct {
	mu    sync.Mutex
	under map[send]chan struct{} // closed when the try is decided
}

// begin waits until no other try of the send is under way, and begins one. The
// try ends with a call of end. It fails with CodeUnavailable if ctx ends first.
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

// enter begins a try, or gives what to wait for.
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
