package chat

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// publisher hands events to the broker after the commit. A broker that fails
// costs the others a moment, never the caller its answer: what has been stored
// is found through rev. So failures are logged, once per outage.
type publisher struct {
	broker Broker
	log    *slog.Logger
	away   atomic.Bool
}

func (p *publisher) publish(ctx context.Context, events ...Event) {
	ctx = context.WithoutCancel(ctx) // it has happened, also when the caller has gone
	for _, event := range events {
		err := p.broker.Publish(ctx, event)
		switch {
		case err != nil && p.away.CompareAndSwap(false, true):
			p.log.Warn("cannot publish events", "error", err)
		case err == nil && p.away.CompareAndSwap(true, false):
			p.log.Info("events are published again")
		}
	}
}
