package redisadapter

import (
	"log/slog"
	"sync"
	"time"
)

// faults logs one kind of fault, at most once per interval, because anybody who can publish can cause
// some of them.
type faults struct {
	log      *slog.Logger
	interval time.Duration
	now      func() time.Time

	mu      sync.Mutex
	last    time.Time
	leftOut int
}

func newFaults(o Options) *faults {
	return &faults{log: o.Logger, interval: o.LogInterval, now: time.Now}
}

// add logs n faults, or counts them for the next log line.
func (f *faults) add(n int, text string, args ...any) {
	f.mu.Lock()
	now := f.now()
	if !f.last.IsZero() && now.Sub(f.last) < f.interval {
		f.leftOut += n
		f.mu.Unlock()
		return
	}
	leftOut := f.leftOut
	f.last, f.leftOut = now, 0
	f.mu.Unlock()
	f.log.Warn("redisadapter: "+text, append(args, "count", n, "suppressed", leftOut)...)
}
