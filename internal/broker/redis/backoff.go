package redis

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	backoffMin = 50 * time.Millisecond
	// backoffMax is short because clients wait for it: after an outage, they should
	// have caught up within a second.
	backoffMax = 400 * time.Millisecond
)

// backoff computes the delay before the next attempt. It doubles each time, and
// half of it is random, so that nodes do not retry simultaneously.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, backoffMin), backoffMax)
	return b.last/2 + rand.N(b.last/2) //nolint:gosec // spreads load, keeps no secret
}

func (b *backoff) reset() { b.last = 0 }

// wait waits for the next delay, or until the context ends.
func (b *backoff) wait(ctx context.Context) {
	timer := time.NewTimer(b.next())
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
