package auth

import (
	"context"
	"slices"
	"sync"
	"time"

	"partychat/internal/chat"
)

// busyRetry is when a caller that found the queue full should retry. By then most of the waiting
// callers have been served.
const busyRetry = 3 * time.Second

// queue admits a few callers at a time and lets a limited number wait. Callers
// whose context comes from preferred wait in a separate line of the same length,
// which is served first. It is safe for concurrent use.
type queue struct {
	length int // of each line

	mu           sync.Mutex
	free         int
	first, other line
}

// line holds the waiting callers, the longest waiting first. Closing a caller's
// channel gives that caller its turn.
type line []chan struct{}

func newQueue(atOnce, length int) *queue { return &queue{free: atOnce, length: length} }

type preferredKey struct{}

// preferred marks a context: its password is checked before others.
func preferred(ctx context.Context) context.Context {
	return context.WithValue(ctx, preferredKey{}, true)
}

// enter waits for a turn. Call leave after it. It fails with CodeUnavailable,
// at once, if too many wait already, and with the error of ctx when that ends.
func (q *queue) enter(ctx context.Context) error {
	waiting := &q.other
	if first, _ := ctx.Value(preferredKey{}).(bool); first {
		waiting = &q.first
	}
	q.mu.Lock()
	if q.free > 0 {
		q.free--
		q.mu.Unlock()
		return nil
	}
	if len(*waiting) >= q.length {
		q.mu.Unlock()
		return &chat.Error{
			Code: chat.CodeUnavailable, Message: "Many people are logging in right now. Please try again in a moment.", RetryAfter: busyRetry,
		}
	}
	turn := make(chan struct{})
	*waiting = append(*waiting, turn)
	q.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		q.giveUp(waiting, turn)
		return ctx.Err()
	}
}

// giveUp takes a caller out of its line. If its turn has come meanwhile, the
// next one gets it.
func (q *queue) giveUp(waiting *line, turn chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(*waiting, turn); i >= 0 {
		*waiting = slices.Delete(*waiting, i, i+1)
		return
	}
	q.next()
}

// leave ends a turn.
func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.next()
}

// next gives a turn away. The caller holds q.mu.
func (q *queue) next() {
	waiting := &q.first
	if len(*waiting) == 0 {
		waiting = &q.other
	}
	if len(*waiting) == 0 {
		q.free++
		return
	}
	close((*waiting)[0])
	*waiting = slices.Delete(*waiting, 0, 1)
}
