package socketio

import (
	"context"
	"errors"
)

// ackFunc is called once, with the acknowledgement's arguments or with
// ErrDisconnected, unless dropAck comes first. It must not block.
type ackFunc func(Args, error)

// EmitAck sends an event and waits for the acknowledgement until the context's deadline, or for
// Options.AckTimeout if it has none. The error is ErrAckTimeout, ErrDisconnected, the context's, or an
// encoding error.
//
// A handler may wait for an acknowledgement from its own socket: acknowledgements do not queue behind
// events.
func (s *Socket) EmitAck(ctx context.Context, event string, args ...any) (Args, error) {
	id := s.ns.ackIDs.Add(1) - 1
	p, err := s.ns.server.encodeEvent(s.ns.name, event, args, &id)
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.ns.server.ackContext(ctx, 0)
	defer cancel()
	type reply struct {
		args Args
		err  error
	}
	replies := make(chan reply, 1)
	s.sendWithAck(id, p, func(args Args, err error) { replies <- reply{args, err} })
	select {
	case r := <-replies:
		return r.args, r.err
	case <-ctx.Done():
	}
	if s.dropAck(id) == nil {
		// The reply is there, or the socket has ended, and its context with it.
		r := <-replies
		return r.args, r.err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, ErrAckTimeout
	}
	return nil, ctx.Err()
}

// EmitAck is Socket.EmitAck with the acknowledgement's first argument decoded.
func EmitAck[R any](ctx context.Context, s *Socket, event string, args ...any) (reply R, err error) {
	got, err := s.EmitAck(ctx, event, args...)
	if err != nil {
		return reply, err
	}
	return reply, got.Decode(0, &reply)
}

// sendWithAck sends a packet with an id and passes its acknowledgement to acked.
func (s *Socket) sendWithAck(id uint64, p *Packet, acked ackFunc) {
	s.mu.Lock()
	if s.state == stateClosed {
		s.mu.Unlock()
		acked(nil, ErrDisconnected)
		return
	}
	if s.acks == nil {
		s.acks = make(map[uint64]ackFunc)
	}
	s.acks[id] = acked
	s.mu.Unlock()
	if s.ns.watched() {
		s.ns.announce(p, s)
	}
	s.deliver(p)
}

// dropAck removes a pending acknowledgement and returns its function.
func (s *Socket) dropAck(id uint64) ackFunc {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.acks[id]
	delete(s.acks, id)
	return a
}

// onAck handles an acknowledgement from the client. One without a waiter is late and ignored.
func (s *Socket) onAck(id uint64, args Args) {
	if acked := s.dropAck(id); acked != nil {
		acked(args, nil)
	}
}

// sendAck acknowledges a client's event.
func (s *Socket) sendAck(id uint64, args []any) error {
	p, err := s.ns.server.encodeAck(s.ns.name, id, args)
	if err != nil {
		return err
	}
	p.announced = true // OnAnyOutgoing covers only events
	return s.send(p)
}
