package chat

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// publisher passes events to the broker after the commit. If the broker fails, the
// caller still succeeds, and receivers get the change a little later, from the
// store by its rev. So failures are only logged, once per outage.
type publisher struct {
	broker Broker
	log    *slog.Logger
	away   atomic.Bool
}

func (p *publisher) publish(ctx context.Context, events ...Event) {
	ctx = context.WithoutCancel(ctx) // the change is committed, even if the caller has gone
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
