package socketio

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"
)

// Namespace is a channel of its own on the clients' connections. What is
// registered on it holds for all its sockets; register before clients
// connect.
//
// The namespace that OfFunc returns stands for all that it matches: what is
// registered on it holds for each of them and what is sent through it goes to
// the sockets of all.
type Namespace struct {
	name    string
	server  *Server
	events  *registry
	adapter Adapter
	ackIDs  atomic.Uint64
	log     *packetLog // nil without recovery
	alone   bool       // the adapter reaches no other process

	match    func(name string, auth json.RawMessage) bool // of a parent
	parent   *Namespace
	mu       sync.Mutex
	children map[string]*Namespace // of a parent, by name
	members  int                   // of a child: sockets that hold it alive
}

func newNamespace(server *Server, name string, events *registry) *Namespace {
	n := &Namespace{name: name, server: server, events: events, log: newPacketLog(server.recovery)}
	n.adapter = server.opts.NewAdapter(n)
	_, n.alone = n.adapter.(*memoryAdapter)
	return n
}

// Name is the namespace's name, "/" for the default one.
func (n *Namespace) Name() string { return n.name }

// Use adds middleware, which runs before a socket joins the namespace, in the
// order of addition. The first error refuses the socket; see ConnectError.
// The whole Handshake can be seen in middleware.
func (n *Namespace) Use(fn func(ctx context.Context, s *Socket) error) {
	n.events.update(func(t *handlers) { t.middleware = append(slices.Clip(t.middleware), fn) })
}

// OnConnect adds a function that is called when a socket has joined, before
// any event of it is handled.
func (n *Namespace) OnConnect(fn func(s *Socket)) {
	n.events.update(func(t *handlers) { t.connect = append(slices.Clip(t.connect), fn) })
}

// OnDisconnect adds a function that is called when a socket has left, after
// all its events have been handled. The socket is in no room any more.
func (n *Namespace) OnDisconnect(fn func(s *Socket, reason DisconnectReason)) {
	n.events.update(func(t *handlers) { t.disconnect = append(slices.Clip(t.disconnect), fn) })
}

// OnDisconnecting is OnDisconnect for what needs the socket's rooms: they are
// given as they were when it left.
func (n *Namespace) OnDisconnecting(fn func(s *Socket, reason DisconnectReason, rooms []string)) {
	n.events.update(func(t *handlers) { t.disconnecting = append(slices.Clip(t.disconnecting), fn) })
}

// On adds a handler of an event. The functions On, OnAck and their relatives
// add handlers with typed arguments.
func (n *Namespace) On(event string, h Handler) {
	n.events.update(func(t *handlers) {
		t.events[event] = append(slices.Clip(t.events[event]), h)
	})
}

// OnAny adds a handler of every event; it runs before the event's own.
func (n *Namespace) OnAny(h Handler) {
	n.events.update(func(t *handlers) { t.any = append(slices.Clip(t.any), h) })
}

// OnBadArgument sets what answers events whose arguments do not decode for a
// typed handler. A reply that is not nil is sent as the acknowledgement, if
// the client asked for one. Default: the event is dropped.
func (n *Namespace) OnBadArgument(fn func(s *Socket, event string, err error) (reply any)) {
	n.events.update(func(t *handlers) { t.badArgument = fn })
}

// To selects the sockets that are in any of the rooms; without rooms, all.
func (n *Namespace) To(rooms ...string) Broadcast { return n.all().To(rooms...) }

// In is another name for To.
func (n *Namespace) In(rooms ...string) Broadcast { return n.all().To(rooms...) }

// Except selects the sockets that are in none of the rooms.
func (n *Namespace) Except(rooms ...string) Broadcast { return n.all().Except(rooms...) }

// Local selects the sockets of this process.
func (n *Namespace) Local() Broadcast { return n.all().Local() }

// Volatile selects all sockets, for a packet that may be dropped.
func (n *Namespace) Volatile() Broadcast { return n.all().Volatile() }

// Emit sends an event to all sockets of the namespace.
func (n *Namespace) Emit(event string, args ...any) error { return n.all().Emit(event, args...) }

// EmitWithAck sends an event to all sockets of the namespace and collects their
// acknowledgements; see Broadcast.EmitWithAck.
func (n *Namespace) EmitWithAck(ctx context.Context, event string, args ...any) ([]AckReply, error) {
	return n.all().EmitWithAck(ctx, event, args...)
}

// Sockets lists the namespace's sockets of this process.
func (n *Namespace) Sockets() []*Socket { return n.all().Sockets() }

// FetchSockets describes the namespace's sockets of all processes; see
// Broadcast.FetchSockets.
func (n *Namespace) FetchSockets(ctx context.Context) ([]RemoteSocket, error) {
	return n.all().FetchSockets(ctx)
}

// Disconnect disconnects all sockets of the namespace, in all processes.
func (n *Namespace) Disconnect(closeTransport bool) { n.all().Disconnect(closeTransport) }

func (n *Namespace) all() Broadcast { return Broadcast{ns: n} }

// each visits the namespaces that n stands for.
func (n *Namespace) each(visit func(*Namespace)) {
	if n.match == nil {
		visit(n)
		return
	}
	n.mu.Lock()
	children := make([]*Namespace, 0, len(n.children))
	for _, child := range n.children {
		children = append(children, child)
	}
	n.mu.Unlock()
	for _, child := range children {
		visit(child)
	}
}

func (n *Namespace) broadcast(b Broadcast, event string, args []any) (err error) {
	n.each(func(ns *Namespace) {
		p, e := ns.server.encodeEvent(ns.name, event, args, nil)
		if e != nil {
			err = e
			return
		}
		p.volatile = b.volatile
		if b.uncompressed {
			p.uncompress()
		}
		ns.deliver(b.sel, p)
	})
	return err
}

func (n *Namespace) sockets(sel Selection) (all []*Socket) {
	n.each(func(ns *Namespace) { all = append(all, ns.adapter.Sockets(sel)...) })
	return all
}
