package socketio

import (
	"io/fs"
	"log/slog"
	"time"

	"partychat/engineio"
)

// Options configure a Server. The zero value has the official server's defaults.
type Options struct {
	// Engine configures the transport. Its Path defaults to "/socket.io/".
	Engine engineio.Options
	// AllowEIO3 also accepts Socket.IO 2.x clients; it sets Engine.AllowEIO3. Their auth is in the
	// query: Handshake.Query has that of the connection, and Handshake.Auth that of a namespace other
	// than "/", as an object of strings. NewID is not called for their sockets. Default: such clients
	// are refused.
	AllowEIO3 bool
	// ConnectTimeout is how long a client may stay connected without joining a namespace. A client that
	// waits in the queue of MaxConnecting is not closed. Default 45 seconds.
	ConnectTimeout time.Duration
	// MaxConnecting is how many sockets connect at the same time, that is, run their middleware and
	// OnConnect functions. Further sockets queue. It limits the memory needed when all clients
	// reconnect at once. If it is set, these functions must not wait for the client. Default:
	// unlimited.
	MaxConnecting int
	// AttachmentTimeout is how long the attachments of a packet may take to
	// arrive. Default 30 seconds.
	AttachmentTimeout time.Duration
	// MaxHandshake limits what a client may send when it connects, in bytes: its headers and query, as
	// far as they are kept, and the auth for each namespace. It is also the default of
	// Engine.MaxHandshake, which applies until the client has joined a namespace. Default 16,384.
	MaxHandshake int64
	// ForgetAuth frees Handshake.Auth once the OnConnect functions have returned, to keep idle
	// connections small. Default: it is kept.
	ForgetAuth bool
	// Headers names the headers that Handshake.Header keeps. Default: all.
	Headers []string
	// AckTimeout limits the wait for an acknowledgement if the context passed to EmitAck has no
	// deadline. Default 30 seconds.
	AckTimeout time.Duration
	// MaxAckBytes limits the acknowledgements that one EmitWithAck collects, in bytes. Clients whose
	// acknowledgements exceed it count as not having answered; see ErrAcksTooLarge. Default 64 MiB.
	MaxAckBytes int
	// MaxAttachments is how many binary attachments one packet may have. Default 16.
	MaxAttachments int
	// MaxPacket is the largest packet including its attachments, in bytes. The server holds a packet
	// until its last attachment has arrived. Default four times Engine.MaxPayload.
	MaxPacket int64
	// MaxDepth is how deeply a packet's JSON may be nested. Default 128.
	MaxDepth int
	// MaxNamespaces is how many namespaces one client may have joined or be joining at the same time.
	// Further ones are refused by a connect_error with the message "Too many namespaces". Default 32.
	MaxNamespaces int
	// MaxPending is how many of a socket's events may wait for its handlers; MaxPacket limits their
	// bytes. Above either limit, reading from that client pauses. Default 64.
	MaxPending int
	// NewAdapter creates the adapter of each namespace. Default: in memory.
	NewAdapter func(*Namespace) Adapter
	// Parser, if set, replaces the protocol's text encoding; all clients must use the same parser. See
	// package msgpack.
	Parser Parser
	// NewID, if set, creates the ids of sockets, which must be unique in their namespace; Engine.NewID
	// creates the id of the connection below. If it is not set or returns an empty string, the id is
	// random.
	NewID func(n *Namespace, h Handshake) string
	// Recovery lets clients that lose their connection come back as the same socket. Default: off.
	Recovery Recovery
	// ClientFiles, if set, holds the files of the official browser client, which are served below the
	// path: socket.io.js, socket.io.min.js, socket.io.esm.min.js, socket.io.msgpack.min.js and their
	// source maps.
	ClientFiles fs.FS
	// Logger receives panics of handlers as errors, and errors of single connections at debug level.
	// Default: no logging.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	setDefault(&o.Engine.Path, "/socket.io/")
	o.Engine.AllowEIO3 = o.Engine.AllowEIO3 || o.AllowEIO3
	setDefault(&o.Engine.MaxPayload, 1_000_000)
	setDefault(&o.ConnectTimeout, 45*time.Second)
	setDefault(&o.AttachmentTimeout, 30*time.Second)
	setDefault(&o.MaxHandshake, 16<<10)
	setDefault(&o.Engine.MaxHandshake, o.MaxHandshake)
	setDefault(&o.AckTimeout, 30*time.Second)
	setDefault(&o.MaxAckBytes, 64<<20)
	setDefault(&o.MaxAttachments, 16)
	setDefault(&o.MaxPacket, 4*o.Engine.MaxPayload)
	setDefault(&o.MaxDepth, 128)
	setDefault(&o.MaxNamespaces, 32)
	setDefault(&o.MaxPending, 64)
	o.Recovery.setDefaults(o.Engine.MaxQueueBytes)
	if o.NewAdapter == nil {
		o.NewAdapter = NewMemoryAdapter
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Engine.Logger == nil {
		o.Engine.Logger = o.Logger
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
