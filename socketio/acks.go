package socketio

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// AckReply is one client's acknowledgement of a broadcast.
type AckReply struct {
	// Socket is nil for a socket of another process.
	Socket *Socket
	Args   Args
	// Err is ErrDisconnected if the socket left without answering. EmitWithAck counts such sockets in
	// its error and returns no reply for them.
	Err error
}

// AckError reports that some clients have not acknowledged a broadcast.
type AckError struct {
	Expected int   // sockets asked, as far as is known
	Answered int   // sockets that answered
	Err      error // ErrAckTimeout, ErrDisconnected, ErrAcksTooLarge or the context's
}

// Error returns the numbers and the cause.
func (e *AckError) Error() string {
	return fmt.Sprintf("%v: %d of %d clients answered", e.Err, e.Answered, e.Expected)
}

// Unwrap returns the cause.
func (e *AckError) Unwrap() error { return e.Err }

// EmitWithAck sends an event to the selected sockets of all processes that the adapter reaches
// (AckBroadcaster), and waits until each has acknowledged it: for Timeout if set, else until the
// context's deadline, else for Options.AckTimeout. It returns the acknowledgements received and, if any
// is missing, an *AckError.
func (b Broadcast) EmitWithAck(ctx context.Context, event string, args ...any) ([]AckReply, error) {
	ctx, cancel := b.ns.server.ackContext(ctx, b.timeout)
	defer cancel()
	c := &ackCollector{processes: 1, space: b.ns.server.opts.MaxAckBytes, complete: make(chan struct{})}
	var failed error
	b.ns.each(func(ns *Namespace) { failed = errors.Join(failed, ns.ask(ctx, b, event, args, c)) })
	c.Clients(0) // all processes that will report are counted
	select {
	case <-c.complete:
	case <-ctx.Done():
	}
	return c.result(ctx, failed)
}

// ask sends an event to the selected sockets of one namespace.
func (n *Namespace) ask(ctx context.Context, b Broadcast, event string, args []any, c *ackCollector) error {
	c.expect(1)
	out := Outgoing{Event: event, Args: args, Volatile: b.volatile, Uncompressed: b.uncompressed}
	if err := n.askLocal(ctx, b.sel, out, c); err != nil {
		c.Clients(0)
		return err
	}
	remote, ok := n.adapter.(AckBroadcaster)
	if !ok || b.sel.Local {
		return nil
	}
	plain, err := NewArgs(args...)
	if err != nil {
		return err
	}
	out.Args = plain.Values()
	c.expect(1) // until the number is known
	processes, err := remote.BroadcastWithAck(ctx, b.sel, out, c)
	c.expect(processes)
	c.Clients(0)
	return err
}

// askLocal sends an event to the selected sockets of this process.
func (n *Namespace) askLocal(ctx context.Context, sel Selection, out Outgoing, acks Acks) error {
	id := n.ackIDs.Add(1) - 1
	p, err := n.server.encodeEvent(n.name, out.Event, out.Args, &id)
	if err != nil {
		return err
	}
	p.volatile = out.Volatile
	if out.Uncompressed {
		p.uncompress()
	}
	sockets := n.adapter.Sockets(sel)
	acks.Clients(len(sockets))
	for _, s := range sockets {
		s.sendWithAck(id, p, func(args Args, err error) { acks.Answer(AckReply{Socket: s, Args: args, Err: err}) })
	}
	context.AfterFunc(ctx, func() {
		for _, s := range sockets {
			s.dropAck(id)
		}
	})
	return nil
}

// replyOverhead is what an acknowledgement counts for besides its arguments, in bytes.
const replyOverhead = 64

// ackCollector is the Acks of one EmitWithAck.
type ackCollector struct {
	mu        sync.Mutex
	processes int // processes that have not reported yet
	clients   int
	gone      int // clients that will not answer, or whose answers are too large
	space     int // bytes left for answers; negative if one was too large
	replies   []AckReply
	complete  chan struct{}
	closed    bool
}

// expect adds to the number of processes that will report.
func (c *ackCollector) expect(processes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.processes += processes
}

// Clients implements Acks.
func (c *ackCollector) Clients(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.processes--
	c.clients += n
	c.check()
}

// Answer implements Acks.
func (c *ackCollector) Answer(r AckReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
	case r.Err != nil:
		c.gone++
	case c.space < replyOverhead+r.Args.size():
		c.space = -1 // keep no later answer either: which ones are kept must not depend on their sizes
		c.gone++
	default:
		c.space -= replyOverhead + r.Args.size()
		c.replies = append(c.replies, r)
	}
	c.check()
}

// check ends the wait if no more answers can arrive. The lock is held.
func (c *ackCollector) check() {
	if !c.closed && c.processes <= 0 && len(c.replies)+c.gone >= c.clients {
		c.closed = true
		close(c.complete)
	}
}

// result ends the collection. If sending failed, it returns that error rather than the resulting
// timeout.
func (c *ackCollector) result(ctx context.Context, failed error) ([]AckReply, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	complete := c.closed
	c.closed = true
	if failed != nil {
		return c.replies, failed
	}
	missing := &AckError{Expected: max(c.clients, len(c.replies)), Answered: len(c.replies)}
	switch {
	case c.space < 0:
		missing.Err = ErrAcksTooLarge
	case !complete && errors.Is(ctx.Err(), context.DeadlineExceeded):
		missing.Err = ErrAckTimeout
	case !complete:
		missing.Err = ctx.Err()
	case c.gone > 0:
		missing.Err = ErrDisconnected
	default:
		return c.replies, nil
	}
	return c.replies, missing
}
