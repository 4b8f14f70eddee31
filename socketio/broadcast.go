package socketio

import (
	"slices"
	"time"
)

// Broadcast selects sockets of a namespace and acts on all of them. It is a value: each method returns
// a narrower copy.
type Broadcast struct {
	ns           *Namespace
	sel          Selection
	timeout      time.Duration // zero: Options.AckTimeout
	volatile     bool
	uncompressed bool
}

// To adds rooms: a socket is selected if it is in any of them. A socket's id is the name of a room that
// contains only that socket. Without rooms, all sockets of the namespace are selected.
func (b Broadcast) To(rooms ...string) Broadcast {
	b.sel.Rooms = append(slices.Clip(b.sel.Rooms), rooms...)
	return b
}

// In is an alias of To.
func (b Broadcast) In(rooms ...string) Broadcast { return b.To(rooms...) }

// Except excludes the sockets that are in any of the rooms.
func (b Broadcast) Except(rooms ...string) Broadcast {
	b.sel.Except = append(slices.Clip(b.sel.Except), rooms...)
	return b
}

// Local selects only sockets of this process, whatever the adapter.
func (b Broadcast) Local() Broadcast {
	b.sel.Local = true
	return b
}

// Volatile allows the packet to be dropped for clients that are not ready for it.
func (b Broadcast) Volatile() Broadcast {
	b.volatile = true
	return b
}

// Compress sets whether WebSocket messages may be compressed when Options.Engine.CompressFrom applies.
// Default true.
func (b Broadcast) Compress(on bool) Broadcast {
	b.uncompressed = !on
	return b
}

// Timeout limits how long EmitWithAck and FetchSockets wait, instead of Options.AckTimeout.
func (b Broadcast) Timeout(d time.Duration) Broadcast {
	b.timeout = d
	return b
}

// Emit sends an event to the selected sockets. It is encoded once. An error
// means that an argument cannot be encoded.
func (b Broadcast) Emit(event string, args ...any) error {
	return b.ns.broadcast(b, event, args)
}

// Join makes the selected sockets join rooms, in all processes that the adapter
// reaches (RemoteSockets). It does not wait for the other processes.
func (b Broadcast) Join(rooms ...string) {
	for _, s := range b.Sockets() {
		s.Join(rooms...)
	}
	b.remotely(func(r RemoteSockets) error { return r.JoinSockets(b.sel, rooms) })
}

// Leave makes the selected sockets leave rooms, in all processes.
func (b Broadcast) Leave(rooms ...string) {
	for _, s := range b.Sockets() {
		s.Leave(rooms...)
	}
	b.away(func(k *keptSession) bool {
		k.rooms = slices.DeleteFunc(slices.Clone(k.rooms), func(room string) bool { return slices.Contains(rooms, room) })
		return false
	})
	b.remotely(func(r RemoteSockets) error { return r.LeaveSockets(b.sel, rooms) })
}

// Disconnect disconnects the selected sockets, in all processes. closeTransport also closes their
// transports.
func (b Broadcast) Disconnect(closeTransport bool) {
	for _, s := range b.Sockets() {
		s.Disconnect(closeTransport)
	}
	b.away(func(*keptSession) bool { return true })
	b.remotely(func(r RemoteSockets) error { return r.DisconnectSockets(b.sel, closeTransport) })
}

// away visits selected sockets whose clients are disconnected and may come back (Options.Recovery).
func (b Broadcast) away(visit func(*keptSession) (drop bool)) {
	b.ns.each(func(ns *Namespace) { ns.server.recovery.away(ns, b.sel, visit) })
}

// Sockets lists the selected sockets of this process. FetchSockets describes those of all processes.
func (b Broadcast) Sockets() []*Socket { return b.ns.sockets(b.sel) }
