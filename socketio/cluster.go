package socketio

import (
	"context"
	"encoding/json"
	"time"
)

// The interfaces of this file are optional: an [Adapter] of many processes
// implements those that it can. Each of them reaches only the other processes;
// the package does the part of this process itself, and calls none of them for
// a [Selection] that is Local. What other processes ask of this one, the adapter
// passes to [Namespace.Node].

// RemoteSockets reaches the sockets of the other processes.
type RemoteSockets interface {
	// FetchSockets describes the selected sockets. If not all processes answer
	// before the context ends, it returns those known and an error.
	FetchSockets(ctx context.Context, sel Selection) ([]SocketDetails, error)
	// JoinSockets makes the selected sockets join rooms. Like the next two, it
	// does not wait until the other processes have done so.
	JoinSockets(sel Selection, rooms []string) error
	// LeaveSockets makes the selected sockets leave rooms.
	LeaveSockets(sel Selection, rooms []string) error
	// DisconnectSockets disconnects the selected sockets, with their transports
	// if closeTransport is set.
	DisconnectSockets(sel Selection, closeTransport bool) error
}

// ServerSideEmitter sends events to the namespace's handlers in the other
// processes, not to clients.
type ServerSideEmitter interface {
	// ServerSideEmit sends an event and does not wait.
	ServerSideEmit(event string, args Args) error
	// ServerSideEmitWithAck sends an event and returns one answer for each
	// other process. If not all answer before the context ends, it returns
	// those received and an error.
	ServerSideEmitWithAck(ctx context.Context, event string, args Args) ([]Arg, error)
}

// AckBroadcaster delivers events that clients acknowledge.
type AckBroadcaster interface {
	// BroadcastWithAck sends an event to the selected sockets and returns how
	// many other processes will report to acks. It does not wait for the
	// reports; those that come after the context has ended are dropped.
	BroadcastWithAck(ctx context.Context, sel Selection, out Outgoing, acks Acks) (processes int, err error)
}

// Acks takes what comes back of a broadcast that clients acknowledge. Its
// methods can be called from any goroutine, until the context given with it
// ends; later calls do nothing.
type Acks interface {
	// Clients reports how many sockets one process has asked. Each process
	// reports once, zero included.
	Clients(n int)
	// Answer reports one client's acknowledgement.
	Answer(r AckReply)
}

// SessionStore keeps the sessions of clients that may come back
// ([Options].Recovery) where every process finds them. The packets that a client
// has missed are not its concern: each process keeps those that it delivers.
type SessionStore interface {
	// PersistSession keeps a session for the given time. It must not block.
	PersistSession(s Session, keep time.Duration)
	// RestoreSession returns the session of that private id and forgets it. It
	// returns nil if there is none.
	RestoreSession(ctx context.Context, privateID string) (*Session, error)
}

// Session is what a client that comes back gets again. It can be encoded as
// JSON.
type Session struct {
	ID        string          `json:"sid"`
	PrivateID string          `json:"pid"`
	Rooms     []string        `json:"rooms"` // the socket's own id not included
	Data      json.RawMessage `json:"data"`  // Socket.Data, as JSON
}

// Outgoing is an event on its way to sockets, in no encoding.
type Outgoing struct {
	Event    string
	Args     []any // each as Arg.Value gives it, or anything else that Emit takes
	Volatile bool  // may be dropped for clients that are not ready
	// Uncompressed: WebSocket messages are not to be compressed.
	Uncompressed bool
	// Stamp numbers the event for recovery, and is empty for one that is not
	// kept for that. An adapter carries it to the other processes as it is.
	Stamp string
}

// Node is this process's part of a namespace. An adapter of many processes
// passes to it what the other processes ask for. A Selection given to it selects
// only sockets of this process.
type Node struct{ n *Namespace }

// Node returns this process's part of the namespace, for adapters.
func (n *Namespace) Node() Node { return Node{n} }

// Alone reports whether the namespace's adapter reaches no other process.
func (d Node) Alone() bool { return d.n.alone }

// Decode returns the event that a packet holds.
func (d Node) Decode(p *Packet) (Outgoing, error) {
	name, args, err := d.n.server.decodeEvent(p)
	if err != nil {
		return Outgoing{}, err
	}
	return Outgoing{
		Event: name, Args: args.Values(), Volatile: p.volatile, Uncompressed: p.uncompressed, Stamp: p.stamp.String(),
	}, nil
}

// Encode makes the packet of an event, to be given to the Broadcast of the
// adapter returned by NewMemoryAdapter.
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

// BroadcastWithAck sends an event to the selected sockets, reports their number
// to acks and then each answer, until the context ends.
func (d Node) BroadcastWithAck(ctx context.Context, sel Selection, out Outgoing, acks Acks) error {
	return d.n.askLocal(ctx, sel, out, acks)
}

// Select selects sockets of this process, to be described, moved or
// disconnected.
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

// ServerSideEvent passes an event of another process to the handlers that
// ServerSide.On has added. The function answers it, once; it is nil if no answer
// is wanted.
func (d Node) ServerSideEvent(event string, args Args, answer func(reply Arg)) {
	d.n.serverSide(&ServerEvent{Name: event, Args: args, answer: answer})
}
