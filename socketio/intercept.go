package socketio

import (
	"context"
	"slices"
)

// UseEvent adds middleware for events: it runs before the handlers of each event, in
// the order of addition and behind the handlers of OnAny. The first error drops the
// event and goes to OnEventError.
func (n *Namespace) UseEvent(fn func(ctx context.Context, s *Socket, e *Event) error) {
	n.events.update(func(t *handlers) { t.eventMiddleware = append(slices.Clip(t.eventMiddleware), fn) })
}

// OnEventError sets what is told of events that UseEvent's middleware has dropped.
// It may acknowledge the event. Default: the error is logged at debug level.
func (n *Namespace) OnEventError(fn func(s *Socket, e *Event, err error)) {
	n.events.update(func(t *handlers) { t.eventError = fn })
}

// OnAnyOutgoing adds a function that is called with each event for each socket that
// it is sent to, before it is sent. It runs in the sender's goroutine and must not
// block. Without any, sending does not do more than before.
func (n *Namespace) OnAnyOutgoing(fn func(s *Socket, event string, args Args)) {
	n.events.update(func(t *handlers) { t.outgoing = append(slices.Clip(t.outgoing), fn) })
}

// pass runs the middleware for an event, and says whether the handlers may have it.
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

// watched says whether someone wants to know what is sent.
func (n *Namespace) watched() bool { return n.events.table.Load().outgoing != nil }

// announce tells of a packet that is about to be sent.
func (n *Namespace) announce(p *Packet, sockets ...*Socket) {
	event, args, err := n.server.decodeEvent(p)
	if err != nil {
		n.server.opts.Logger.Error("socketio: an outgoing event not announced", "namespace", n.name, "error", err)
		return
	}
	for _, fn := range n.events.table.Load().outgoing {
		for _, s := range sockets {
			s.guard(func() { fn(s, event, args) })
		}
	}
}
