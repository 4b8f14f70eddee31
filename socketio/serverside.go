package socketio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ErrAlone is returned when an event is to be sent to other processes but the namespace's adapter does
// not support that.
var ErrAlone = errors.New("socketio: the adapter does not reach other processes")

// ServerSide exchanges events with the same namespace in other processes. Clients neither send nor see
// them.
type ServerSide struct{ n *Namespace }

// ServerSide returns the namespace's link to other processes.
func (n *Namespace) ServerSide() ServerSide { return ServerSide{n} }

// ServerEvent is an event from another process.
type ServerEvent struct {
	Name string
	Args Args

	once   sync.Once
	answer func(Arg)
}

// WantsAck reports whether the sender waits for an answer.
func (e *ServerEvent) WantsAck() bool { return e.answer != nil }

// Ack answers the sender, in the handler or later. Only the first of several answers is sent. It
// returns ErrNoAck if no answer is wanted, or an encoding error.
func (e *ServerEvent) Ack(reply any) error {
	if e.answer == nil {
		return ErrNoAck
	}
	arg, err := NewArg(reply)
	if err != nil {
		return err
	}
	e.once.Do(func() { e.answer(arg) })
	return nil
}

// On adds a handler for an event that other processes emit. The events of one process are handled one
// after another, so the handler must not block.
func (s ServerSide) On(event string, fn func(e *ServerEvent)) {
	s.n.events.update(func(t *handlers) {
		served := make(map[string][]func(*ServerEvent), len(t.serverSide)+1)
		for name, fns := range t.serverSide {
			served[name] = fns
		}
		served[event] = append(slices.Clip(served[event]), fn)
		t.serverSide = served
	})
}

// Emit sends an event to all other processes. It returns ErrAlone if the adapter reaches none.
func (s ServerSide) Emit(event string, args ...any) error {
	encoded, err := NewArgs(args...)
	if err != nil {
		return err
	}
	s.n.each(func(ns *Namespace) {
		if emitter, ok := ns.adapter.(ServerSideEmitter); ok {
			err = errors.Join(err, emitter.ServerSideEmit(event, encoded))
		} else {
			err = errors.Join(err, ErrAlone)
		}
	})
	return err
}

// EmitWithAck sends an event to all other processes and returns the answer of each. If not all answer
// before the context's deadline, or within Options.AckTimeout if it has none, it returns those received
// and an error.
func (s ServerSide) EmitWithAck(ctx context.Context, event string, args ...any) ([]Arg, error) {
	encoded, err := NewArgs(args...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.n.server.ackContext(ctx, time.Duration(0))
	defer cancel()
	var answers []Arg
	s.n.each(func(ns *Namespace) {
		emitter, ok := ns.adapter.(ServerSideEmitter)
		if !ok {
			err = errors.Join(err, ErrAlone)
			return
		}
		got, e := emitter.ServerSideEmitWithAck(ctx, event, encoded)
		answers, err = append(answers, got...), errors.Join(err, e)
	})
	return answers, err
}

// serverSide calls the handlers for another process's event.
func (n *Namespace) serverSide(e *ServerEvent) {
	for _, fn := range n.events.table.Load().serverSide[e.Name] {
		n.server.guard(n.name, func() { fn(e) })
	}
}

// NewArgs creates arguments from values, encoded as Emit would.
func NewArgs(values ...any) (Args, error) {
	args := make(Args, len(values))
	for i, v := range values {
		var err error
		if args[i], err = NewArg(v); err != nil {
			return nil, fmt.Errorf("argument %d: %w", i, err)
		}
	}
	return args, nil
}
