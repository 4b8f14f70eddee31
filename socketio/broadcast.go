package socketio

import (
	"context"
	"slices"
)

// Broadcast selects sockets of a namespace and does something with all of
// them. It is a value: each method returns a narrower copy.
type Broadcast struct {
	ns       *Namespace
	sel      Selection
	volatile bool
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

// Emit sends an event to the selected sockets. It is encoded once. An error
// means that an argument cannot be encoded.
func (b Broadcast) Emit(event string, args ...any) error {
	return b.ns.broadcast(b, event, args)
}

// AckReply is one socket's acknowledgement of a broadcast.
type AckReply struct {
	Socket *Socket
	Args   Args
	Err    error // ErrAckTimeout, ErrDisconnected or the context's
}

// EmitWithAck sends an event to the selected sockets of this process and
// waits until each has acknowledged it, failed, or timed out (the context's
// deadline, else Options.AckTimeout).
func (b Broadcast) EmitWithAck(ctx context.Context, event string, args ...any) ([]AckReply, error) {
	return b.ns.broadcastAck(ctx, b, event, args)
}

// Join makes the selected sockets join rooms.
func (b Broadcast) Join(rooms ...string) {
	for _, s := range b.Sockets() {
		s.Join(rooms...)
	}
}

// Leave makes the selected sockets leave rooms.
func (b Broadcast) Leave(rooms ...string) {
	for _, s := range b.Sockets() {
		s.Leave(rooms...)
	}
}

// Disconnect disconnects the selected sockets, with their transports if
// closeTransport is set.
func (b Broadcast) Disconnect(closeTransport bool) {
	for _, s := range b.Sockets() {
		s.Disconnect(closeTransport)
	}
}

// Sockets lists the selected sockets of this process.
func (b Broadcast) Sockets() []*Socket { return b.ns.sockets(b.sel) }
