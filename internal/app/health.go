package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"partychat/internal/httpapi"
	"partychat/internal/store/sqlite"
)

const (
	// pingTimeout is how long a part has to answer.
	pingTimeout = 3 * time.Second
	// watchInterval is the interval between checks.
	watchInterval = 5 * time.Second
)

// part is something that the server depends on and that may fail.
type part struct {
	name string
	ping func(context.Context) error
	// needed is true if the server can do nothing without the part.
	needed bool
	// quiet is true if the part itself logs its failures and recoveries.
	quiet bool
}

// health checks the parts.
type health struct {
	parts []part
	log   *slog.Logger
}

// watched returns the health of the backends.
func (g backends) watched(log *slog.Logger) health {
	_, embedded := g.store.(*sqlite.Store)
	h := health{log: log, parts: []part{{name: "database", ping: g.store.Ping, needed: true, quiet: !embedded}}}
	if g.redis != nil {
		h.parts = append(h.parts, part{name: "redis", ping: g.redis.Ping, quiet: true})
	}
	return h
}

// look checks all parts concurrently.
func (h health) look(ctx context.Context) httpapi.Health {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	errs := make([]error, len(h.parts))
	var work sync.WaitGroup
	for i, p := range h.parts {
		work.Go(func() { errs[i] = p.ping(ctx) })
	}
	work.Wait()
	all := httpapi.Health{Status: httpapi.Ready, Parts: make(map[string]httpapi.PartState, len(h.parts))}
	for i, p := range h.parts {
		switch {
		case errs[i] == nil:
			all.Parts[p.name] = httpapi.PartThere
			continue
		case p.needed:
			all.Status = httpapi.Unavailable
		case all.Status == httpapi.Ready:
			all.Status = httpapi.Degraded
		}
		all.Parts[p.name] = httpapi.PartAway
	}
	return all
}

// watch logs when a part fails and when it recovers, until the context ends.
func (h health) watch(ctx context.Context) {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	since := make(map[string]time.Time)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, p := range h.parts {
			if !p.quiet {
				h.note(ctx, p, since)
			}
		}
	}
}

func (h health) note(ctx context.Context, p part, since map[string]time.Time) {
	limited, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	err := p.ping(limited)
	began, away := since[p.name]
	switch {
	case ctx.Err() != nil:
	case err != nil && !away:
		since[p.name] = time.Now()
		h.log.Warn("the "+p.name+" is down", "error", err)
	case err == nil && away:
		delete(since, p.name)
		h.log.Info("the "+p.name+" is up again", "after", time.Since(began).Round(time.Second))
	}
}
