package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"partychat/internal/chat"
)

// outageLog is a log that tells of an outage once. While a disk, a database or a
// Redis is away every command fails for the same reason; of those that follow one
// another only the first is logged, and the others at level debug.
type outageLog struct {
	slog.Handler
	*outages
}

// outages are the reasons for which something was unavailable last, and when.
type outages struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// outageGap is how long a reason must not have come for an outage to be another one.
const outageGap = 2 * time.Minute

func newOutageLog(handler slog.Handler) outageLog {
	return outageLog{handler, &outages{last: make(map[string]time.Time)}}
}

// Handle is specified by slog.Handler.
func (l outageLog) Handle(ctx context.Context, r slog.Record) error {
	if reason := reasonOf(r); reason != "" && !l.begins(reason, r.Time) {
		if !l.Enabled(ctx, slog.LevelDebug) {
			return nil
		}
		r.Level = slog.LevelDebug
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs is specified by slog.Handler.
func (l outageLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return outageLog{l.Handler.WithAttrs(attrs), l.outages}
}

// WithGroup is specified by slog.Handler.
func (l outageLog) WithGroup(name string) slog.Handler {
	return outageLog{l.Handler.WithGroup(name), l.outages}
}

// begins tells whether an outage for that reason begins.
func (o *outages) begins(reason string, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	last, known := o.last[reason]
	o.last[reason] = now
	return !known || now.Sub(last) >= outageGap
}

// reasonOf gives what clients are told of an error that goes away by itself, of
// which there are few; "" for all other records.
func reasonOf(r slog.Record) (reason string) {
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok && chat.CodeOf(err) == chat.CodeUnavailable {
			reason = chat.ErrorFrom(err).Message
		}
		return reason == ""
	})
	return reason
}
