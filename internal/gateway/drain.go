package gateway

import (
	"context"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// gate counts commands under way, and can be shut for further ones.
type gate struct {
	mu    sync.Mutex
	under int
	shut  bool
	empty chan struct{} // closed once the gate is shut and nothing is under way
}

func newGate() *gate { return &gate{empty: make(chan struct{})} }

// enter counts a command, unless the gate is shut. leave undoes it.
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

// close shuts the gate and gives what is closed when nothing is under way.
func (g *gate) close() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut && g.under == 0 {
		close(g.empty)
	}
	g.shut = true
	return g.empty
}

// errStopping answers commands that come while the node stops. They have not
// been begun, so whoever repeats them elsewhere or later does nothing twice.
func errStopping() error {
	return &chat.Error{
		Code: chat.CodeUnavailable, Message: "The server is restarting. Please try again in a moment.", RetryAfter: time.Second,
	}
}

// Drain prepares the end of the node: commands that come from now on are
// answered with CodeUnavailable, the clients are told to come back, and those
// commands that are under way end and are acknowledged. It returns when they
// have been, or with the error of ctx. The sockets stay open.
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
	// returnsPerSecond is how many clients are asked to come back each second:
	// what a node that has just started serves without anyone waiting for it.
	returnsPerSecond = 2000
	minRestart       = 100 * time.Millisecond
	maxRestart       = 30 * time.Second
)

// restartWithin is the time over which so many clients are to come back.
func restartWithin(clients int) time.Duration {
	return min(max(minRestart, time.Duration(clients)*time.Second/returnsPerSecond), maxRestart)
}

// list gives the sockets that somebody is logged in on.
func (l *peers) list() []*peer {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*peer, 0, len(l.all))
	for p := range l.all {
		list = append(list, p)
	}
	return list
}
