package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// health is whether the server is reachable. While it is not, one attempt at a time
// finds out whether it is again, and all other requests fail immediately. So nobody
// waits in vain, and a server that recovers doesn't face a crowd of abandoned
// connections.
type health struct {
	log *slog.Logger

	mu      sync.Mutex
	cause   error // the last connection error; nil if the server is reachable
	probing bool
	next    time.Time // time of the next attempt
}

// probeInterval is the time between attempts to reach the server.
const probeInterval = 100 * time.Millisecond

// beforeConnect allows an attempt, or returns why not.
func (h *health) beforeConnect(context.Context, *pgx.ConnConfig) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cause == nil {
		return nil
	}
	if h.probing || time.Now().Before(h.next) {
		return fmt.Errorf("the database was down a moment ago: %w", h.cause)
	}
	h.probing = true
	return nil
}

// TraceConnectStart implements pgx.ConnectTracer.
func (h *health) TraceConnectStart(ctx context.Context, _ pgx.TraceConnectStartData) context.Context {
	return ctx
}

// TraceConnectEnd implements pgx.ConnectTracer; it records the result of an
// attempt.
func (h *health) TraceConnectEnd(_ context.Context, data pgx.TraceConnectEndData) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.probing = false
	if data.Err != nil {
		h.suspectLocked(data.Err)
	} else if h.cause != nil {
		h.cause = nil
		h.log.Info("the database can be reached again")
	}
}

// suspect records that the server has not answered.
func (h *health) suspect(cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.suspectLocked(cause)
}

func (h *health) suspectLocked(cause error) {
	if h.cause == nil {
		h.log.Warn("the database does not answer", "error", cause)
	}
	h.cause, h.next = cause, time.Now().Add(probeInterval)
}

// TraceQueryStart implements pgx.QueryTracer, without which pgx takes no tracer.
func (h *health) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (h *health) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
