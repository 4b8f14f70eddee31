package socketio

import (
	"context"
	"encoding/json"
	"time"
)

// The interfaces of this file are optional: an [Adapter] of several processes implements those that it
// supports. Each of them reaches only the other processes; the package itself acts on this process, and
// calls none of them for a [Selection] with Local set. The adapter passes requests from other processes
// to [Namespace.Node].

// RemoteSockets acts on the sockets of the other processes.
type RemoteSockets interface {
	// FetchSockets describes the selected sockets. If not all processes answer
	// before the context ends, it returns those known and an error.
	FetchSockets(ctx context.Context, sel Selection) ([]SocketDetails, error)
	// JoinSockets makes the selected sockets join rooms. Like the next two methods, it does not wait
	// until the other processes have done so.
	JoinSockets(sel Selection, rooms []string) error
	// LeaveSockets makes the selected sockets leave rooms.
	LeaveSockets(sel Selection, rooms []string) error
	// DisconnectSockets disconnects the selected sockets. closeTransport also closes their transports.
	DisconnectSockets(sel Selection, closeTransport bool) error
}

// ServerSideEmitter sends events to the namespace's handlers in the other
// processes, not to clients.
type ServerSideEmitter interface {
	// ServerSideEmit sends an event and does not wait.
	ServerSideEmit(event string, args Args) error
	// ServerSideEmitWithAck sends an event and returns one answer per other process. If not all answer
	// before the context ends, it returns those received and an error.
	ServerSideEmitWithAck(ctx context.Context, event string, args Args) ([]Arg, error)
}

// AckBroadcaster delivers events that clients acknowledge.
type AckBroadcaster interface {
	// BroadcastWithAck sends an event to the selected sockets and returns how many other processes will
	// report to acks. It does not wait for the reports; reports after the context has ended are
	// dropped.
	BroadcastWithAck(ctx context.Context, sel Selection, out Outgoing, acks Acks) (processes int, err error)
}

// Acks receives the acknowledgements of a broadcast. Its methods may be called from any goroutine until
// the context passed with it ends; later calls do nothing.
type Acks interface {
	// Clients reports how many sockets one process has asked. Each process calls it once, even for
	// zero.
	Clients(n int)
	// Answer reports one client's acknowledgement.
	Answer(r AckReply)
}

// SessionStore shares the sessions of clients that may come back ([Options].Recovery) among all
// processes. It does not store the packets that a client has missed: each process keeps those that it
// delivers.
type SessionStore interface {
	// PersistSession keeps a session for the given time. It must not block.
	PersistSession(s Session, keep time.Duration)
	// RestoreSession returns the session with that private id and deletes it, or returns nil if there
	// is none.
	RestoreSession(ctx context.Context, privateID string) (*Session, error)
}

// Session is the state that a client recovers when it comes back. It can be encoded as JSON.
type Session struct {
	ID        string          `json:"sid"`
	PrivateID string          `json:"pid"`
	Rooms     []string        `json:"rooms"` // the socket's own id not included
	Data      json.RawMessage `json:"data"`  // Socket.Data, as JSON
}

// Outgoing is an event to be sent to sockets, not yet encoded.
type Outgoing struct {
	Event    string
	Args     []any // values of Arg.Value, or any other value that Emit accepts
	Volatile bool  // may be dropped for clients that are not ready
	// Uncompressed excludes the event from WebSocket compression.
	Uncompressed bool
	// Stamp numbers the event for recovery. It is empty for events that are not kept. An adapter
	// carries it to the other processes unchanged.
	Stamp string
}

// Node is this process's part of a namespace. An adapter of several processes passes it the requests of
// the other processes. A Selection given to Node selects only sockets of this process.
type Node struct{ n *Namespace }

// Node returns this process's part of the namespace, for adapters.
func (n *Namespace) Node() Node { return Node{n} }

// Alone reports whether the namespace's adapter reaches no other process.
func (d Node) Alone() bool { return d.n.alone }

// Decode returns the event in a packet.
func (d Node) Decode(p *Packet) (Outgoing, error) {
	name, args, err := d.n.server.decodeEvent(p)
	if err != nil {
		return Outgoing{}, err
	}
	return Outgoing{
		Event: name, Args: args.Values(), Volatile: p.volatile, Uncompressed: p.uncompressed, Stamp: p.stamp.String(),
	}, nil
}

// Encode creates the packet of an event, for the Broadcast method of the adapter returned by
// NewMemoryAdapter.
func (d Node) Encode(out Outgoing) (*Packet, error) {
	p, err := d.n.server.encodeEvent(d.n.name, out.Event, out.Args, nil)
	if err != nil {
		return nil, err
	}
	p.volatile = out.Volatile
	if out.Uncompressed {
		p.uncompress()
	}
	p.stamp = parseStamp(out.Stamp)
	return p, nil
}

// BroadcastWithAck sends an event to the selected sockets, reports their number to acks and then each
// answer, until the context ends.
func (d Node) BroadcastWithAck(ctx context.Context, sel Selection, out Outgoing, acks Acks) error {
	return d.n.askLocal(ctx, sel, out, acks)
}

// Select selects sockets of this process, in order to describe, move or disconnect them.
func (d Node) Select(sel Selection) Broadcast {
	sel.Local = true
	return Broadcast{ns: d.n, sel: sel}
}

// Sockets describes the selected sockets.
func (d Node) Sockets(sel Selection) []SocketDetails {
	sockets := d.n.adapter.Sockets(sel)
	details := make([]SocketDetails, 0, len(sockets))
	for _, s := range sockets {
		details = append(details, s.details())
	}
	return details
}

// Describe describes one socket.
func (d Node) Describe(s *Socket) SocketDetails { return s.details() }

// ServerSideEvent passes an event from another process to the handlers registered with ServerSide.On.
// They call answer once; it is nil if the sender wants no answer.
func (d Node) ServerSideEvent(event string, args Args, answer func(reply Arg)) {
	d.n.serverSide(&ServerEvent{Name: event, Args: args, answer: answer})
}
