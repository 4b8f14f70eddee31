package socketio

import "context"

// Event is an event from a client.
type Event struct {
	Name string
	Args Args

	socket *Socket
	ackID  uint64
	wants  bool
	size   int64 // as received, in bytes
}

// WantsAck reports whether the client still waits for an acknowledgement.
func (e *Event) WantsAck() bool { return e.wants }

// Ack acknowledges the event, in the handler or later, from one goroutine. It returns ErrNoAck if the
// client did not request an acknowledgement or has received one already.
func (e *Event) Ack(args ...any) error {
	if !e.wants {
		return ErrNoAck
	}
	e.wants = false
	return e.socket.sendAck(e.ackID, args)
}

// Handler handles an event. The context ends with the socket. The handlers
// of one socket run one after another in order of arrival.
type Handler func(ctx context.Context, s *Socket, e *Event)

// On0 registers a handler for an event without arguments.
func On0(n *Namespace, event string, fn func(ctx context.Context, s *Socket)) {
	n.On(event, func(ctx context.Context, s *Socket, _ *Event) { fn(ctx, s) })
}

// On registers a handler for an event with one argument, decoded as by encoding/json. If the argument
// cannot be decoded, the namespace's OnBadArgument is called instead.
func On[A any](n *Namespace, event string, fn func(ctx context.Context, s *Socket, arg A)) {
	n.On(event, func(ctx context.Context, s *Socket, e *Event) {
		if a, ok := argument[A](n, s, e, 0); ok {
			fn(ctx, s, a)
		}
	})
}

// On2 is On for an event with two arguments.
func On2[A, B any](n *Namespace, event string, fn func(ctx context.Context, s *Socket, a A, b B)) {
	n.On(event, func(ctx context.Context, s *Socket, e *Event) {
		a, ok := argument[A](n, s, e, 0)
		if !ok {
			return
		}
		if b, ok := argument[B](n, s, e, 1); ok {
			fn(ctx, s, a, b)
		}
	})
}

// OnAck0 registers a handler for an event without arguments; its result is sent as the acknowledgement,
// if the client requested one.
func OnAck0[R any](n *Namespace, event string, fn func(ctx context.Context, s *Socket) R) {
	n.On(event, func(ctx context.Context, s *Socket, e *Event) {
		acknowledge(n, e, fn(ctx, s))
	})
}

// OnAck is like On; the handler's result is sent as the acknowledgement, if the client requested one.
func OnAck[A, R any](n *Namespace, event string, fn func(ctx context.Context, s *Socket, arg A) R) {
	n.On(event, func(ctx context.Context, s *Socket, e *Event) {
		if a, ok := argument[A](n, s, e, 0); ok {
			acknowledge(n, e, fn(ctx, s, a))
		}
	})
}

// OnAck2 is OnAck for an event with two arguments.
func OnAck2[A, B, R any](n *Namespace, event string, fn func(ctx context.Context, s *Socket, a A, b B) R) {
	n.On(event, func(ctx context.Context, s *Socket, e *Event) {
		a, ok := argument[A](n, s, e, 0)
		if !ok {
			return
		}
		if b, ok := argument[B](n, s, e, 1); ok {
			acknowledge(n, e, fn(ctx, s, a, b))
		}
	})
}

// argument decodes one argument. If that fails, it lets OnBadArgument answer.
func argument[A any](n *Namespace, s *Socket, e *Event, i int) (a A, ok bool) {
	err := e.Args.Decode(i, &a)
	if err == nil {
		return a, true
	}
	if reply := n.events.badArgument(s, e.Name, err); reply != nil {
		acknowledge(n, e, reply)
	}
	return a, false
}

func acknowledge(n *Namespace, e *Event, reply any) {
	if !e.WantsAck() {
		return
	}
	if err := e.Ack(reply); err != nil {
		n.server.opts.Logger.Debug("socketio: acknowledgement not sent", "event", e.Name, "error", err)
	}
}
