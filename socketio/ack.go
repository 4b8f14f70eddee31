package socketio

import (
	"context"
	"errors"
)

// pendingAck waits for one acknowledgement.
type pendingAck struct {
	socket *Socket
	id     uint64
	reply  chan Args // closed when the socket is disconnected
}

// wait returns the acknowledgement's arguments.
func (a *pendingAck) wait(ctx context.Context) (Args, error) {
	select {
	case args, ok := <-a.reply:
		return a.result(args, ok)
	case <-ctx.Done():
	}
	if a.socket.dropAck(a.id) == nil {
		// It is there, or the socket has ended, and with it its context.
		args, ok := <-a.reply
		return a.result(args, ok)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, ErrAckTimeout
	}
	return nil, ctx.Err()
}

func (a *pendingAck) result(args Args, ok bool) (Args, error) {
	if !ok {
		return nil, ErrDisconnected
	}
	return args, nil
}

// EmitAck sends an event and waits for the acknowledgement, at most until
// the context's deadline, or for Options.AckTimeout if it has none. The error
// is ErrAckTimeout, ErrDisconnected, the context's, or an encoding error.
//
// A handler may wait for an acknowledgement of its own socket: these do not
// queue behind events.
func (s *Socket) EmitAck(ctx context.Context, event string, args ...any) (Args, error) {
	id := s.ns.ackIDs.Add(1) - 1
	p, err := encodeEvent(s.ns.name, event, args, &id)
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.ns.server.ackContext(ctx)
	defer cancel()
	return s.sendWithAck(id, p).wait(ctx)
}

// EmitAck is Socket.EmitAck with the acknowledgement's first argument decoded.
func EmitAck[R any](ctx context.Context, s *Socket, event string, args ...any) (reply R, err error) {
	got, err := s.EmitAck(ctx, event, args...)
	if err != nil {
		return reply, err
	}
	return reply, got.Decode(0, &reply)
}

// sendWithAck sends a packet with an id and returns what waits for it.
func (s *Socket) sendWithAck(id uint64, p *Packet) *pendingAck {
	a := &pendingAck{socket: s, id: id, reply: make(chan Args, 1)}
	s.mu.Lock()
	if s.state == stateClosed {
		s.mu.Unlock()
		close(a.reply)
		return a
	}
	if s.acks == nil {
		s.acks = make(map[uint64]*pendingAck)
	}
	s.acks[id] = a
	s.mu.Unlock()
	s.deliver(p)
	return a
}

// dropAck forgets an acknowledgement and returns what waited for it.
func (s *Socket) dropAck(id uint64) *pendingAck {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.acks[id]
	delete(s.acks, id)
	return a
}

// onAck takes an acknowledgement from the client; one that nobody waits for
// is late and ignored.
func (s *Socket) onAck(id uint64, args Args) {
	if a := s.dropAck(id); a != nil {
		a.reply <- args
	}
}

// sendAck acknowledges a client's event.
func (s *Socket) sendAck(id uint64, args []any) error {
	p, err := encodeAck(s.ns.name, id, args)
	if err != nil {
		return err
	}
	return s.send(p)
}
