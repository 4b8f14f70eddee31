package postgres

import (
	"context"
	"time"
)

// keyer repeatedly looks for names written by servers of an older version, during a
// rolling upgrade.
type keyer struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

func startKeyer(ctx context.Context, s *Store, options Options) *keyer {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	k := &keyer{cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(k.ended)
		tick := time.NewTicker(options.KeyInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := s.KeyNames(ctx); err != nil && ctx.Err() == nil {
				options.Log.Warn("cannot prepare new names for the search; retrying", "error", err)
			}
		}
	}()
	return k
}

func (k *keyer) close() {
	k.cancel()
	<-k.ended
}
