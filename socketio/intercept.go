package socketio

import (
	"context"
	"slices"
)

// UseEvent adds middleware for events. It runs before an event's handlers, in the order of registration
// and after the handlers of OnAny. The first error drops the event and is passed to OnEventError.
func (n *Namespace) UseEvent(fn func(ctx context.Context, s *Socket, e *Event) error) {
	n.events.update(func(t *handlers) { t.eventMiddleware = append(slices.Clip(t.eventMiddleware), fn) })
}

// OnEventError sets the function that is called with events that UseEvent's middleware has dropped. It
// may acknowledge the event. Default: the error is logged at debug level.
func (n *Namespace) OnEventError(fn func(s *Socket, e *Event, err error)) {
	n.events.update(func(t *handlers) { t.eventError = fn })
}

// OnAnyOutgoing adds a function that is called with each event for each socket that it is sent to,
// before it is sent. It runs in the sender's goroutine and must not block.
func (n *Namespace) OnAnyOutgoing(fn func(s *Socket, event string, args Args)) {
	OnAnyOutgoingIf(n, func() bool { return true }, fn)
}

// OnAnyOutgoingIf is OnAnyOutgoing for a function that is not always needed: while needed returns
// false, sending has no extra cost. needed is called with each outgoing event, so it must be fast.
func OnAnyOutgoingIf(n *Namespace, needed func() bool, fn func(s *Socket, event string, args Args)) {
	n.events.update(func(t *handlers) { t.outgoing = append(slices.Clip(t.outgoing), outgoing{needed, fn}) })
}

// outgoing is a function of OnAnyOutgoing and its condition.
type outgoing struct {
	needed func() bool
	fn     func(s *Socket, event string, args Args)
}

// pass runs the middleware for an event, and reports whether the handlers may run.
func (s *Socket) pass(t *handlers, e *Event) bool {
	for _, fn := range t.eventMiddleware {
		err := errMiddlewarePanic
		s.guard(func() { err = fn(s.Context(), s, e) })
		switch {
		case err == nil:
			continue
		case t.eventError != nil:
			s.guard(func() { t.eventError(s, e, err) })
		default:
			s.ns.server.opts.Logger.Debug("socketio: event dropped", "namespace", s.ns.name, "event", e.Name, "error", err)
		}
		return false
	}
	return true
}

// watched reports whether a function of OnAnyOutgoing is needed.
func (n *Namespace) watched() bool {
	return slices.ContainsFunc(n.events.table.Load().outgoing, func(o outgoing) bool { return o.needed() })
}

// announce calls OnAnyOutgoing's functions for a packet that is about to be sent.
func (n *Namespace) announce(p *Packet, sockets ...*Socket) {
	event, args, err := n.server.decodeEvent(p)
	if err != nil {
		n.server.opts.Logger.Error("socketio: cannot decode outgoing event for listeners", "namespace", n.name, "error", err)
		return
	}
	for _, o := range n.events.table.Load().outgoing {
		if !o.needed() {
			continue
		}
		for _, s := range sockets {
			s.guard(func() { o.fn(s, event, args) })
		}
	}
}
