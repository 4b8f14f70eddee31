package socketio

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
)

// registry holds the handlers and middleware of a namespace. It is read at every event and hardly ever
// written, so readers use an immutable table.
type registry struct {
	mu    sync.Mutex
	table atomic.Pointer[handlers]
}

type middleware = func(context.Context, *Socket) error

type handlers struct {
	middleware    []middleware
	connect       []func(*Socket)
	disconnecting []func(*Socket, DisconnectReason, []string)
	disconnect    []func(*Socket, DisconnectReason)
	events        map[string][]Handler
	any           []Handler
	badArgument   func(*Socket, string, error) any
	serverSide    map[string][]func(*ServerEvent)

	eventMiddleware []func(context.Context, *Socket, *Event) error
	eventError      func(*Socket, *Event, error)
	outgoing        []outgoing
	rooms           []func(*Socket, string, bool)
}

func newRegistry() *registry {
	r := &registry{}
	r.table.Store(&handlers{})
	return r
}

func (r *registry) update(change func(*handlers)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := *r.table.Load()
	t.events = maps.Clone(t.events)
	if t.events == nil {
		t.events = make(map[string][]Handler)
	}
	change(&t)
	r.table.Store(&t)
}

func (r *registry) badArgument(s *Socket, event string, err error) any {
	if fn := r.table.Load().badArgument; fn != nil {
		return fn(s, event, err)
	}
	return nil
}
