package socketio

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"
)

// Namespace is a separate channel on the clients' connections. Handlers registered on it apply to all
// its sockets; register them before clients connect.
//
// The namespace returned by OfFunc represents all namespaces that it matches: handlers registered on it
// apply to each of them, and events sent through it go to the sockets of all.
type Namespace struct {
	name    string
	server  *Server
	events  *registry
	adapter Adapter
	ackIDs  atomic.Uint64
	log     *packetLog // nil without recovery
	alone   bool       // the adapter reaches no other process

	match    func(name string, auth json.RawMessage) bool // of a namespace returned by OfFunc
	parent   *Namespace
	mu       sync.Mutex
	children map[string]*Namespace // of such a namespace, by name
	members  int                   // of a child: how many sockets keep it alive
}

func newNamespace(server *Server, name string, events *registry) *Namespace {
	n := &Namespace{name: name, server: server, events: events, log: newPacketLog(server.recovery)}
	n.adapter = server.opts.NewAdapter(n)
	_, n.alone = n.adapter.(*memoryAdapter)
	return n
}

// Name returns the namespace's name, "/" for the default one.
func (n *Namespace) Name() string { return n.name }

// Use adds middleware, which runs before a socket joins the namespace, in the order of registration.
// The first error refuses the socket; see ConnectError. Middleware can read the whole Handshake.
func (n *Namespace) Use(fn func(ctx context.Context, s *Socket) error) {
	n.events.update(func(t *handlers) { t.middleware = append(slices.Clip(t.middleware), fn) })
}

// OnConnect adds a function that is called when a socket has joined, before any of its events is
// handled.
func (n *Namespace) OnConnect(fn func(s *Socket)) {
	n.events.update(func(t *handlers) { t.connect = append(slices.Clip(t.connect), fn) })
}

// OnDisconnect adds a function that is called when a socket has left, after all its events have been
// handled. The socket is no longer in any room.
func (n *Namespace) OnDisconnect(fn func(s *Socket, reason DisconnectReason)) {
	n.events.update(func(t *handlers) { t.disconnect = append(slices.Clip(t.disconnect), fn) })
}

// OnDisconnecting is like OnDisconnect, but also passes the rooms that the socket was in when it left.
func (n *Namespace) OnDisconnecting(fn func(s *Socket, reason DisconnectReason, rooms []string)) {
	n.events.update(func(t *handlers) { t.disconnecting = append(slices.Clip(t.disconnecting), fn) })
}

// On adds a handler for an event. The functions On, OnAck and their variants add handlers with typed
// arguments.
func (n *Namespace) On(event string, h Handler) {
	n.events.update(func(t *handlers) {
		t.events[event] = append(slices.Clip(t.events[event]), h)
	})
}

// OnAny adds a handler for every event; it runs before the event's own handlers.
func (n *Namespace) OnAny(h Handler) {
	n.events.update(func(t *handlers) { t.any = append(slices.Clip(t.any), h) })
}

// OnBadArgument sets the function that is called when a typed handler's arguments cannot be decoded. A
// non-nil reply is sent as the acknowledgement, if the client requested one. Default: the event is
// dropped.
func (n *Namespace) OnBadArgument(fn func(s *Socket, event string, err error) (reply any)) {
	n.events.update(func(t *handlers) { t.badArgument = fn })
}

// To selects the sockets that are in any of the rooms, or all sockets if no rooms are given.
func (n *Namespace) To(rooms ...string) Broadcast { return n.all().To(rooms...) }

// In is an alias of To.
func (n *Namespace) In(rooms ...string) Broadcast { return n.all().To(rooms...) }

// Except selects the sockets that are in none of the rooms.
func (n *Namespace) Except(rooms ...string) Broadcast { return n.all().Except(rooms...) }

// Local selects the sockets of this process.
func (n *Namespace) Local() Broadcast { return n.all().Local() }

// Volatile selects all sockets and allows the packet to be dropped.
func (n *Namespace) Volatile() Broadcast { return n.all().Volatile() }

// Emit sends an event to all sockets of the namespace.
func (n *Namespace) Emit(event string, args ...any) error { return n.all().Emit(event, args...) }

// EmitWithAck sends an event to all sockets of the namespace and collects their
// acknowledgements; see Broadcast.EmitWithAck.
func (n *Namespace) EmitWithAck(ctx context.Context, event string, args ...any) ([]AckReply, error) {
	return n.all().EmitWithAck(ctx, event, args...)
}

// Sockets lists the namespace's sockets in this process.
func (n *Namespace) Sockets() []*Socket { return n.all().Sockets() }

// FetchSockets describes the namespace's sockets in all processes; see Broadcast.FetchSockets.
func (n *Namespace) FetchSockets(ctx context.Context) ([]RemoteSocket, error) {
	return n.all().FetchSockets(ctx)
}

// Disconnect disconnects all sockets of the namespace, in all processes.
func (n *Namespace) Disconnect(closeTransport bool) { n.all().Disconnect(closeTransport) }

func (n *Namespace) all() Broadcast { return Broadcast{ns: n} }

// each visits the namespaces that n represents.
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
