package socketio

import (
	"slices"
	"time"
)

// Broadcast selects sockets of a namespace and does something with all of
// them. It is a value: each method returns a narrower copy.
type Broadcast struct {
	ns           *Namespace
	sel          Selection
	timeout      time.Duration // zero: Options.AckTimeout
	volatile     bool
	uncompressed bool
}

// To adds rooms: a socket is selected if it is in any of them. A socket's id
// is the name of a room in which it is alone. Without rooms, all sockets of
// the namespace are selected.
func (b Broadcast) To(rooms ...string) Broadcast {
	b.sel.Rooms = append(slices.Clip(b.sel.Rooms), rooms...)
	return b
}

// In is another name for To.
func (b Broadcast) In(rooms ...string) Broadcast { return b.To(rooms...) }

// Except leaves out the sockets that are in any of the rooms.
func (b Broadcast) Except(rooms ...string) Broadcast {
	b.sel.Except = append(slices.Clip(b.sel.Except), rooms...)
	return b
}

// Local selects only sockets of this process, whatever the adapter.
func (b Broadcast) Local() Broadcast {
	b.sel.Local = true
	return b
}

// Volatile lets the packet be dropped for clients that are not ready for it.
func (b Broadcast) Volatile() Broadcast {
	b.volatile = true
	return b
}

// Compress says whether WebSocket messages may be compressed, where
// Options.Engine.CompressFrom has them compressed. They may, by default.
func (b Broadcast) Compress(on bool) Broadcast {
	b.uncompressed = !on
	return b
}

// Timeout bounds how long EmitWithAck and FetchSockets wait, in place of
// Options.AckTimeout.
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

// Disconnect disconnects the selected sockets, in all processes, with their
// transports if closeTransport is set.
func (b Broadcast) Disconnect(closeTransport bool) {
	for _, s := range b.Sockets() {
		s.Disconnect(closeTransport)
	}
	b.away(func(*keptSession) bool { return true })
	b.remotely(func(r RemoteSockets) error { return r.DisconnectSockets(b.sel, closeTransport) })
}

// away visits clients that would be selected, and may come back (Options.Recovery).
func (b Broadcast) away(visit func(*keptSession) (drop bool)) {
	b.ns.each(func(ns *Namespace) { ns.server.recovery.away(ns, b.sel, visit) })
}

// Sockets lists the selected sockets of this process; FetchSockets describes
// those of all.
func (b Broadcast) Sockets() []*Socket { return b.ns.sockets(b.sel) }
