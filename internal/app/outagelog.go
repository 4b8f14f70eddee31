package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"partychat/internal/chat"
)

// outageLog is a log handler that reports an outage once. While a disk, a database
// or Redis is down, every command fails for the same reason. The first failure
// keeps its level; the following ones are logged at level debug.
type outageLog struct {
	slog.Handler
	*outages
}

// outages has the time at which each reason occurred last.
type outages struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// outageGap is how long a reason must be absent before its next occurrence counts
// as a new outage.
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

// begins reports whether an outage for that reason begins.
func (o *outages) begins(reason string, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	last, known := o.last[reason]
	o.last[reason] = now
	return !known || now.Sub(last) >= outageGap
}

// reasonOf returns the message for clients of a record's CodeUnavailable error, or
// "" if it has none. There are few such messages.
func reasonOf(r slog.Record) (reason string) {
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok && chat.CodeOf(err) == chat.CodeUnavailable {
			reason = chat.ErrorFrom(err).Message
		}
		return reason == ""
	})
	return reason
}
