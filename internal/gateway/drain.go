package gateway

import (
	"context"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// gate counts commands in flight, and can be closed to new ones.
type gate struct {
	mu    sync.Mutex
	under int
	shut  bool
	empty chan struct{} // closed once the gate is shut and no command is in flight
}

func newGate() *gate { return &gate{empty: make(chan struct{})} }

// enter counts a command; false if the gate is shut. leave undoes it.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return false
	}
	g.under++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.under--; g.shut && g.under == 0 {
		close(g.empty)
	}
}

// close shuts the gate. The channel is closed when no command is in flight.
func (g *gate) close() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut && g.under == 0 {
		close(g.empty)
	}
	g.shut = true
	return g.empty
}

// errStopping answers commands that arrive while the node stops. They have not started,
// so a retry is safe.
func errStopping() error {
	return &chat.Error{
		Code: chat.CodeUnavailable, Message: "The server is restarting. Please try again in a moment.", RetryAfter: time.Second,
	}
}

// Drain prepares the shutdown: it refuses new commands with CodeUnavailable, sends
// server:restart to all clients, and waits until the commands in flight have been
// acknowledged, or returns the error of ctx. The sockets stay open.
func (g *Gateway) Drain(ctx context.Context) error {
	empty := g.commandGate.close()
	peers := g.live.list()
	within := restartWithin(len(peers))
	for _, p := range peers {
		p.emit(wire.EventServerRestart, wire.ServerRestart{Within: within.Milliseconds()})
	}
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

const (
	// returnsPerSecond is how many clients reconnect each second: as many as a node that
	// has just started serves without delay.
	returnsPerSecond = 2000
	minRestart       = 100 * time.Millisecond
	maxRestart       = 30 * time.Second
)

// restartWithin returns the time over which that many clients should reconnect.
func restartWithin(clients int) time.Duration {
	return min(max(minRestart, time.Duration(clients)*time.Second/returnsPerSecond), maxRestart)
}

// list returns all connections.
func (l *conns) list() []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*conn, 0, len(l.all))
	for p := range l.all {
		list = append(list, p)
	}
	return list
}
