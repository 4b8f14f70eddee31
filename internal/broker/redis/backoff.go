package redis

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	backoffMin = 50 * time.Millisecond
	backoffMax = time.Second
)

// backoff says how long to wait before the next attempt: twice as long each
// time, with half of it left to chance so that nodes do not come all at once.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, backoffMin), backoffMax)
	return b.last/2 + rand.N(b.last/2) //nolint:gosec // spreads load, keeps no secret
}

func (b *backoff) reset() { b.last = 0 }

// wait waits for next, or until the context ends.
func (b *backoff) wait(ctx context.Context) {
	timer := time.NewTimer(b.next())
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
